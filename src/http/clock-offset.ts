import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

// Servers write `Date` from a clock that they read now and then, so the second it names may have ended this long ago.
const staleMs = 50

// What is further away is a mistake of one of the clocks, not an offset to reckon with; and an answer that took long tells little.
const mostOffsetMs = 86_400_000
const longestTripMs = 900_000

/** How far the vendor's clock is ahead of ours, as far as the `Date` headers seen so far tell. */
export interface ClockOffset {
  /** Takes a `Date` header; the request left at `sentAt`, the answer came at `receivedAt`. */
  observe(date: string | undefined, sentAt: number, receivedAt: number): void
  /** Gives a moment of the vendor's clock in local time. */
  toLocal(vendorMs: number): number
  /** Milliseconds. 0 while nothing speaks against it. */
  readonly ms: number
}

/**
 * Makes an offset that is narrowed by every answer: `Date` names whole seconds only, but each one rules out offsets, and
 * what remains soon is no wider than a round trip. Of what is possible, the offset nearest to none is taken.
 */
export function createClockOffset(): ClockOffset {
  return new NarrowedOffset()
}

class NarrowedOffset implements ClockOffset {
  ms = 0
  /** Absent until an answer tells: unlike small whole numbers, infinities take 16 bytes each beside their place. */
  #least: number | undefined
  #most: number | undefined
  // Answers of the same second name the same date, and parsing it is the most of what this costs.
  #lastDate: string | undefined
  #lastAt: number | undefined

  toLocal(vendorMs: number): number {
    return vendorMs - this.ms
  }

  observe(date: string | undefined, sentAt: number, receivedAt: number): void {
    if (date === undefined) return
    if (date !== this.#lastDate) [this.#lastDate, this.#lastAt] = [date, Date.parse(date)]
    const at = this.#lastAt ?? NaN
    if (Number.isNaN(at) || receivedAt - sentAt > longestTripMs || Math.abs(at - receivedAt) > mostOffsetMs) return
    const low = at - receivedAt
    const high = at + 1000 + staleMs - sentAt
    const least = this.#least ?? -Infinity
    const most = this.#most ?? Infinity
    // One of the clocks was set: what was known of them before no longer holds.
    const over = low > most || high < least
    this.#least = over ? low : Math.max(least, low)
    this.#most = over ? high : Math.min(most, high)
    this.ms = Math.min(Math.max(0, this.#least), this.#most)
  }
}

/**
 * Lets an offset learn from an answer. What anyone on the way could have written says nothing about the vendor's clock, nor does a
 * cache's answer, which carries an old date.
 */
export function learnClock(
  clock: ClockOffset,
  { headers }: HttpResponse,
  { url }: HttpRequest,
  sentAt: number,
  receivedAt: number,
): void {
  if (url.startsWith('https:') && headers['age'] === undefined) clock.observe(headers['date'], sentAt, receivedAt)
}
