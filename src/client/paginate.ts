import { setImmediate as nextTurn } from 'node:timers/promises'
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

/** Fetches one page; `signal` ends it when nobody will read it. */
type FetchPage = (
  at: { readonly query: Fields } | { readonly url: string },
  signal?: AbortSignal,
) => Promise<WithResponse<unknown>>

/** What a listing needs to know. */
export interface Listing<T> {
  readonly operation: string
  readonly pagination: Pagination
  readonly query: Fields
  readonly from?: string | undefined
  /** How many pages without an item, one after the other, are taken for a listing that never ends. */
  readonly maxEmptyPages: number
  /** Asks for the next page while the caller is busy with this one. */
  readonly prefetch: boolean
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
      // Its reader is never busy, and stops at a page after which another would be asked for in vain.
      const pages = walk(() => ({ ...prepare(), prefetch: false }))
      while (all.length < limit) {
        const { done, value } = await pages.next()
        if (done) break
        for (const item of value.items.slice(0, limit - all.length)) all.push(item)
      }
      return all
    },
  }
}

/** A page as it came, and where the next one is. */
interface Loaded<T> {
  readonly items: readonly T[]
  readonly next: NextPage | undefined
  readonly response: HttpResponse
}

function walk<T>(prepare: () => Listing<T>): AsyncIterableIterator<Page<T>> {
  const seen = new Set<string>()
  let listing: Listing<T> | undefined
  let next: NextPage | undefined
  let ended = false
  let emptyPages = 0
  let broken: PaginationError | undefined
  /** The one page that was asked for before its reader came. */
  let ahead: { readonly loaded: Promise<Loaded<T>>; readonly unwanted: AbortController } | undefined

  async function read(): Promise<IteratorResult<Page<T>, undefined>> {
    if (broken) throw broken
    if (!listing) {
      const prepared = prepare()
      next = firstPage(prepared)
      seen.add(tokenOf(next)).add(tokenOf({ url: prepared.firstUrl }))
      listing = prepared
    }
    if (!next || ended) return { done: true, value: undefined }
    const loading = ahead?.loaded ?? load(listing, next)
    // Whoever comes after a failure asks anew.
    ahead = undefined
    const { items, response, next: following } = await loading
    next = following
    const token = next && tokenOf(next)
    emptyPages = items.length === 0 ? emptyPages + 1 : 0
    // The page itself is good and is given out; the next step is what fails.
    if (token !== undefined && seen.has(token)) broken = stopped(listing, 'leads back to a page that was read already')
    if (emptyPages > listing.maxEmptyPages) broken = stopped(listing, `is empty on ${emptyPages} pages in a row`)
    if (token !== undefined) seen.add(token)
    if (listing.prefetch && next && !broken && !ended) await startAhead(listing, next)
    return { done: false, value: { items, next: token, response } }
  }

  async function startAhead(of: Listing<T>, at: NextPage): Promise<void> {
    const unwanted = new AbortController()
    const loaded = load(of, at, unwanted.signal)
    // Its failure is told to whoever asks for the page, if anybody does.
    loaded.catch(() => {})
    ahead = { loaded, unwanted }
    // A reader that computes at once would keep the request from being written until it is done: nothing would be gained.
    await nextTurn()
  }

  return inTurn(read, () => {
    ended = true
    ahead?.unwanted.abort()
  })
}

async function load<T>(listing: Listing<T>, at: NextPage, signal?: AbortSignal): Promise<Loaded<T>> {
  const { pagination, fetchPage, decodeItems, firstUrl } = listing
  const query: Fields = at.query ? { ...listing.query, ...at.query } : listing.query
  const { data, response } = await fetchPage(at.url === undefined ? { query } : { url: at.url }, signal)
  const page = pagination.read({ body: data, headers: response.headers, query })
  const items = await decodeItems(page.items)
  const next = page.next?.url === undefined ? page.next : { url: absolute(page.next.url, at.url ?? firstUrl) }
  return { items, next, response }
}

function firstPage<T>({ pagination, maxEmptyPages, prefetch, from, query }: Listing<T>): NextPage {
  if (typeof pagination?.read !== 'function' || !(maxEmptyPages >= 0) || typeof prefetch !== 'boolean') {
    throw new InvalidRequestError(
      '`paginate` takes `page`, such as `cursor({…})` or `link()`, `maxEmptyPages` as a number and `prefetch` as a boolean.',
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

/** Writes a page's place as text; a number that JSON has not is written as it is in a query. */
function tokenOf(page: NextPage): string {
  return JSON.stringify(page, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
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
