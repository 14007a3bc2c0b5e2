import { TimeoutError, isHawserError } from '../errors.ts'
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

const refusals: ReadonlySet<string> = new Set([
  'CIRCUIT_OPEN',
  'BULKHEAD_FULL',
  'QUOTA_EXHAUSTED',
  'CONFIGURATION',
  'INVALID_REQUEST',
])

// 501, 505, 506 and 511 describe the request or the network in between; sending the same again changes nothing.
const lastingServerErrors: ReadonlySet<number> = new Set([501, 505, 506, 511])

/** Tells whether a status says that the vendor cannot answer just now. */
export function isUnavailable(status: number): boolean {
  return status === 408 || (status >= 500 && !lastingServerErrors.has(status))
}
