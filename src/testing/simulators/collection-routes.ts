import { ConfigurationError } from 'hawser'
import type { Collection, Parents } from './collection.ts'
import type { CollectionAction, CollectionDefinition, NewRecord, RouteHandler } from './definition.ts'
import { refuse, type Reply, type SimulatedFailure } from './reply.ts'

const allActions: readonly CollectionAction[] = ['list', 'get', 'create', 'update', 'delete']

/** Gives the routes of a collection: list and create at its path, the rest at the path of one record. */
export function collectionRoutes<T>(
  name: string,
  definition: CollectionDefinition<T>,
  collection: Collection<T>,
): Readonly<Record<string, RouteHandler<object>>> {
  const { path, pages, create, listed, update, updateMethod = 'PATCH', deleted } = definition
  if (path === undefined) return {}
  const idName = `${name}_id`
  const one = `${path}/{${idName}}`
  const idOf = (record: T): string => String(record[definition.id])
  const has: Readonly<Record<CollectionAction, boolean>> = {
    list: pages !== undefined,
    get: true,
    create: create !== undefined,
    update: true,
    delete: true,
  }
  const lacking = definition.offers?.find((action) => !has[action])
  if (lacking) {
    const needs = lacking === 'list' ? 'pages' : 'create'
    throw new ConfigurationError(`The collection \`${name}\` cannot offer \`${lacking}\` without \`${needs}\`.`)
  }
  const offers = definition.offers ?? allActions.filter((action) => has[action])
  const routes: Partial<Record<CollectionAction, readonly [string, RouteHandler<object>]>> = {
    list: [
      `GET ${path}`,
      ({ params, query, url }) => {
        const items = collection.all(params).filter((record) => listed?.(record, query) ?? true)
        return pages?.({ items, url, idOf }) ?? notFound
      },
    ],
    create: [
      `POST ${path}`,
      ({ params, input, now, sequence }) => {
        const made = create?.(input, { now, sequence, parents: params } satisfies NewRecord)
        if (made === undefined) return notFound
        if (isFailure(made)) return made
        return { json: collection.insert(made, params), status: 201 }
      },
    ],
    get: [`GET ${one}`, ({ params }) => found(at(collection, params, idName)[0])],
    update: [
      `${updateMethod} ${one}`,
      ({ params, input, now }) => {
        const [record, id, parents] = at(collection, params, idName)
        if (record === undefined) return notFound
        const changed = update ? update(record, input, now) : { ...record, ...input }
        if (isFailure(changed)) return changed
        return found(collection.replace(id, changed, parents))
      },
    ],
    delete: [
      `DELETE ${one}`,
      ({ params }) => {
        const [record, id, parents] = at(collection, params, idName)
        if (record === undefined) return notFound
        collection.remove(id, parents)
        return deleted?.(record) ?? new Response(null, { status: 204 })
      },
    ],
  }
  return Object.fromEntries(offers.flatMap((action) => (routes[action] ? [routes[action]] : [])))
}

const notFound: Reply = refuse(404, 'Not Found', 'not_found')

function found(record: unknown): Reply {
  return record === undefined ? notFound : { json: record }
}

/** Takes the route's names apart into the record's id and those of its parents. */
function at<T>(
  collection: Collection<T>,
  params: Parents,
  idName: string,
): readonly [record: T | undefined, id: string, parents: Parents] {
  const { [idName]: id = '', ...parents } = params
  return [collection.get(id, parents), id, parents]
}

function isFailure(value: unknown): value is { readonly failure: SimulatedFailure } {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, 'failure')
}
