import type { HttpResponse } from '../http/response.ts'
import type { WindowKind } from './limit.ts'

/** What an answer says of one window. A moment is given on the vendor's clock, or as a time from now, never both. */
export interface WindowReading {
  /** The vendor's name for it. @default the first window of the call */
  readonly name?: string
  readonly limit?: number
  readonly remaining?: number
  /** Milliseconds since the Unix epoch, on the vendor's clock. */
  readonly resetsAtVendor?: number
  /** Milliseconds from the answer. */
  readonly resetsInMs?: number
  /** How far the reset may be off, because the vendor rounds it. Milliseconds. @default 0 */
  readonly precisionMs?: number
  /** How long the window lasts. Milliseconds; without it, and without a declared limit of this name, the window is not used. */
  readonly windowMs?: number
  /** @default the declared one; without that, what the answers themselves show */
  readonly kind?: WindowKind
}

/** The vendor refused the call for its quota. */
export interface Refusal {
  /** `rate`: too many in a time; `concurrency`: too many at once; `object`: for what the call is about, and nobody else waits. @default 'rate' */
  readonly of?: 'rate' | 'concurrency' | 'object'
  /** The window that was violated. @default the one that is told empty, or else the fullest */
  readonly window?: string
  /** The least time to wait. Milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** What an answer says of its vendor's quota. */
export interface QuotaReading {
  readonly windows?: readonly WindowReading[]
  readonly refusal?: Refusal
  /** What the call really cost. */
  readonly cost?: number
}

/** Reads an answer; `undefined` where it says nothing. `now` is the local time. */
export type QuotaReader = (response: HttpResponse, now: number) => QuotaReading | undefined

/** Reads an answer. A reader's own fault tells nothing, since it must not cost the caller an answer that was received. */
export function readSafely(read: QuotaReader, response: HttpResponse, now: number): QuotaReading | undefined {
  try {
    return read(response, now)
  } catch {
    return undefined
  }
}

/** Makes one reader of those declared. */
export function oneReader(declared: QuotaReader | readonly QuotaReader[]): QuotaReader {
  return typeof declared === 'function' ? declared : readAll(...declared)
}

/** Joins readers: the windows of all, and the first refusal and cost that any of them finds. */
export function readAll(...readers: readonly QuotaReader[]): QuotaReader {
  // One for all who have none, as most vendors that nothing is known of: 130 bytes of each.
  if (readers.length === 0) return readNothing
  return (response, now) => {
    const readings = readers.flatMap((read) => read(response, now) ?? [])
    if (readings.length <= 1) return readings[0]
    const refusal = readings.find((reading) => reading.refusal)?.refusal
    const cost = readings.find((reading) => reading.cost !== undefined)?.cost
    return {
      windows: readings.flatMap(({ windows }) => windows ?? []),
      ...(refusal && { refusal }),
      ...(cost !== undefined && { cost }),
    }
  }
}

const readNothing: QuotaReader = () => undefined
