import type { RouteHandler, RouteRequest } from '../simulators/definition.ts'
import { cursorPages } from '../simulators/pages.ts'
import type { JsonReply, Reply } from '../simulators/reply.ts'
import type { SlackRecords } from './records.ts'

/** A call of a method. */
export interface Called {
  /** The arguments as texts, wherever they stood: in the query, a form or JSON. */
  readonly given: Readonly<Record<string, string>>
  readonly now: number
  readonly sequence: number
  readonly url: URL
  readonly collections: RouteRequest<SlackRecords>['collections']
}

/** Answers a method: with the fields of an answer that is `ok`, or with the code of an error. */
export type Method = (called: Called) => object | string

/** Makes the routes of methods by their names. Slack takes all of them by GET and by POST. */
export function methods(all: Readonly<Record<string, Method>>): Readonly<Record<string, RouteHandler<SlackRecords>>> {
  return Object.fromEntries(
    Object.entries(all).map(([name, method]): [string, RouteHandler<SlackRecords>] => [
      `* /api/${name}`,
      ({ input, query, ...asked }) => {
        const answer = method({ ...asked, given: texts({ ...Object.fromEntries(query), ...input }) })
        return typeof answer === 'string' ? refused(answer) : { json: { ok: true, ...answer } }
      },
    ]),
  )
}

/** An error as Slack writes it: with status 200. @see https://docs.slack.dev/apis/web-api/#responses */
export function refused(error: string): Reply {
  return { json: { ok: false, error } }
}

/** Objects and lists stand in a form as JSON. */
function texts(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(
    present.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

/** Reads an argument that is an object or a list; `undefined` where there is none. */
export function decoded(argument: string | undefined): unknown {
  try {
    return argument === undefined ? undefined : JSON.parse(argument)
  } catch {
    return undefined
  }
}

/** Gives the page that a call asks for. @see https://docs.slack.dev/apis/web-api/pagination */
export function pageOf<T>(
  { given, url }: Called,
  field: string,
  items: readonly T[],
  idOf: (item: T) => string,
): object | string {
  const pages = cursorPages({
    items: field,
    param: 'cursor',
    next: 'response_metadata.next_cursor',
    size: 100,
    maxSize: 1000,
  })
  const asked = new URL(url)
  for (const name of ['cursor', 'limit']) if (given[name] !== undefined) asked.searchParams.set(name, given[name])
  const page: JsonReply | object = pages({ items, url: asked, idOf })
  return 'json' in page && typeof page.json === 'object' && page.json !== null ? page.json : 'invalid_cursor'
}
