import { isSuccess, type HttpResponse } from '../http/response.ts'
import { throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import { oneReader, readSafely, type QuotaReader, type WindowReading } from './reading.ts'

/**
 * Takes for throttles what a quota's reader takes for refusals, and a plain 429: what pauses the quota is sent again, and is no
 * failure of the vendor's.
 *
 * Where an answer asks for no time, the throttle lasts until the windows that it tells empty are reset. An answer of success is
 * no throttle.
 */
export function throttledBy(reader: QuotaReader | readonly QuotaReader[] = []): ReadThrottle {
  const read = oneReader(reader)
  return function throttledBy(response, now) {
    if (isSuccess(response.status)) return undefined
    const reading = readSafely(read, response, now)
    const throttle = reading?.refusal ?? throttledByStatus(response, now)
    return throttle && { retryAfterMs: throttle.retryAfterMs ?? emptyForMs(reading?.windows ?? [], response, now) }
  }
}

/** How long the windows that are told empty stay so; `undefined` where no answer tells. A vendor's moment is held against its own `Date`. */
function emptyForMs(windows: readonly WindowReading[], { headers }: HttpResponse, now: number): number | undefined {
  const vendorNow = Date.parse(headers['date'] ?? '') || now
  const resets = windows.flatMap(({ remaining, kind, resetsInMs, resetsAtVendor }) => {
    // A bucket has room long before it is full again, which is what its reset tells.
    if (remaining !== 0 || kind?.endsWith('bucket')) return []
    return resetsInMs ?? (resetsAtVendor === undefined ? [] : resetsAtVendor - vendorNow)
  })
  return resets.length === 0 ? undefined : Math.max(0, ...resets)
}
