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
  /** What was answered before counts no more. */
  let overAt = -Infinity
  let lastEnd = -Infinity
  let endsAt = Infinity
  let endLateMs = 0

  function roll(now: number): boolean {
    if (now < endsAt) return false
    overAt = endsAt - endLateMs
    lastEnd = endsAt
    endsAt = Infinity
    return true
  }

  return {
    roll,
    place({ resetsAt, lateMs, chargedAt, now }) {
      if (resetsAt === undefined) return chargedAt < lastEnd ? 'past' : 'present'
      const known = endsAt < Infinity
      if (resetsAt <= now || (known && resetsAt < endsAt - windowMs / 2)) return 'past'
      const opened = known && resetsAt > endsAt + windowMs / 2
      // Rounded up, or told some time before it was heard, an end can only come down within its window.
      if (known && resetsAt >= endsAt && resetsAt <= endsAt + lateMs) return 'present'
      endsAt = resetsAt
      endLateMs = lateMs
      // The answered call came in that window, which so began no later.
      overAt = Math.max(overAt, Math.min(resetsAt - windowMs - lateMs, chargedAt))
      return opened ? 'next' : 'present'
    },
    endOf({ at }, latest) {
      if (at < overAt) return -Infinity
      if (endsAt === Infinity) return latest
      // What may have come after an end that was told too late counts on, but no shorter than until that end.
      return at < endsAt - endLateMs ? endsAt : Math.max(endsAt, latest)
    },
  }
}
