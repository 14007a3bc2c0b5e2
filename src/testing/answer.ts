/** How an answer ends. All but `complete` are faults. */
export type Ending =
  | { readonly at: 'complete' }
  /** Before the first byte. */
  | { readonly at: 'headers'; readonly by: 'reset' | 'fin' | 'garbage' | 'silence' }
  /** After half of the body. `framing` says how the body's end would have been told. */
  | {
      readonly at: 'body'
      readonly by: 'reset' | 'fin' | 'silence'
      readonly framing: 'content-length' | 'chunked'
    }

/** What goes back over the wire, and how. A plain value: each front plays it on a wire of its own. */
export interface Answer {
  readonly status: number
  /** Lower-case names; a name may come twice. */
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
  /** How long it takes to the headers. Virtual milliseconds. */
  readonly delayMs: number
  /** How long the body takes, spread evenly over its pieces. Virtual milliseconds. */
  readonly bodyMs: number
  readonly ending: Ending
}

/** Nothing but how it ends. */
export const nothing: Answer = {
  status: 200,
  headers: [],
  body: undefined,
  delayMs: 0,
  bodyMs: 0,
  ending: { at: 'complete' },
}

/** @see https://fetch.spec.whatwg.org/#null-body-status */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304])

/** Tells whether an answer of a status has no body. */
export function isBodiless(status: number): boolean {
  return bodiless.has(status)
}

/** Takes a response for what goes over the wire, with the vendor's `Date`. */
export function answerOf(response: Response, now: number): Answer {
  const headers = [...response.headers]
  // @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
  if (!response.headers.has('date')) headers.push(['date', new Date(now).toUTCString()])
  return { ...nothing, status: response.status, headers, body: response.body ?? undefined }
}

/** Gives what goes back to a HEAD: the headers alone, and nothing that could break after them. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2 */
export function withoutBody(answer: Answer): Answer {
  const ending: Ending = answer.ending.at === 'body' ? { at: 'complete' } : answer.ending
  return { ...answer, body: undefined, bodyMs: 0, ending }
}

/** Reads a body to its end. */
export async function bytesOf(body: Answer['body']): Promise<Uint8Array> {
  if (body === undefined || body instanceof Uint8Array) return body ?? new Uint8Array()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sets a header in the place of all of its name. */
export function withHeader(answer: Answer, name: string, value: string): Answer {
  return { ...answer, headers: [...answer.headers.filter(([other]) => other !== name), [name, value]] }
}
