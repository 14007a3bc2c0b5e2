import { NetworkError, TimeoutError } from '../errors.ts'
import type { ReadThrottle } from '../http/throttled.ts'
import { isUnavailable, type Outcome } from './outcome.ts'

/** What an outcome says about the vendor's health. A throttle, an abort and a local refusal say nothing. */
export type Verdict = 'healthy' | 'failing' | 'neutral'

/** Judges an outcome. */
export function verdictOn(outcome: Outcome, throttled: ReadThrottle, now: number): Verdict {
  const { response, error } = outcome
  // A deadline is the caller's patience, not the vendor's health.
  if (!response) {
    return error instanceof NetworkError || (error instanceof TimeoutError && error.limit === 'attempt')
      ? 'failing'
      : 'neutral'
  }
  if (throttled(response, now)) return 'neutral'
  // 408 may be the caller's slow upload as well as the vendor's trouble.
  if (response.status === 408) return 'neutral'
  return isUnavailable(response.status) ? 'failing' : 'healthy'
}
