import type { Entry } from './use-log.ts'

/** What an answer tells of an end. */
interface End {
  readonly resetsAt: number | undefined
  /** How far it may be told too late. */
  readonly lateMs: number
  /** When the answered call was charged. */
  readonly chargedAt: number
  readonly now: number
}

/** Where the windows end that begin with the first call after the last one ended, as far as answers tell. */
export interface ToldEnds {
  /** Tells whether the present window is over. */
  roll(now: number): boolean
  /** Takes over what an answer tells; tells which window that is about. */
  place(end: End): 'past' | 'present' | 'next'
  /** When an entry counts no more that a log would count up to `latest`; `-Infinity` for what is over already. */
  endOf(entry: Entry, latest: number): number
}

/**
 * Makes the ends of windows of which none was told yet.
 *
 * Which call opened a window only the vendor knows: one that was under way at an end may have, or not, and so on with the
 * windows after it. So use counts as a log counts it, which is right wherever they stand, until an answer tells an end: what
 * was answered before it is gone with it, and what was answered before its window began is gone at once.
 */
export function createToldEnds(windowMs: number): ToldEnds {
  return new LatestEnd(windowMs)
}

class LatestEnd implements ToldEnds {
  readonly #windowMs: number
  /** What was answered before counts no more. */
  #overAt = -Infinity
  #lastEnd = -Infinity
  #endsAt = Infinity
  #endLateMs = 0

  constructor(windowMs: number) {
    this.#windowMs = windowMs
  }

  roll(now: number): boolean {
    if (now < this.#endsAt) return false
    // What is over stays so, however late the next end may have been told.
    this.#overAt = Math.max(this.#overAt, this.#endsAt - this.#endLateMs)
    this.#lastEnd = this.#endsAt
    this.#endsAt = Infinity
    return true
  }

  place({ resetsAt, lateMs, chargedAt, now }: End): 'past' | 'present' | 'next' {
    if (resetsAt === undefined) return chargedAt < this.#lastEnd ? 'past' : 'present'
    const endsAt = this.#endsAt
    const known = endsAt < Infinity
    if (resetsAt <= now || (known && resetsAt < endsAt - this.#windowMs / 2)) return 'past'
    const opened = known && resetsAt > endsAt + this.#windowMs / 2
    // Rounded up, or told some time before it was heard, an end can only come down within its window.
    if (known && resetsAt >= endsAt && resetsAt <= endsAt + lateMs) return 'present'
    this.#endsAt = resetsAt
    this.#endLateMs = lateMs
    // The answered call came in that window, which so began no later.
    this.#overAt = Math.max(this.#overAt, Math.min(resetsAt - this.#windowMs - lateMs, chargedAt))
    return opened ? 'next' : 'present'
  }

  endOf({ at }: Entry, latest: number): number {
    if (at < this.#overAt) return -Infinity
    if (this.#endsAt === Infinity) return latest
    // What may have come after an end that was told too late counts on, but no shorter than until that end.
    return at < this.#endsAt - this.#endLateMs ? this.#endsAt : Math.max(this.#endsAt, latest)
  }
}
