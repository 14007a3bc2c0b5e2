import { ConsecutiveBreaker } from 'cockatiel'
import { expect, it } from 'vitest'
import {
  AbortedError,
  CircuitOpenError,
  NetworkError,
  TimeoutError,
  circuitBreaker,
  retry,
  stack,
  type HttpResponse,
} from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'

const three = (): ConsecutiveBreaker => new ConsecutiveBreaker(3)

it('refuses at once after too many failures, and says when the next trial is', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response(503))
  const guarded = stack([circuitBreaker({ breaker: three, openMs: 30_000 })], send, clock.runtime)
  for (let call = 0; call < 3; call++) await guarded(request())
  clock.advance(10_000)
  await expect(guarded(request())).rejects.toMatchObject({ code: 'CIRCUIT_OPEN', retryAfterMs: 20_000 })
  expect(sent).toHaveLength(3)
  expect(clock.events).toMatchObject([{ type: 'circuit', scope: 'https://vendor.test', from: 'closed', to: 'open' }])
})

it('is opened neither by 429 nor by 4xx nor by an abort, and counts failures on between them', async () => {
  const throttled = response(429)
  const { send, sent } = script(
    response(503),
    throttled,
    response(503),
    new AbortedError('stop'),
    throttled,
    response(503),
    response(200),
  )
  const guarded = stack([circuitBreaker({ breaker: three })], send, fakeClock().runtime)
  for (let call = 0; call < 6; call++) await guarded(request()).catch(() => {})
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
  expect(sent).toHaveLength(6)

  const refusing = stack([circuitBreaker({ breaker: three })], script(response(404)).send, fakeClock().runtime)
  for (let call = 0; call < 10; call++) expect((await refusing(request())).status).toBe(404)
})

it('does not count the caller’s own deadline against the vendor, sent or not', async () => {
  const waited = new TimeoutError('in the queue', { limit: 'deadline', sent: false })
  const impatient = new TimeoutError('on the wire', { limit: 'deadline' })
  const { send } = script(waited, waited, waited, impatient, impatient, impatient, response(200))
  const guarded = stack([circuitBreaker({ breaker: three })], send, fakeClock().runtime)
  for (let call = 0; call < 6; call++) await guarded(request()).catch(() => {})
  expect((await guarded(request())).status).toBe(200)
})

it('lets one trial through and fails the others fast instead of queueing them behind it', async () => {
  const clock = fakeClock()
  let answer: ((response: HttpResponse) => void) | undefined
  const { send, sent } = script(
    response(503),
    response(503),
    response(503),
    () => new Promise((resolve) => (answer = resolve)),
    response(200),
  )
  const guarded = stack([circuitBreaker({ breaker: three, openMs: 1_000 })], send, clock.runtime)
  for (let call = 0; call < 3; call++) await guarded(request())
  clock.advance(1_000)
  const trial = guarded(request())
  const others = await Promise.allSettled(Array.from({ length: 50 }, () => guarded(request())))
  expect(others.every((other) => other.status === 'rejected' && other.reason instanceof CircuitOpenError)).toBe(true)
  expect(sent).toHaveLength(4)
  answer?.(response(200))
  await trial
  expect((await guarded(request())).status).toBe(200)
})

it.each([
  ['429', response(429)],
  ['a caller’s abort', new AbortedError('stop')],
])('is not closed by a trial that ended in %s', async (_, outcome) => {
  const clock = fakeClock()
  const { send } = script(response(503), response(503), response(503), outcome, response(503), response(200))
  const guarded = stack([circuitBreaker({ breaker: three, openMs: 1_000 })], send, clock.runtime)
  for (let call = 0; call < 3; call++) await guarded(request())
  clock.advance(1_000)
  await guarded(request()).catch(() => {})
  expect((await guarded(request())).status).toBe(503)
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
})

it('ignores a late answer of a call that was let through before the circuit opened', async () => {
  const clock = fakeClock()
  let late: ((response: HttpResponse) => void) | undefined
  const { send } = script(() => new Promise((resolve) => (late = resolve)), response(503), response(503), response(503))
  const guarded = stack([circuitBreaker({ breaker: three, openMs: 1_000 })], send, clock.runtime)
  const early = guarded(request())
  for (let call = 0; call < 3; call++) await guarded(request())
  late?.(response(200))
  await early
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
})

it('takes calls for which plain JavaScript names no scope for one', async () => {
  const { send, sent } = script(response(503))
  const nameless = (): string => JSON.parse('{}').scope
  const guarded = stack([circuitBreaker({ breaker: three, scope: nameless })], send, fakeClock().runtime)
  for (let call = 0; call < 3; call++) await guarded(request())
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
  expect(sent).toHaveLength(3)
})

it('keeps scopes apart', async () => {
  const { send } = script(response(503))
  const guarded = stack([circuitBreaker({ breaker: three })], send, fakeClock().runtime)
  for (let call = 0; call < 3; call++) await guarded(request())
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
  expect((await guarded(request({ url: 'https://other.test/things' }))).status).toBe(503)
})

it('forgets old failures after a quiet time', async () => {
  const clock = fakeClock()
  const { send } = script(response(503))
  const guarded = stack([circuitBreaker({ breaker: three, forgetMs: 60_000 })], send, clock.runtime)
  await guarded(request())
  await guarded(request())
  clock.advance(60_001)
  for (let call = 0; call < 3; call++) expect((await guarded(request())).status).toBe(503)
})

it('is opened and closed by hand', async () => {
  const breaker = circuitBreaker()
  const guarded = stack([breaker], script(response(200)).send, fakeClock().runtime)
  const reconnect = breaker.isolate()
  await expect(guarded(request())).rejects.toThrow('opened by hand')
  reconnect()
  reconnect()
  expect((await guarded(request())).status).toBe(200)
})

it('is shared by two clients that were given the same one', async () => {
  const breaker = circuitBreaker({ breaker: three })
  const clock = fakeClock()
  const failing = stack([breaker], script(response(503)).send, clock.runtime)
  const other = stack([breaker], script(response(200)).send, clock.runtime)
  for (let call = 0; call < 3; call++) await failing(request())
  await expect(other(request())).rejects.toThrow(CircuitOpenError)
})

it('is not asked three times in vain: an open circuit ends the retrying', async () => {
  const clock = fakeClock()
  const gone = new NetworkError('gone', { phase: 'connect', reason: 'ECONNREFUSED' })
  const guarded = stack(
    [retry({ maxAttempts: 6 }), circuitBreaker({ breaker: three })],
    script(gone).send,
    clock.runtime,
  )
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
  expect(clock.slept).toHaveLength(3)
  await expect(guarded(request())).rejects.toThrow(CircuitOpenError)
  expect(clock.slept).toHaveLength(3)
})

it('opens by default when more than half of at least ten attempts failed', async () => {
  const { send } = script(...Array.from({ length: 30 }, (_, call) => response(call % 3 === 0 ? 200 : 503)))
  const guarded = stack([circuitBreaker()], send, fakeClock().runtime)
  let refusedAt = -1
  for (let call = 0; call < 20 && refusedAt < 0; call++) await guarded(request()).catch(() => (refusedAt = call))
  expect(refusedAt).toBe(11)
})
