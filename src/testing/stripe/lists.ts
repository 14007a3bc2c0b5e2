import type { Collection } from '../simulators/collection.ts'
import { formInput } from '../simulators/form-input.ts'
import { cursorPages, lastIdPages } from '../simulators/pages.ts'
import type { FailureReply, Reply } from '../simulators/reply.ts'
import { invalid } from './errors.ts'
import { group, list as listOf, whole } from './fields.ts'
import { below, type Asked } from './ground.ts'

interface Listable {
  readonly id: string
  readonly created: number
}

const size = 10

// @see https://docs.stripe.com/api/pagination
const pages = lastIdPages({ items: 'data', param: 'starting_after', before: 'ending_before', more: 'has_more', size })
// @see https://docs.stripe.com/api/pagination/search
const foundPages = cursorPages({ items: 'data', param: 'page', next: 'next_page', size })

const idOf = ({ id }: Listable): string => id

/**
 * Answers a list, the newest first: those that agree with the query in `created` and in each of the fields. A field's list in the
 * query (`ids[0]=…`) asks for any of its values.
 */
export function listed<T extends Listable>(
  asked: Asked,
  collection: Collection<T>,
  fields: Readonly<Record<string, (record: T) => unknown>> = {},
): Reply {
  const query = formInput(asked.url.search.slice(1))
  const items = newestFirst(collection.all(below(asked))).filter(
    (record) =>
      wasCreated(record, query['created']) &&
      Object.entries(fields).every(([name, read]) => {
        const wanted = query[name]
        if (wanted === undefined) return true
        const value = String(read(record))
        return Array.isArray(wanted) ? listOf(wanted).includes(value) : wanted === value
      }),
  )
  const page = wrongSize(asked) ?? pages({ items, url: asked.url, idOf })
  return 'json' in page ? { json: { object: 'list', url: asked.url.pathname, ...group(page.json) } } : page
}

/** Answers a search with what it found. */
export function found(asked: Asked, items: readonly Listable[]): Reply {
  const page = wrongSize(asked) ?? foundPages({ items: newestFirst(items), url: asked.url, idOf })
  if (!('json' in page)) return page
  const { data, next_page } = group(page.json)
  const next = next_page === '' ? null : next_page
  return { json: { object: 'search_result', url: asked.url.pathname, has_more: next !== null, next_page: next, data } }
}

/** A page of more than 100 is refused, and not lowered. */
function wrongSize({ query }: Asked): FailureReply | undefined {
  const limit = query.get('limit')
  if (limit === null || /^(?:[1-9]\d?|100)$/.test(limit)) return undefined
  return invalid('limit', `The limit is a whole number from 1 to 100, and not '${limit}'.`, 'parameter_invalid_integer')
}

// What has the same second is told apart by the order in which it came.
function newestFirst<T extends Listable>(items: readonly T[]): readonly T[] {
  return items.toReversed().toSorted((a, b) => b.created - a.created)
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
}

function wasCreated({ created }: Listable, asked: unknown): boolean {
  if (typeof asked === 'string') return created === whole(asked)
  return Object.entries(group(asked)).every(([name, value]) => comparisons[name]?.(created, Number(value)) ?? true)
}
