import { isRecord } from 'hawser'
import type { Simulator } from '../simulator.ts'

/** Changes an answer; `count` is how many answers there were, this one included. */
export type Alter = (response: Response, count: number) => Response | Promise<Response>

/** Gives a simulator whose answers are changed on their way out. */
export function altered(simulator: Simulator, alter: Alter): Simulator {
  let count = 0
  return {
    ...simulator,
    async respond(request, context) {
      const response = await simulator.respond(request, context)
      return response && alter(response, ++count)
    },
  }
}

/** Gives an answer with another JSON body; one without JSON stays as it is. */
export async function withJson(response: Response, change: (body: unknown) => unknown): Promise<Response> {
  const text = await response.text()
  if (text === '') return new Response(null, response)
  return withText(response, JSON.stringify(change(JSON.parse(text))))
}

/** Gives an answer with another body, of the length that this one has. */
export function withText(response: Response, text: string): Response {
  // Pairs, because MSW forgets what it is given as one `Headers` made of another.
  const headers = [...response.headers].filter(([name]) => name !== 'content-length')
  return new Response(text, { status: response.status, headers })
}

/** Adds a field that nobody knows to every object of a JSON value. */
export function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields)
  if (!isRecord(value)) return value
  const fields = Object.entries(value).map(([name, item]) => [name, withUnknownFields(item)])
  return { ...Object.fromEntries(fields), conformance_unknown: { of: ['some', 'later', 'version'] } }
}

/** The items of a page, and the page without them. */
export interface EmptiedPage {
  readonly items: number
  readonly body: unknown
}

/** Takes the items out of a page: the first list of objects, or else of anything, searched from the outside in. */
export function emptied(body: unknown): EmptiedPage {
  const ofObjects = without(body, (list) => list.some(isRecord))
  return ofObjects.items > 0 ? ofObjects : without(body, (list) => list.length > 0)
}

function without(body: unknown, isItems: (list: readonly unknown[]) => boolean): EmptiedPage {
  if (Array.isArray(body) && isItems(body)) return { items: body.length, body: [] }
  if (!isRecord(body)) return { items: 0, body }
  const fields = Object.entries(body).toSorted(([, a], [, b]) => Number(Array.isArray(b)) - Number(Array.isArray(a)))
  for (const [name, value] of fields) {
    const inner = without(value, isItems)
    if (inner.items > 0) return { items: inner.items, body: { ...body, [name]: inner.body } }
  }
  return { items: 0, body }
}
