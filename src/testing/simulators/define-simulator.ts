import { baseUrlOf, checkOptions } from 'hawser'
import type { SimulatorContext } from '../simulator.ts'
import { parseRoute, type Route } from '../routes/route.ts'
import { createCollection, type Collection } from './collection.ts'
import { collectionRoutes } from './collection-routes.ts'
import type {
  CollectionDefinition,
  Input,
  RouteHandler,
  RouteRequest,
  SimulatorDefinition,
  SimulatorOptions,
  VendorSimulator,
} from './definition.ts'
import { formInput } from './form-input.ts'
import { checkVersion, keyOf, keyStore, proveErrors, quotaOf } from './from-profile.ts'
import { refuse, type Reply, type SimulatedFailure } from './reply.ts'

const definitionNames = [
  'profile',
  'tenant',
  'collections',
  'routes',
  'errors',
  'authorize',
  'headers',
  'versions',
  'idempotency',
  'quota',
  'webhooks',
] satisfies readonly (keyof SimulatorDefinition<object>)[]

/**
 * Describes a vendor to test against, as far as its profile does not. Returns what makes a simulator of it: each has records
 * of its own.
 *
 * @throws {ConfigurationError} where a part is unknown, the profile's `errors` does not read what `errors` here writes, or a route is none
 */
export function defineSimulator<Records extends object>(
  definition: SimulatorDefinition<Records>,
): (options?: SimulatorOptions) => VendorSimulator<Records> {
  checkOptions('defineSimulator', definition, definitionNames)
  const { profile } = definition
  const errors = definition.errors ?? (({ message }: SimulatedFailure) => ({ message }))
  proveErrors(profile, errors)

  return (options = {}) => {
    const collections = makeCollections(definition)
    const routes = routesOf(definition, collections)
    const keys = keyStore(definition)
    let sequence = 0

    function write(reply: Reply): Response {
      const response = responseOf(reply, errors)
      const requestId = profile.errors?.requestId ?? 'x-request-id'
      for (const [name, value] of Object.entries({ ...definition.headers, [requestId]: `request-${sequence}` })) {
        if (!response.headers.has(name)) response.headers.set(name, value)
      }
      return response
    }

    async function respond(request: Request, context?: SimulatorContext): Promise<Response | undefined> {
      const url = new URL(request.url)
      const found = routes.find(({ route }) => route.match(request.method, url.pathname))
      if (!found) return undefined
      const bytes = new Uint8Array(await request.arrayBuffer())
      const headers = Object.fromEntries(request.headers)
      const input = inputOf(bytes, headers['content-type'])
      sequence++
      if (!input) return write(refuse(400, 'The body cannot be read.', 'invalid_body'))
      const asked: RouteRequest<Records> = {
        method: request.method,
        url,
        query: url.searchParams,
        params: found.route.match(request.method, url.pathname) ?? {},
        headers,
        input,
        bytes,
        now: context?.now() ?? 0,
        sequence,
        limits: context?.limits?.() ?? [],
        refund: (cost) => context?.refund?.(cost) ?? [],
        collections,
      }
      const refusal = checkVersion(definition, headers) ?? definition.authorize?.(asked)
      if (refusal) return write(refusal)
      const work = async (): Promise<Response> => write(await found.handle(asked))
      const { method, now } = asked
      const key = keyOf(profile, method, headers)
      if (key === undefined || !keys) return work()
      const owner = definition.idempotency?.owner?.(asked) ?? headers['authorization'] ?? ''
      return keys.once({ key, method, url, bytes, owner, now }, work, write)
    }

    const quota = options.quota === false ? undefined : quotaOf(profile, write, definition.quota, options.quota)
    return {
      origin: new URL(baseUrlOf(profile, definition.tenant)).origin,
      origins: profile.origins ?? [],
      routes: routes.map(({ route }) => route.text),
      collections,
      respond,
      ...(quota && { quota }),
      ...(definition.webhooks && { webhooks: definition.webhooks }),
    }
  }
}

type Collections<Records> = { readonly [Name in keyof Records]: Collection<Records[Name]> }

function makeCollections<Records extends object>({ collections }: SimulatorDefinition<Records>): Collections<Records> {
  const made = namesOf(collections).map((name) => [name, collections?.[name] && seeded(collections[name])] as const)
  // The same names with the same types, which `fromEntries` cannot know.
  return Object.fromEntries(made) as Collections<Records>
}

function seeded<T>({ id, seed = [] }: CollectionDefinition<T>): Collection<T> {
  const collection = createCollection<T>((record) => String(record[id]))
  for (const record of seed) collection.insert(record)
  return collection
}

function namesOf<Records extends object>(
  collections: SimulatorDefinition<Records>['collections'],
): readonly (keyof Records & string)[] {
  return Object.keys(collections ?? {}) as (keyof Records & string)[]
}

interface Handled<Records extends object> {
  readonly route: Route
  readonly handle: RouteHandler<Records>
}

function routesOf<Records extends object>(
  { profile, tenant, collections, routes }: SimulatorDefinition<Records>,
  records: Collections<Records>,
): readonly Handled<Records>[] {
  const base = new URL(baseUrlOf(profile, tenant)).pathname.replace(/\/$/, '')
  const ofCollections = namesOf(collections).flatMap((name) => {
    const definition = collections?.[name]
    return definition ? Object.entries(collectionRoutes(name, definition, records[name])) : []
  })
  const all = [...Object.entries(routes ?? {}), ...ofCollections]
  return all.map(([text, handle]) => ({ route: parseRoute(text.replace(' ', ` ${base}`)), handle }))
}

function inputOf(bytes: Uint8Array, type = ''): Input | undefined {
  const text = Buffer.from(bytes).toString()
  if (text === '') return {}
  if (type.includes('x-www-form-urlencoded')) return formInput(text)
  if (!type.includes('json')) return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function responseOf(reply: Reply, errors: (failure: SimulatedFailure) => unknown): Response {
  if (reply instanceof Response) return new Response(reply.body, reply)
  const { headers = {} } = reply
  if ('failure' in reply) return Response.json(errors(reply.failure), { status: reply.failure.status, headers })
  const { json, status = 200 } = reply
  return Response.json(json, { status, headers })
}
