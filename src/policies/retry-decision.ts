import { NetworkError, TimeoutError, type RetryStop } from '../errors.ts'
import { isCertificateReason } from '../http/network-failure.ts'
import { isReplayable, type HttpRequest } from '../http/request.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import { isGood, type ReadThrottle } from '../http/throttled.ts'
import type { Runtime } from '../runtime.ts'
import type { Backoff } from './backoff.ts'
import { isUnavailable, type Outcome } from './outcome.ts'

/** Why a call is sent again. */
export type RetryReason = 'throttled' | 'unavailable' | 'network' | 'timeout'

/** What to do after an attempt. */
export type RetryDecision =
  | { readonly do: 'return' }
  | { readonly do: 'stop'; readonly because: RetryStop; readonly retryAfterMs?: number | undefined }
  | {
      readonly do: 'retry'
      readonly reason: RetryReason
      readonly delayMs: number
      readonly retryAfterMs?: number | undefined
    }

/** What the decision depends on beyond the request and its outcome. */
export interface RetrySettings {
  readonly maxAttempts: number
  readonly backoff: Backoff
  readonly throttled: ReadThrottle
  /** The response header with which the vendor says `true` or `false` to a retry. */
  readonly hintHeader?: string | undefined
  /** Statuses beyond 408 and 5xx after which the same call may succeed. */
  readonly transientStatuses: readonly number[]
}

/** Where the call stands. */
export interface RetryMoment {
  /** How many attempts were made. */
  readonly attempt: number
  readonly now: number
  readonly runtime: Pick<Runtime, 'random'>
}

/**
 * Decides whether a call is sent again, and when. Pure.
 *
 * Repeats only what is safe: an idempotent call, one whose key the vendor honours, or one that was certainly not
 * processed, namely throttled or never connected.
 */
export function decideRetry(
  request: HttpRequest,
  outcome: Outcome,
  settings: RetrySettings,
  moment: RetryMoment,
): RetryDecision {
  const { response } = outcome
  if (response && isGood(response, settings.throttled, moment.now)) return { do: 'return' }

  const hint = settings.hintHeader === undefined ? undefined : response?.headers[settings.hintHeader]
  if (hint === 'false') return { do: 'stop', because: 'vendor-said-no' }
  const failure = transientFailure(outcome, settings, moment.now)
  if (!failure && hint !== 'true') return { do: 'stop', because: 'not-retryable' }

  const { reason, notProcessed, serverMs } = failure ?? {
    reason: 'unavailable',
    notProcessed: false,
    serverMs: response && retryAfterMs(response.headers, moment.now),
  }
  const stop = (because: RetryStop): RetryDecision => ({ do: 'stop', because, retryAfterMs: serverMs })
  if (!notProcessed && !request.idempotent) return stop('not-idempotent')
  if (!isReplayable(request.body)) return stop('body-not-replayable')
  if (moment.attempt >= settings.maxAttempts) return stop('attempts')

  // What the vendor asks for is a floor: jitter comes on top and never shortens it.
  const delayMs = (serverMs ?? 0) + settings.backoff(moment.attempt, () => moment.runtime.random())
  // Written so that a wait that is no number is refused too.
  const inTime = request.deadline === undefined ? delayMs >= 0 : moment.now + delayMs < request.deadline
  if (!inTime) return stop('deadline')
  return { do: 'retry', reason, delayMs, retryAfterMs: serverMs }
}

interface TransientFailure {
  readonly reason: RetryReason
  readonly notProcessed: boolean
  readonly serverMs: number | undefined
}

function transientFailure(
  { response, error }: Outcome,
  { throttled, transientStatuses }: RetrySettings,
  now: number,
): TransientFailure | undefined {
  if (response) {
    const throttle = throttled(response, now)
    const serverMs = throttle?.retryAfterMs ?? retryAfterMs(response.headers, now)
    if (throttle) return { reason: 'throttled', notProcessed: true, serverMs }
    if (!isUnavailable(response.status) && !transientStatuses.includes(response.status)) return undefined
    return { reason: 'unavailable', notProcessed: false, serverMs }
  }
  if (error instanceof NetworkError && !isCertificateReason(error.reason)) {
    return { reason: 'network', notProcessed: error.phase === 'connect', serverMs: undefined }
  }
  if (error instanceof TimeoutError && error.limit === 'attempt') {
    return { reason: 'timeout', notProcessed: false, serverMs: undefined }
  }
  return undefined
}
