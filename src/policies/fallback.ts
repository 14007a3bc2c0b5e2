import { checkNumber, checkOptions } from '../check.ts'
import { CircuitOpenError } from '../errors.ts'
import { described, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'
import { isGood, throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import { copyOf, createKeptAnswers, isKeepable } from './kept-answers.ts'
import { outcomeOf, type Outcome } from './outcome.ts'
import { errorCode } from './report.ts'
import { verdictOn } from './verdict.ts'

/** Options of {@link fallback}. */
export interface FallbackOptions {
  /** Keeps the last good answer of each `GET` and gives it, up to this old, while the vendor fails. Milliseconds. @default 0, off */
  readonly staleIfErrorMs?: number
  /** How many answers are kept; the least recently used goes first. @default 500 */
  readonly maxEntries?: number
  /** Makes an answer where there is none; `undefined` lets the failure through. */
  readonly answer?: (request: HttpRequest, outcome: Outcome) => HttpResponse | undefined
  /** @default status 429 */
  readonly throttled?: ReadThrottle
}

/**
 * Degrades gracefully: when the vendor cannot be had after all attempts, a kept answer or one of your making stands in.
 *
 * Steps in for outages only: a network failure, a timeout, an unavailable or throttling vendor, an open circuit. A 404 is an
 * answer. What it keeps belongs to one credential: make one for each connection.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5861#section-4
 */
export function fallback(options: FallbackOptions): Policy {
  checkOptions('fallback', options, ['staleIfErrorMs', 'maxEntries', 'answer', 'throttled'])
  const { staleIfErrorMs = 0, maxEntries = 500, answer, throttled = throttledByStatus } = options
  checkNumber('fallback.staleIfErrorMs', staleIfErrorMs, 0)
  checkNumber('fallback.maxEntries', maxEntries, 1)
  const kept = createKeptAnswers(maxEntries)

  return described({ name: 'fallback', staleIfErrorMs, answer: answer !== undefined }, (next, runtime) => {
    return async function fallback(request) {
      const outcome = await outcomeOf(next(request))
      const { response, error } = outcome
      const now = runtime.now()
      const keepable = staleIfErrorMs > 0 && isKeepable(request)
      if (response && keepable && isGood(response, throttled, now)) kept.keep(request, response, now)
      const outage =
        verdictOn(outcome, throttled, now) === 'failing' ||
        error instanceof CircuitOpenError ||
        (response !== undefined && throttled(response, now) !== undefined)
      if (outage) {
        const old = keepable ? kept.get(request) : undefined
        const ageMs = old && now - old.at <= staleIfErrorMs ? now - old.at : undefined
        const instead =
          old && ageMs !== undefined ? { ...copyOf(old.response), staleMs: ageMs } : answer?.(request, outcome)
        if (instead) {
          if (response) discard(response)
          const failure = response ? { status: response.status } : { error: errorCode(error) }
          runtime.emit?.({ type: 'fallback', operation: request.operation, at: now, ageMs, ...failure })
          return instead
        }
      }
      if (response) return response
      throw error
    }
  })
}
