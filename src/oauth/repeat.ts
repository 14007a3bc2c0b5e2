import { NetworkError, TimeoutError, retryAfterMs, type Backoff, type Outcome } from 'hawser'

/**
 * What a call to an authorization server may be sent again after.
 *
 * - `unprocessed`: never connected, or throttled. All that a code may be sent again after: it is good for one use.
 * - `refused`: a 5xx as well. A refresh token is still good after one; it is never changed for another here.
 * - `always`: a lost answer as well, where nothing can be lost with it.
 */
export type Repeat = 'unprocessed' | 'refused' | 'always'

/** Where a call stands. */
export interface RepeatMoment {
  /** How many attempts were made. */
  readonly attempt: number
  readonly now: number
  readonly random: () => number
  /** Milliseconds since the Unix epoch. */
  readonly deadline: number
}

/** How often, and after what waits. */
export interface RepeatSettings {
  /** The first attempt included. */
  readonly maxAttempts: number
  readonly backoff: Backoff
}

/** Tells how long to wait before the same call is made again; `undefined` where its outcome stands. Milliseconds. Pure. */
export function repeatAfterMs(
  outcome: Outcome,
  repeat: Repeat,
  settings: RepeatSettings,
  { attempt, now, random, deadline }: RepeatMoment,
): number | undefined {
  if (attempt >= settings.maxAttempts || !isRepeatable(outcome, repeat)) return undefined
  const asked = outcome.response ? retryAfterMs(outcome.response.headers, now) : undefined
  const delayMs = (asked ?? 0) + settings.backoff(attempt, random)
  return now + delayMs < deadline ? delayMs : undefined
}

function isRepeatable({ response, error }: Outcome, repeat: Repeat): boolean {
  if (response) return response.status === 429 || (response.status >= 500 && repeat !== 'unprocessed')
  if (error instanceof NetworkError) return error.phase === 'connect' || repeat === 'always'
  return error instanceof TimeoutError && (error.sent ? repeat === 'always' : false)
}
