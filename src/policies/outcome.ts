import { TimeoutError, isHawserError } from '../errors.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import type { HttpResponse } from '../http/response.ts'

/** How a send ended: with an answer, or with the error that stands for its absence. */
export type Outcome =
  { readonly response: HttpResponse; readonly error?: never } | { readonly error: unknown; readonly response?: never }

/** Waits for a send, and takes its failure for a value too. */
export function outcomeOf(sending: Promise<HttpResponse>): Promise<Outcome> {
  return sending.then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  )
}

/** Tells whether a request was, or may have been, on the wire; a refusal of our own was not. */
export function wasSent({ error }: Outcome): boolean {
  if (error instanceof TimeoutError) return error.sent
  return !isHawserError(error) || !refusals.has(error.code)
}

const refusals: ReadonlySet<string> = new Set(['CIRCUIT_OPEN', 'BULKHEAD_FULL', 'CONFIGURATION', 'INVALID_REQUEST'])

/** What a throttled answer says. */
export interface Throttle {
  /** The least time to wait. Milliseconds; absent where the vendor does not say. */
  readonly retryAfterMs?: number | undefined
}

/** Tells whether an answer is the vendor's "too many requests", whatever its status; `now` is the local time. */
export type ReadThrottle = (response: HttpResponse, now: number) => Throttle | undefined

/** The plain reading: status 429 with `Retry-After`. @see https://www.rfc-editor.org/rfc/rfc6585#section-4 */
export const throttledByStatus: ReadThrottle = ({ status, headers }, now) =>
  status === 429 ? { retryAfterMs: retryAfterMs(headers, now) } : undefined

// 501, 505, 506 and 511 describe the request or the network in between; sending the same again changes nothing.
const lastingServerErrors: ReadonlySet<number> = new Set([501, 505, 506, 511])

/** Tells whether a status says that the vendor cannot answer just now. */
export function isUnavailable(status: number): boolean {
  return status === 408 || (status >= 500 && !lastingServerErrors.has(status))
}
