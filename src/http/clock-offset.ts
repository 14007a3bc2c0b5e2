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
  let least = -Infinity
  let most = Infinity
  // Answers of the same second name the same date, and parsing it is the most of what this costs.
  let lastDate: string | undefined
  let lastAt = NaN
  // The offset is a plain property: a getter would give each clock a shape of its own, of 700 bytes.
  const clock = {
    ms: 0,
    toLocal: (vendorMs: number): number => vendorMs - clock.ms,
    observe(date: string | undefined, sentAt: number, receivedAt: number): void {
      if (date !== lastDate) [lastDate, lastAt] = [date, Date.parse(date ?? '')]
      const at = lastAt
      if (Number.isNaN(at) || receivedAt - sentAt > longestTripMs || Math.abs(at - receivedAt) > mostOffsetMs) return
      const low = at - receivedAt
      const high = at + 1000 + staleMs - sentAt
      // One of the clocks was set: what was known of them before no longer holds.
      if (low > most || high < least) [least, most] = [low, high]
      else [least, most] = [Math.max(least, low), Math.min(most, high)]
      clock.ms = Math.min(Math.max(0, least), most)
    },
  }
  return clock
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
