import { isSuccess, type HttpResponse } from './response.ts'
import { retryAfterMs } from './retry-after.ts'

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

/** Tells whether an answer is a success, and no throttle that says success. */
export function isGood(response: HttpResponse, throttled: ReadThrottle, now: number): boolean {
  return isSuccess(response.status) && !throttled(response, now)
}
