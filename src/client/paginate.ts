import { isRecord } from '../check.ts'
import { InvalidRequestError, PaginationError } from '../errors.ts'
import type { Fields } from '../http/query.ts'
import type { HttpResponse } from '../http/response.ts'
import type { WithResponse } from './call.ts'
import type { NextPage, Pagination } from './pagination.ts'

/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page is, as text to keep: `paginate(…, { from })` goes on there, also in another process. */
  readonly next?: string | undefined
  readonly response: HttpResponse
}

/** A listing: iterate over its items, or over its pages. Each iteration starts anew. */
export interface Pages<T> extends AsyncIterable<T> {
  pages(): AsyncIterableIterator<Page<T>>
  /** Reads items into a list and stops at `limit`. */
  toArray(options: { readonly limit: number }): Promise<T[]>
}

/** Fetches one page. */
type FetchPage = (at: { readonly query: Fields } | { readonly url: string }) => Promise<WithResponse<unknown>>

/** What a listing needs to know. */
export interface Listing<T> {
  readonly operation: string
  readonly pagination: Pagination
  readonly query: Fields
  readonly from?: string | undefined
  /** How many pages without an item, one after the other, are taken for a listing that never ends. */
  readonly maxEmptyPages: number
  readonly fetchPage: FetchPage
  /** The address of the first page. */
  readonly firstUrl: string
  /** Takes the items of a page for what they are declared to be; may check them. */
  readonly decodeItems: (items: readonly unknown[]) => readonly T[] | Promise<readonly T[]>
}

/**
 * Walks through a listing.
 *
 * `next()` may be called again after it failed and asks for the same page again; nothing is skipped and nothing comes twice.
 */
export function pagesOf<T>(prepare: () => Listing<T>): Pages<T> {
  return {
    pages: () => walk(prepare),
    [Symbol.asyncIterator]: () => itemsOf(walk(prepare)),
    async toArray(options) {
      const limit: unknown = isRecord(options) ? options.limit : undefined
      if (typeof limit !== 'number' || !(limit >= 0)) {
        throw new InvalidRequestError('`toArray` takes a `limit`: a listing can be longer than memory.')
      }
      const all: T[] = []
      const pages = walk(prepare)
      while (all.length < limit) {
        const { done, value } = await pages.next()
        if (done) break
        for (const item of value.items.slice(0, limit - all.length)) all.push(item)
      }
      return all
    },
  }
}

function walk<T>(prepare: () => Listing<T>): AsyncIterableIterator<Page<T>> {
  const seen = new Set<string>()
  let listing: Listing<T> | undefined
  let next: NextPage | undefined
  let ended = false
  let emptyPages = 0
  let broken: PaginationError | undefined

  async function read(): Promise<IteratorResult<Page<T>, undefined>> {
    if (broken) throw broken
    if (!listing) {
      const prepared = prepare()
      next = firstPage(prepared)
      seen.add(JSON.stringify(next)).add(JSON.stringify({ url: prepared.firstUrl }))
      listing = prepared
    }
    if (!next || ended) return { done: true, value: undefined }
    const { pagination } = listing
    const query: Fields = next.query ? { ...listing.query, ...next.query } : listing.query
    const { data, response } = await listing.fetchPage(next.url === undefined ? { query } : { url: next.url })
    const page = pagination.read({ body: data, headers: response.headers, query })
    const items = await listing.decodeItems(page.items)
    next = page.next?.url === undefined ? page.next : { url: absolute(page.next.url, next.url ?? listing.firstUrl) }
    const token = next && JSON.stringify(next)
    emptyPages = items.length === 0 ? emptyPages + 1 : 0
    // The page itself is good and is given out; the next step is what fails.
    if (token !== undefined && seen.has(token)) broken = stopped(listing, 'leads back to a page that was read already')
    if (emptyPages > listing.maxEmptyPages) broken = stopped(listing, `is empty on ${emptyPages} pages in a row`)
    if (token !== undefined) seen.add(token)
    return { done: false, value: { items, next: token, response } }
  }

  return inTurn(read, () => (ended = true))
}

function firstPage<T>({ pagination, maxEmptyPages, from, query }: Listing<T>): NextPage {
  if (typeof pagination?.read !== 'function' || !(maxEmptyPages >= 0)) {
    throw new InvalidRequestError(
      '`paginate` takes `page`, such as `cursor({…})` or `link()`, and `maxEmptyPages` as a number.',
    )
  }
  return from === undefined ? { query: { ...pagination.first, ...query } } : parseToken(from)
}

/** A vendor may give the next address relative to the page that names it. */
function absolute(url: string, base: string): string {
  return URL.canParse(url, base) ? new URL(url, base).href : url
}

function stopped<T>({ operation }: Listing<T>, why: string): PaginationError {
  return new PaginationError(`${operation}: stopped, the listing ${why}.`)
}

function itemsOf<T>(pages: AsyncIterableIterator<Page<T>>): AsyncIterableIterator<T> {
  let items: Iterator<T> = [][Symbol.iterator]()

  async function read(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      const { done, value } = items.next()
      if (!done) return { done: false, value }
      const page = await pages.next()
      if (page.done) return { done: true, value: undefined }
      items = page.value.items[Symbol.iterator]()
    }
  }

  return inTurn(read, () => {
    items = [][Symbol.iterator]()
    void pages.return?.()
  })
}

/** Makes an iterator whose reads wait for each other, so that calls of `next()` at once get one thing each. */
function inTurn<T>(read: () => Promise<IteratorResult<T, undefined>>, end: () => void): AsyncIterableIterator<T> {
  let last: Promise<unknown> = Promise.resolve()
  const iterator: AsyncIterableIterator<T> = {
    next() {
      const result = last.then(read)
      last = result.catch(() => {})
      return result
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}

function parseToken(token: string): NextPage {
  try {
    const { url, query }: { url?: unknown; query?: unknown } = JSON.parse(token)
    if (typeof url === 'string') return { url }
    if (typeof query === 'object' && query !== null) return { query: { ...query } }
  } catch {
    // Falls through to the error that says what to do.
  }
  throw new InvalidRequestError('`from` is what `page.next` gave; it was changed or is something else.')
}
