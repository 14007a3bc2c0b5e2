import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { AbortedError, NetworkError, fullJitter, idempotency, retry, retryBudget, stack } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script, watched } from '../support/stub.ts'

it('waits Retry-After: 2 for two seconds, exactly where no jitter is drawn', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response(503, { 'retry-after': '2' }), response(200))
  const answer = await stack([retry()], send, clock.runtime)(request())
  expect([answer.status, answer.attempts, sent.length, clock.slept]).toEqual([200, 2, 2, [2_000]])
})

it('adds jitter to what the vendor asks for and never takes from it', async () => {
  const clock = fakeClock({ random: () => 0.5 })
  const { send } = script(response(429, { 'retry-after': '2' }), response(200))
  await stack([retry({ backoff: fullJitter({ baseMs: 500 }) })], send, clock.runtime)(request())
  expect(clock.slept).toEqual([2_250])
})

it('doubles the bound of its backoff up to a maximum', () => {
  const backoff = fullJitter({ baseMs: 100, maxMs: 1_000 })
  expect([1, 2, 3, 4, 5, 60].map((attempt) => backoff(attempt, () => 1))).toEqual([100, 200, 400, 800, 1_000, 1_000])
  expect(backoff(5, () => 0)).toBe(0)
})

it('fails at once when Retry-After: 3600 meets a deadline of 60 s, with the wait on the answer', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response(503, { 'retry-after': '3600' }))
  const answer = await stack([retry()], send, clock.runtime)(request({ deadline: clock.now + 60_000 }))
  expect([answer.status, answer.retryStop, sent.length, clock.slept]).toEqual([503, 'deadline', 1, []])
})

it('waits out a delay beyond 2^31 ms instead of firing at once, where no deadline forbids it', async () => {
  const clock = fakeClock()
  const since = clock.now
  const { send } = script(response(503, { 'retry-after': '3000000' }), response(200))
  await stack([retry()], send, clock.runtime)(request())
  expect(clock.now - since).toBe(3_000_000_000)
})

it('does not send a POST without a key twice after a 503', async () => {
  const { send, sent } = script(response(503))
  const answer = await stack([retry()], send, fakeClock().runtime)(request({ method: 'POST', idempotent: false }))
  expect([answer.status, answer.retryStop, sent.length]).toEqual([503, 'not-idempotent', 1])
})

it('does not send a POST twice after a reset connection', async () => {
  const { send, sent } = script(new NetworkError('gone', { phase: 'headers', reason: 'ECONNRESET' }))
  const call = stack([retry()], send, fakeClock().runtime)(request({ method: 'POST', idempotent: false }))
  await expect(call).rejects.toMatchObject({ attempts: 1, retryStop: 'not-idempotent' })
  expect(sent).toHaveLength(1)
})

it('sends a POST with a key again, with the same key', async () => {
  const { send, sent } = script(response(503), response(503), response(200))
  const policies = [idempotency({ header: 'Idempotency-Key' }), retry()]
  const answer = await stack(policies, send, fakeClock().runtime)(request({ method: 'POST', idempotent: false }))
  const keys = sent.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  expect(answer.idempotencyKey).toBe(keys[0])
})

it('opens the body anew for each attempt, and does not resend an open stream as an empty body', async () => {
  const read = async (body: unknown): Promise<string> => {
    let text = ''
    for await (const chunk of typeof body === 'function' ? body() : (body as Readable)) text += chunk
    return text
  }
  const bodies: string[] = []
  const send = async ({ body }: { body?: unknown }): Promise<ReturnType<typeof response>> => {
    bodies.push(await read(body))
    return response(bodies.length < 3 ? 503 : 200)
  }
  const retrying = stack([retry()], send, fakeClock().runtime)
  expect((await retrying(request({ method: 'PUT', body: () => Readable.from(['all of it']) }))).status).toBe(200)
  expect(bodies).toEqual(['all of it', 'all of it', 'all of it'])

  bodies.length = 0
  const answer = await retrying(request({ method: 'PUT', body: Readable.from(['once']) }))
  expect([answer.status, answer.retryStop, bodies]).toEqual([503, 'body-not-replayable', ['once']])
})

it('ends the backoff at the abort, does not call again, and leaves no timer and no listener', async () => {
  const clock = fakeClock()
  const release = clock.hold()
  const { signal, abort, listeners } = watched()
  const { send, sent } = script(response(503, { 'retry-after': '30' }))
  const call = stack([retry()], send, clock.runtime)(request({ signal }))
  await new Promise(setImmediate)
  expect([clock.pending, listeners()]).toEqual([1, 1])
  abort()
  await expect(call).rejects.toThrow(AbortedError)
  expect([sent.length, clock.pending, listeners()]).toEqual([1, 0, 0])
  release()
})

it('answers an outage of 1,000 calls with at most 1,035 requests', async () => {
  const { send, sent } = script(response(503))
  const retrying = stack([retry({ maxAttempts: 4 })], send, fakeClock().runtime)
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => retrying(request())))
  expect(sent.length).toBeLessThanOrEqual(1_035)
  expect(sent.length).toBeGreaterThan(1_000)
  expect(answers.some(({ retryStop }) => retryStop === 'budget')).toBe(true)
})

it('refills the budget by successes: what a retry cost when it helped, a little when none was needed', () => {
  const budget = retryBudget({ capacity: 30 })
  expect(budget.spend('unavailable')).toBe(14)
  expect(budget.spend('throttled')).toBe(5)
  expect(budget.spend('network')).toBeUndefined()
  budget.earn()
  expect(budget.tokens).toBe(12)
  budget.earn(14)
  budget.earn(14)
  expect(budget.tokens).toBe(30)
})

it('shares a budget between the clients that were given the same one', async () => {
  const budget = retryBudget({ capacity: 14 })
  const { send, sent } = script(response(503))
  const clock = fakeClock()
  const one = stack([retry({ budget })], send, clock.runtime)
  const two = stack([retry({ budget })], send, clock.runtime)
  await one(request())
  await two(request())
  expect(sent).toHaveLength(3)
})

it('gives up the connection of a streamed answer that nobody will read', async () => {
  const body = Readable.from(['half'])
  const { send } = script({ status: 503, headers: {}, body }, response(200))
  await stack([retry()], send, fakeClock().runtime)(request({ stream: true }))
  expect(body.destroyed).toBe(true)
})

it('tells each retry, with its reason and its wait', async () => {
  const clock = fakeClock()
  const { send } = script(
    response(429, { 'retry-after': '1' }),
    new NetworkError('gone', { phase: 'body', reason: 'ECONNRESET' }),
    response(200),
  )
  await stack([retry()], send, clock.runtime)(request())
  expect(clock.events).toMatchObject([
    {
      type: 'retry',
      operation: 'GET /things',
      attempt: 1,
      reason: 'throttled',
      status: 429,
      delayMs: 1_000,
      retryAfterMs: 1_000,
    },
    { type: 'retry', attempt: 2, reason: 'network' },
  ])
})

it('refuses a misspelt option and a number that is none', () => {
  expect(() => retry({ maxAttempt: 3 } as never)).toThrow('has no option `maxAttempt`')
  expect(() => retry({ maxAttempts: 0 })).toThrow('`retry.maxAttempts`')
  expect(() => retry({ maxAttempts: Number.NaN })).toThrow('`retry.maxAttempts`')
})
