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
export type FetchPage = (at: { readonly query: Fields } | { readonly url: string }) => Promise<WithResponse<unknown>>

/** What a listing needs to know. */
export interface Listing<T> {
  readonly operation: string
  readonly pagination: Pagination
  readonly query: Fields
  readonly from?: string | undefined
  /** How many pages without an item, one after the other, are taken for a listing that never ends. */
  readonly maxEmptyPages: number
  readonly fetchPage: FetchPage
  /** Takes the items of a page for what they are declared to be; may check them. */
  readonly decodeItems: (items: readonly unknown[]) => readonly T[] | Promise<readonly T[]>
}

/**
 * Walks through a listing.
 *
 * `next()` may be called again after it failed and asks for the same page again; nothing is skipped and nothing comes twice.
 */
export function pagesOf<T>(listing: Listing<T>): Pages<T> {
  return {
    pages: () => walk(listing),
    [Symbol.asyncIterator]: () => itemsOf(walk(listing)),
    async toArray({ limit }) {
      if (!(limit >= 0))
        throw new InvalidRequestError('`toArray` takes a `limit`: a listing can be longer than memory.')
      const items: T[] = []
      const pages = walk(listing)
      while (items.length < limit) {
        const { done, value } = await pages.next()
        if (done) break
        items.push(...value.items.slice(0, limit - items.length))
      }
      return items
    },
  }
}

function walk<T>(listing: Listing<T>): AsyncIterableIterator<Page<T>> {
  const { operation, pagination, maxEmptyPages } = listing
  const seen = new Set<string>(listing.from === undefined ? [] : [listing.from])
  const stopped = (why: string): PaginationError => new PaginationError(`${operation}: stopped, the listing ${why}.`)
  let next: NextPage | undefined
  let started = false
  let emptyPages = 0
  let broken: PaginationError | undefined

  const pages: AsyncIterableIterator<Page<T>> = {
    async next() {
      if (broken) throw broken
      if (!started)
        next =
          listing.from === undefined ? { query: { ...pagination.first, ...listing.query } } : parseToken(listing.from)
      started = true
      if (!next) return { done: true, value: undefined }
      const query: Fields = next.query ? { ...listing.query, ...next.query } : listing.query
      const { data, response } = await listing.fetchPage(next.url === undefined ? { query } : { url: next.url })
      const read = pagination.read({ body: data, headers: response.headers, query })
      const items = await listing.decodeItems(read.items)
      next = read.next
      const token = next && JSON.stringify(next)
      emptyPages = items.length === 0 ? emptyPages + 1 : 0
      // The page itself is good and is given out; the next step is what fails.
      if (token !== undefined && seen.has(token)) broken = stopped('leads back to a page that was read already')
      if (emptyPages > maxEmptyPages) broken = stopped(`is empty on ${emptyPages} pages in a row`)
      if (token !== undefined) seen.add(token)
      return { done: false, value: { items, next: token, response } }
    },
    async return() {
      started = true
      next = undefined
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => pages,
  }
  return pages
}

function itemsOf<T>(pages: AsyncIterableIterator<Page<T>>): AsyncIterableIterator<T> {
  let items: Iterator<T> = [][Symbol.iterator]()
  const iterator: AsyncIterableIterator<T> = {
    async next() {
      for (;;) {
        const { done, value } = items.next()
        if (!done) return { done: false, value }
        const page = await pages.next()
        if (page.done) return { done: true, value: undefined }
        items = page.value.items[Symbol.iterator]()
      }
    },
    async return() {
      items = [][Symbol.iterator]()
      await pages.return?.()
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
