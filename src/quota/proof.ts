/** What the answer to a call tells that went over a reset. */
export interface Crossing {
  readonly limit: number
  readonly cost: number
  /** What was told to remain after it. */
  readonly remaining: number
  /** What was used shortly before it, and would count yet if the window were a log. */
  readonly recent: number
  /** The reset that it went over, when it was charged, and the next reset. Milliseconds since the Unix epoch. */
  readonly resetAt: number
  readonly chargedAt: number
  readonly nextResetAt: number
  /** How far both resets may be told too late. Milliseconds. */
  readonly lateMs: number
  /** How long the window lasts, if that is known; and the longest time that was told until a reset. Milliseconds. */
  readonly windowMs: number | undefined
  readonly leastMs: number
}

/** What a window turned out to be. */
export type Proof = { readonly kind: 'fixed'; readonly windowMs: number } | { readonly kind: 'sliding' }

// The draft counts windows in whole seconds, and so do vendors that follow none.
// @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (the parameter `w`)
export const secondMs: number = 1000

/**
 * Decides what kind a window is by what remained after its reset: nearly all of it, or what a log would leave. Use by
 * others blurs that, so the calls before must have been enough to tell: a tenth of the limit. `undefined` where they were
 * not, or where the resets fit neither kind.
 */
export function proofOf(crossing: Crossing): Proof | undefined {
  const { limit, cost, remaining, recent, resetAt, chargedAt, nextResetAt, lateMs, windowMs, leastMs } = crossing
  if (recent < Math.max(2, limit / 10)) return undefined
  if (remaining < limit - cost - recent / 2) return { kind: 'sliding' }
  if (windowMs !== undefined) return { kind: 'fixed', windowMs }
  // With a longer gap than what is left of this window, there may be whole windows between the two resets.
  if (chargedAt - resetAt >= nextResetAt - chargedAt) return undefined
  const betweenMs = nextResetAt - resetAt
  const wholeMs = Math.round(betweenMs / secondMs) * secondMs
  const lastsMs = Math.abs(wholeMs - betweenMs) <= lateMs ? wholeMs : betweenMs
  // A reset sooner than windows are known to last is the time until a bucket is full again.
  return lastsMs >= leastMs - lateMs ? { kind: 'fixed', windowMs: lastsMs } : undefined
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
