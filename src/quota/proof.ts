/** What an answer tells of how its window counts. All but the limit and what remains is our own use, in cost. */
export interface Evidence {
  readonly limit: number
  /** What was told to remain after the call, and what it cost. */
  readonly remaining: number
  readonly cost: number
  /** Answered before the call was charged, and so lately that a log would still count it. */
  readonly recent: number
  /** Under way beside the call. */
  readonly beside: number
  /** Of what is recent: charged before the reset for sure, and charged when it may have been over. */
  readonly before: number
  readonly since: number
}

/** Two resets of a window, as they were told. Milliseconds, since the Unix epoch where it is a moment. */
export interface Resets {
  readonly at: number
  readonly nextAt: number
  /** When the call was charged that was told the next one. */
  readonly chargedAt: number
  /** How far both may be told too late. */
  readonly lateMs: number
  /** The longest time that was ever told until a reset. */
  readonly leastMs: number
}

// The draft counts windows in whole seconds, and so do vendors that follow none.
// @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (the parameter `w`)
export const secondMs: number = 1000

/**
 * Decides what kind a window is by what remains: all, but for what is under way, though a log would still count what was
 * used lately (`fixed`); or what a log would leave, though a reset is over (`sliding`). Use by others blurs both, so that
 * half of our own has to speak for it, and a tenth of the limit at least. `undefined` where nothing is decided.
 */
export function kindOf(evidence: Evidence): 'fixed' | 'sliding' | undefined {
  const { limit, remaining, cost, recent, beside, before, since } = evidence
  const enough = Math.max(2, limit / 10)
  const used = limit - cost - remaining
  if (recent >= enough && used <= recent / 2 && used <= beside + recent / 4) return 'fixed'
  return before >= enough && used > since + before / 2 ? 'sliding' : undefined
}

/** Gives the length of fixed windows, in whole seconds where the resets allow it; `undefined` where they do not tell it. */
export function windowLengthMs({ at, nextAt, chargedAt, lateMs, leastMs }: Resets): number | undefined {
  // With a longer gap than what is left of this window, there may be whole windows between the two resets.
  if (chargedAt - at >= nextAt - chargedAt) return undefined
  const betweenMs = nextAt - at
  const wholeMs = Math.round(betweenMs / secondMs) * secondMs
  const lastsMs = Math.abs(wholeMs - betweenMs) <= lateMs ? wholeMs : betweenMs
  // A reset sooner than windows are known to last is the time until a bucket is full again.
  return lastsMs >= leastMs - lateMs ? lastsMs : undefined
}

/**
 * Gives the length of a log of which the oldest call is known, with the reset that was told: whole seconds, or
 * `undefined`. A reset is when the oldest call counts no more. `lateMs`: how late the reset, or the call, may be placed.
 */
export function logLengthMs(oldestAt: number, resetsAt: number, lateMs: number): number | undefined {
  const mostMs = resetsAt - oldestAt
  const wholeMs = Math.floor(mostMs / secondMs) * secondMs
  return wholeMs >= secondMs && wholeMs >= mostMs - 2 * lateMs ? wholeMs : undefined
}
