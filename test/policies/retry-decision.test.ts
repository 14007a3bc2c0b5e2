import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { AbortedError, BulkheadFullError, CircuitOpenError, NetworkError, TimeoutError, type HttpRequest } from 'hawser'
import { throttledByStatus } from '../../src/http/throttled.ts'
import type { Outcome } from '../../src/policies/outcome.ts'
import { decideRetry, type RetryDecision } from '../../src/policies/retry-decision.ts'
import { request, response } from '../support/stub.ts'

const settings = {
  maxAttempts: 3,
  backoff: () => 100,
  throttled: throttledByStatus,
  hintHeader: 'x-should-retry',
  transientStatuses: [423],
}
const decide = (asked: Partial<HttpRequest>, outcome: Outcome, attempt = 1): RetryDecision =>
  decideRetry(request(asked), outcome, settings, { attempt, now: 1_000, runtime: { random: () => 0 } })
const post = { method: 'POST', idempotent: false }
const network = (phase: 'connect' | 'headers' | 'body', reason = 'ECONNRESET'): Outcome => ({
  error: new NetworkError('gone', { phase, reason }),
})
const status = (code: number, headers: Record<string, string> = {}): Outcome => ({ response: response(code, headers) })

it('returns a success', () => expect(decide({}, status(204))).toEqual({ do: 'return' }))

it('stops at what another attempt cannot mend', () => {
  for (const code of [301, 400, 401, 403, 404, 409, 422, 501, 505, 511]) {
    expect([code, decide({}, status(code))]).toEqual([code, { do: 'stop', because: 'not-retryable' }])
  }
})

it('repeats what the vendor could not answer, if the call is idempotent', () => {
  for (const code of [408, 500, 502, 503, 504, 529]) {
    expect([code, decide({}, status(code))]).toMatchObject([code, { do: 'retry', reason: 'unavailable' }])
    expect([code, decide(post, status(code))]).toMatchObject([code, { do: 'stop', because: 'not-idempotent' }])
  }
})

it('repeats any method that was throttled: it was not processed', () => {
  expect(decide(post, status(429, { 'retry-after': '7' }))).toEqual({
    do: 'retry',
    reason: 'throttled',
    delayMs: 7_100,
    retryAfterMs: 7_000,
  })
})

it('repeats any method that never connected, but not one that was perhaps received', () => {
  expect(decide(post, network('connect', 'ECONNREFUSED'))).toMatchObject({ do: 'retry', reason: 'network' })
  expect(decide(post, network('headers'))).toMatchObject({ do: 'stop', because: 'not-idempotent' })
  expect(decide(post, network('body'))).toMatchObject({ do: 'stop', because: 'not-idempotent' })
  expect(decide({}, network('body'))).toMatchObject({ do: 'retry', reason: 'network' })
})

it('does not repeat a refused certificate', () => {
  expect(decide({}, network('connect', 'CERT_HAS_EXPIRED'))).toMatchObject({ do: 'stop', because: 'not-retryable' })
})

it('repeats an attempt that timed out, and not a call whose deadline passed', () => {
  expect(decide({}, { error: new TimeoutError('slow', { limit: 'attempt' }) })).toMatchObject({
    do: 'retry',
    reason: 'timeout',
  })
  expect(decide({}, { error: new TimeoutError('late', { limit: 'deadline' }) })).toMatchObject({
    do: 'stop',
    because: 'not-retryable',
  })
})

it('repeats neither an abort nor a refusal of our own', () => {
  for (const error of [
    new AbortedError('stop'),
    new CircuitOpenError('open'),
    new BulkheadFullError('full'),
    new TypeError('bug'),
  ]) {
    expect(decide({}, { error })).toEqual({ do: 'stop', because: 'not-retryable' })
  }
})

it('does not repeat a body that can be read once only, even where nothing was processed', () => {
  expect(decide({ body: Readable.from(['x']) }, status(429))).toMatchObject({
    do: 'stop',
    because: 'body-not-replayable',
  })
  expect(decide({ body: () => Readable.from(['x']) }, status(429))).toMatchObject({ do: 'retry' })
})

it('lets the vendor say no, and lets it call a failure passing but not a write safe', () => {
  expect(decide({}, status(503, { 'x-should-retry': 'false' }))).toEqual({ do: 'stop', because: 'vendor-said-no' })
  expect(decide({}, status(409, { 'x-should-retry': 'true' }))).toMatchObject({ do: 'retry' })
  expect(decide(post, status(409, { 'x-should-retry': 'true' }))).toMatchObject({
    do: 'stop',
    because: 'not-idempotent',
  })
})

it('repeats after a status that the profile calls passing, if the call is idempotent', () => {
  expect(decide({}, status(423, { 'retry-after': '2' }))).toMatchObject({ do: 'retry', delayMs: 2_100 })
  expect(decide(post, status(423))).toMatchObject({ do: 'stop', because: 'not-idempotent' })
  expect(decide({}, status(423, { 'x-should-retry': 'false' }))).toMatchObject({ because: 'vendor-said-no' })
})

it('stops after the last attempt', () => {
  expect(decide({}, status(503), 2)).toMatchObject({ do: 'retry' })
  expect(decide({}, status(503), 3)).toMatchObject({ do: 'stop', because: 'attempts' })
})

it('begins no wait that would outlast the deadline, and says how long it would have been', () => {
  expect(decide({ deadline: 61_000 }, status(503, { 'retry-after': '3600' }))).toEqual({
    do: 'stop',
    because: 'deadline',
    retryAfterMs: 3_600_000,
  })
  expect(decide({ deadline: 1_101 }, status(503))).toMatchObject({ do: 'retry' })
  expect(decide({ deadline: 1_100 }, status(503))).toMatchObject({ do: 'stop', because: 'deadline' })
})

it('waits what the vendor asks for, also where its hint alone says to repeat or its throttle tells no time', () => {
  const hinted = status(409, { 'x-should-retry': 'true', 'retry-after': '7' })
  expect(decide({}, hinted)).toMatchObject({ do: 'retry', delayMs: 7_100, retryAfterMs: 7_000 })
  const throttled = { ...settings, throttled: () => ({}) }
  const moment = { attempt: 1, now: 1_000, runtime: { random: () => 0 } }
  expect(decideRetry(request(), status(403, { 'retry-after': '7' }), throttled, moment)).toMatchObject({
    do: 'retry',
    reason: 'throttled',
    delayMs: 7_100,
  })
})
