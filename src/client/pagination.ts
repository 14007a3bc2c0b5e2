import { isRecord } from '../check.ts'
import { PaginationError } from '../errors.ts'
import { linkTo } from '../http/link.ts'
import type { Fields } from '../http/query.ts'
import { fieldAt } from '../json-value.ts'
import type { HeaderMap } from '../http/request.ts'

/** Where the next page is: other query parameters on the same path, or a URL that the vendor gave. */
export type NextPage =
  { readonly query: Fields; readonly url?: never } | { readonly url: string; readonly query?: never }

/** What a strategy sees of a page. */
export interface PageAnswer {
  /** The decoded body. */
  readonly body: unknown
  readonly headers: HeaderMap
  /** What was asked for this page, the caller's query included. */
  readonly query: Fields
}

/** Reads a page: its items, and where the next one is. */
export interface Pagination {
  /** What to ask for on the first page, beyond the caller's query. */
  readonly first?: Fields
  /** Where in a JSON body the next page is asked for, where a listing is read by POST: `variables`. @default at its top */
  readonly into?: Place
  read(answer: PageAnswer): { readonly items: readonly unknown[]; readonly next?: NextPage | undefined }
}

/** Names a place in a body by its keys, as `data.items`; the empty string is the body itself. */
type Place = string

/**
 * Pages by a cursor that each page gives for the next one.
 *
 * @throws {PaginationError} where `more` says that there is more and no cursor leads there, so that no end is taken for the whole
 */
export function cursor(options: {
  readonly param: string
  readonly items: Place
  readonly next: Place
  /** Where the body tells whether there is more, where its last page has a cursor too. */
  readonly more?: Place
  readonly into?: Place
}): Pagination {
  return {
    ...(options.into !== undefined && { into: options.into }),
    read({ body }) {
      const items = listAt(body, options.items)
      const more = options.more === undefined || fieldAt(body, options.more) === true
      const next = more ? fieldAt(body, options.next) : undefined
      if (isToken(next)) return { items, next: { query: { [options.param]: next } } }
      // An empty cursor is how Slack and others say "no more".
      if (!more || options.more === undefined) return { items }
      throw new PaginationError('The page says that there is more, and has no cursor for it.')
    },
  }
}

/**
 * Pages through a connection of GraphQL's, by `pageInfo` and the cursor among the variables. For `paginate` with
 * `json: { query, variables }`; the query takes `$after`, and asks for `pageInfo { hasNextPage endCursor }`.
 *
 * @throws {PaginationError} where the query does not ask for all of it, so that no end is taken for the whole
 * @see https://relay.dev/graphql/connections.htm
 */
export function graphqlConnection(options: {
  /** Where the connection is below `data`, such as `viewer.repositories`. */
  readonly root: Place
  /** What is listed of it: `nodes`, or `edges`, each with its `node`. @default 'nodes' */
  readonly items?: 'nodes' | 'edges'
  /** The variable that takes the cursor. @default 'after' */
  readonly param?: string
}): Pagination {
  const { root, items = 'nodes', param = 'after' } = options
  const at = `data.${root}`
  const info = `${at}.pageInfo`
  const pages = cursor({
    param,
    items: `${at}.${items}`,
    next: `${info}.endCursor`,
    more: `${info}.hasNextPage`,
    into: 'variables',
  })
  return {
    ...pages,
    read(answer) {
      const { body } = answer
      const has = (place: Place): boolean => fieldAt(body, place) !== undefined
      // GraphQL answers each field that was asked for, if only by null; below null nothing is listed.
      const asked =
        has(`data.${root.split('.')[0]}`) &&
        (!isRecord(fieldAt(body, at)) || (has(`${at}.${items}`) && has(`${info}.hasNextPage`)))
      if (asked) return pages.read(answer)
      throw new PaginationError(
        `The page lacks \`${root}\`, or in it \`${items}\` or \`pageInfo { hasNextPage endCursor }\`: ask for them.`,
      )
    },
  }
}

/**
 * Pages by the id of the last item, until `more` says so or a page is empty.
 *
 * @throws {PaginationError} where there is more and the last item has no id, so that no end is taken for the whole
 */
export function lastId(options: {
  readonly param: string
  readonly items: Place
  /** Where the body tells whether there is more. */
  readonly more?: Place
  /** @default 'id' */
  readonly id?: Place
}): Pagination {
  const { param, items: place, more: morePlace, id: idPlace = 'id' } = options
  return {
    read({ body }) {
      const items = listAt(body, place)
      const more = morePlace === undefined ? items.length > 0 : fieldAt(body, morePlace) === true
      if (!more) return { items }
      const id = fieldAt(items.at(-1), idPlace)
      if (!isToken(id)) throw new PaginationError('The page says that there is more, and its last item has no id.')
      return { items, next: { query: { [param]: id } } }
    },
  }
}

/** Pages by the `next` link of the `Link` header. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function link(options: { readonly items?: Place } = {}): Pagination {
  return {
    read({ body, headers }) {
      const url = linkTo('next', headers['link'])
      return { items: listAt(body, options.items ?? ''), next: url === undefined ? undefined : { url } }
    },
  }
}

/** Pages by a URL in the body. */
export function nextUrl(options: { readonly items: Place; readonly next: Place }): Pagination {
  return {
    read({ body }) {
      const url = fieldAt(body, options.next)
      return { items: listAt(body, options.items), next: typeof url === 'string' && url !== '' ? { url } : undefined }
    },
  }
}

/**
 * Pages by how many items were seen, until `total` says so or a page is empty.
 *
 * A short page is not the end: many vendors lower a `limit` that is too high without saying so.
 */
export function offset(options: {
  readonly param?: string
  readonly items: Place
  readonly total?: Place
}): Pagination {
  const { param = 'offset', items: place, total: totalPlace } = options
  return {
    read({ body, query }) {
      const items = listAt(body, place)
      const seen = Number(query[param] ?? 0) + items.length
      const total = totalPlace === undefined ? undefined : fieldAt(body, totalPlace)
      const more = items.length > 0 && (typeof total !== 'number' || seen < total)
      return { items, next: more ? { query: { [param]: seen } } : undefined }
    },
  }
}

/** Pages by number, until `last` says so or a page is empty. */
export function page(options: {
  readonly param?: string
  readonly items: Place
  /** Where the body tells the number of the last page. */
  readonly last?: Place
  /** @default 1 */
  readonly firstPage?: number
}): Pagination {
  const { param = 'page', items: place, last: lastPlace, firstPage = 1 } = options
  return {
    first: { [param]: firstPage },
    read({ body, query }) {
      const items = listAt(body, place)
      const number = Number(query[param] ?? firstPage)
      const last = lastPlace === undefined ? undefined : fieldAt(body, lastPlace)
      const more = items.length > 0 && (typeof last !== 'number' || number < last)
      return { items, next: more ? { query: { [param]: number + 1 } } : undefined }
    },
  }
}

/** Gives the list at a place. A missing list is an empty page: some vendors leave an empty one out. */
function listAt(body: unknown, place: Place): readonly unknown[] {
  const value = fieldAt(body, place)
  return Array.isArray(value) ? value : []
}

function isToken(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}
