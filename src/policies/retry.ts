import { checkNumber, checkOptions } from '../check.ts'
import { ConfigurationError, isHawserError } from '../errors.ts'
import { begin, described, sendBy, type Passage, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'
import { fullJitter, type Backoff } from './backoff.ts'
import { isGood, throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import { outcomeOf, wasSent, type Outcome } from './outcome.ts'
import { retryBudget, type RetryBudget } from './retry-budget.ts'
import { decideRetry, type RetrySettings } from './retry-decision.ts'

/** Options of {@link retry}. */
export interface RetryOptions {
  /** The first send included. @default 4 */
  readonly maxAttempts?: number
  /** @default `fullJitter()` */
  readonly backoff?: Backoff
  /** Shared by all calls through this policy. @default `retryBudget()` */
  readonly budget?: RetryBudget
  /** @default status 429 */
  readonly throttled?: ReadThrottle
  /** The response header with which the vendor says `true` or `false` to a retry. */
  readonly hintHeader?: string
  /** Statuses beyond 408 and 5xx after which the same call may succeed, such as 409. @default none */
  readonly transientStatuses?: readonly number[]
}

const standardBackoff = fullJitter()
const none: readonly number[] = []

/**
 * Sends a failed call again where that is safe, after a wait that the vendor names or that grows at random.
 *
 * Begins no wait that would outlast the deadline, and stops when the budget of all retries is used up. The last outcome
 * is what the caller gets, with `attempts` and the reason why there was no further one.
 */
export function retry(options: RetryOptions = {}): Policy {
  checkOptions('retry', options, ['maxAttempts', 'backoff', 'budget', 'throttled', 'hintHeader', 'transientStatuses'])
  const {
    maxAttempts = 4,
    backoff = standardBackoff,
    budget = retryBudget(),
    throttled = throttledByStatus,
    hintHeader,
    transientStatuses = none,
  } = options
  checkNumber('retry.maxAttempts', maxAttempts, 1)
  if (typeof backoff !== 'function')
    throw new ConfigurationError('`retry.backoff` is a function, such as `fullJitter()`.')
  const hint = hintHeader?.toLowerCase()

  return described({ name: 'retry', maxAttempts, ...(hintHeader !== undefined && { hintHeader }) }, (next, runtime) => {
    return sendBy(sendWithRetries, {
      maxAttempts,
      backoff,
      budget,
      throttled,
      hintHeader: hint,
      transientStatuses,
      next,
      runtime,
    })
  })
}

/** What one client's calls pass through. */
interface Way extends Passage, RetrySettings {
  readonly budget: RetryBudget
}

function sendWithRetries(this: Way, request: HttpRequest): Promise<HttpResponse> {
  const { throttled, budget, next, runtime } = this
  // Nearly every first answer is good, and is passed on without an async function's promise, context and turns.
  return begin(next, request).then(
    (response) => {
      if (!isGood(response, throttled, runtime.now())) return goOn(request, { response }, this)
      budget.earn()
      return response
    },
    (error: unknown) => goOn(request, { error }, this),
  )
}

async function goOn(request: HttpRequest, first: Outcome, way: Way): Promise<HttpResponse> {
  const { budget, next, runtime } = way
  let outcome = first
  let price: number | undefined
  let attempts = 0
  for (let attempt = 1; ; attempt++) {
    if (wasSent(outcome)) attempts++
    const now = runtime.now()
    let decision = decideRetry(request, outcome, way, { attempt, now, runtime })
    if (decision.do === 'retry') {
      price = budget.spend(decision.reason)
      if (price === undefined) decision = { do: 'stop', because: 'budget', retryAfterMs: decision.retryAfterMs }
    }
    const { response, error } = outcome
    if (decision.do === 'return' && response) {
      budget.earn(price)
      return attempts === 1 ? response : { ...response, attempts }
    }
    if (decision.do !== 'retry') {
      const retryStop = decision.do === 'stop' ? decision.because : undefined
      if (response) return { ...response, attempts, retryStop }
      if (isHawserError(error)) error.add({ attempts, retryStop })
      throw error
    }
    if (response) discard(response)
    const { reason, delayMs, retryAfterMs } = decision
    runtime.emit?.({
      type: 'retry',
      operation: request.operation,
      at: now,
      attempt,
      reason,
      status: response?.status,
      delayMs,
      retryAfterMs,
    })
    await runtime.sleep(delayMs, request.signal)
    outcome = await outcomeOf(begin(next, request))
  }
}
