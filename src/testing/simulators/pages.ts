import { placed } from '../placed.ts'
import { refuse, type FailureReply, type JsonReply } from './reply.ts'

/** What a page is cut from. */
export interface Listed<T> {
  /** All that was asked for, in order. */
  readonly items: readonly T[]
  /** The request's address. */
  readonly url: URL
  readonly idOf: (item: T) => string
  /** How many there are, where not all of them are listed. @default the number of items */
  readonly total?: number
}

/** Cuts the page that a request asks for out of a list, in a vendor's own form. */
export type SimulatedPages = <T>(listed: Listed<T>) => JsonReply | FailureReply

/** How many items a page has. */
export interface PageSize {
  /** The query parameter with which a client asks for a size. */
  readonly sizeParam?: string
  /** Where nothing is asked for. @default 30 */
  readonly size?: number
  /** More than this is lowered without a word. @default 100 */
  readonly maxSize?: number
  /** Where the items are in the body, by dotted keys; the empty string is the body itself. */
  readonly items?: string
  /** Where the body tells how many there are in all. @default nowhere */
  readonly total?: string
}

/** Pages by number, with the addresses of the others in `Link`. @see https://www.rfc-editor.org/rfc/rfc8288 */
export function linkPages(options: PageSize & { readonly param?: string } = {}): SimulatedPages {
  const { param = 'page', sizeParam = 'per_page', items: place = '' } = options
  return ({ items, url, total = items.length }) => {
    const size = sizeOf(url, { ...options, sizeParam })
    const page = Math.max(1, count(url, param) ?? 1)
    const last = Math.max(1, Math.ceil(items.length / size))
    const to = (number: number, rel: string): string => `<${withQuery(url, param, number)}>; rel="${rel}"`
    const links = [
      ...(page > 1 ? [to(page - 1, 'prev')] : []),
      ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
      ...(page > 1 ? [to(1, 'first')] : []),
    ]
    const json = bodyOf(items.slice((page - 1) * size, page * size), total, place, options.total)
    return { json, headers: links.length > 0 ? { link: links.join(', ') } : {} }
  }
}

/** Pages by number; `last` is where the body tells the number of the last page. */
export function numberPages(
  options: PageSize & {
    readonly items: string
    readonly param?: string
    readonly last?: string
    readonly firstPage?: number
  },
): SimulatedPages {
  const { param = 'page', items: place, last: lastPlace, firstPage = 1 } = options
  return ({ items, url, total = items.length }) => {
    const size = sizeOf(url, options)
    const page = Math.max(firstPage, count(url, param) ?? firstPage) - firstPage
    const json = bodyOf(items.slice(page * size, (page + 1) * size), total, place, options.total)
    const last = Math.max(0, Math.ceil(items.length / size) - 1) + firstPage
    return { json: lastPlace === undefined ? json : placed(json, lastPlace, last) }
  }
}

/** Pages by how many items were seen. */
export function offsetPages(options: PageSize & { readonly items: string; readonly param?: string }): SimulatedPages {
  const { param = 'offset', items: place } = options
  return ({ items, url, total = items.length }) => {
    const from = count(url, param) ?? 0
    const cut = items.slice(from, from + sizeOf(url, options))
    return { json: bodyOf(cut, total, place, options.total) }
  }
}

/** Pages by an opaque cursor in the body, which is empty on the last page. */
export function cursorPages(
  options: PageSize & { readonly items: string; readonly param: string; readonly next: string },
): SimulatedPages {
  return ({ items, url, idOf, total = items.length }) => {
    const cursor = url.searchParams.get(options.param)
    const after = cursor === null || cursor === '' ? undefined : Buffer.from(cursor, 'base64url').toString()
    const cut = cutAfter(items, after, sizeOf(url, options), idOf)
    if (!cut) return refuse(400, 'The cursor is not valid.', 'invalid_cursor')
    const next = cut.more && cut.last !== undefined ? Buffer.from(cut.last).toString('base64url') : ''
    return { json: placed(bodyOf(cut.items, total, options.items, options.total), options.next, next) }
  }
}

/**
 * Pages by the id of the last item that was seen; `more` is where the body tells whether there are more. `before` is the
 * parameter with which a client goes back from an item.
 */
export function lastIdPages(
  options: PageSize & {
    readonly items: string
    readonly param: string
    readonly before?: string
    readonly more?: string
  },
): SimulatedPages {
  const { param, before } = options
  return ({ items, url, idOf, total = items.length }) => {
    const until = before === undefined ? null : url.searchParams.get(before)
    const size = sizeOf(url, options)
    const cut =
      until === null
        ? cutAfter(items, url.searchParams.get(param) ?? undefined, size, idOf)
        : reversed(cutAfter(items.toReversed(), until, size, idOf))
    if (!cut)
      return refuse(400, `\`${until === null ? param : before}\` names nothing in this list.`, 'resource_missing')
    const json = bodyOf(cut.items, total, options.items, options.total)
    return { json: options.more === undefined ? json : placed(json, options.more, cut.more) }
  }
}

/** A piece of a list. */
interface Cut<T> {
  readonly items: readonly T[]
  /** The id of its last item. */
  readonly last: string | undefined
  readonly more: boolean
}

function reversed<T>(cut: Cut<T> | undefined): Cut<T> | undefined {
  return cut && { ...cut, items: cut.items.toReversed() }
}

/** Gives what follows an id; nothing where no item has it. */
function cutAfter<T>(
  items: readonly T[],
  after: string | undefined,
  size: number,
  idOf: (item: T) => string,
): Cut<T> | undefined {
  const from = after === undefined ? 0 : items.findIndex((item) => idOf(item) === after) + 1
  if (after !== undefined && from === 0) return undefined
  const cut = items.slice(from, from + size)
  const last = cut.at(-1)
  return { items: cut, last: last === undefined ? undefined : idOf(last), more: from + size < items.length }
}

function bodyOf(items: readonly unknown[], total: number, place: string, totalPlace: string | undefined): unknown {
  const body = placed({}, place, items)
  return totalPlace === undefined ? body : placed(body, totalPlace, total)
}

function sizeOf(url: URL, { sizeParam = 'limit', size = 30, maxSize = 100 }: PageSize): number {
  return Math.max(1, Math.min(count(url, sizeParam) ?? size, maxSize))
}

function count(url: URL, param: string): number | undefined {
  const text = url.searchParams.get(param)
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined
}

function withQuery(url: URL, param: string, value: number): string {
  const next = new URL(url)
  next.searchParams.set(param, String(value))
  return next.href
}
