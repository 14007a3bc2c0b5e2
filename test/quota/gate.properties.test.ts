import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HttpRequest } from '../../src/http/request.ts'
import type { HttpResponse } from '../../src/http/response.ts'
import type { Limit } from '../../src/quota/limit.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle } from '../../src/quota/throttle.ts'
import { manualClock } from './clock.ts'

const kinds = ['fixed', 'first-call', 'sliding', 'token-bucket', 'leaky-bucket'] as const
const windows = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('one', 'two', 'three'),
    limit: fc.integer({ min: 1, max: 12 }),
    windowMs: fc.constantFrom(200, 1000, 3000),
    kind: fc.constantFrom(...kinds),
  }),
  { minLength: 1, maxLength: 3, selector: ({ name }) => name },
)
const call = fc.record({
  atMs: fc.nat(4000),
  cost: fc.integer({ min: 1, max: 3 }),
  priority: fc.integer({ min: -1, max: 2 }),
  tookMs: fc.integer({ min: 1, max: 400 }),
  connection: fc.constantFrom('a', 'b'),
  abortAfterMs: fc.option(fc.nat(3000), { nil: undefined, freq: 3 }),
  status: fc.constantFrom(200, 200, 200, 200, 429, 500),
  retryAfterS: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  fails: fc.boolean(),
})
const empty = new Uint8Array()

it('never starts more than a window allows, loses no call and wakes none after its abort', async () => {
  const plan = fc.record({
    limits: windows,
    calls: fc.array(call, { maxLength: 40 }),
    maxConcurrent: fc.integer({ min: 1, max: 6 }),
  })
  await fc.assert(
    fc.asyncProperty(plan, async ({ limits, calls, maxConcurrent }) => {
      const clock = manualClock()
      const started: { readonly at: number; readonly cost: number }[] = []
      let active = 0
      let most = 0
      const aborted = new Set<number>()
      const policy = throttle({ limits: limits.map((limit): Limit => ({ ...limit, scope: 'app' })), maxConcurrent })
      const outcomes = calls.map(async (each, index) => {
        const abort = new AbortController()
        const send = policy(async () => {
          expect(aborted.has(index)).toBe(false)
          started.push({ at: clock.now, cost: each.cost })
          most = Math.max(most, ++active)
          await clock.runtime.sleep(each.tookMs)
          active--
          if (each.fails && each.status === 500) throw new Error('no answer')
          const headers: Record<string, string> =
            each.retryAfterS === undefined ? {} : { 'retry-after': String(each.retryAfterS) }
          return { status: each.status, headers, body: empty }
        }, clock.runtime)
        await clock.runtime.sleep(each.atMs)
        if (each.abortAfterMs !== undefined) {
          clock.runtime.after(each.abortAfterMs, () => {
            aborted.add(index)
            abort.abort()
          })
        }
        return send(requestOf(each.cost, each.priority, abort.signal)).then(
          () => 'answered',
          () => 'failed',
        )
      })
      await clock.pass(3_600_000)
      const ends = await Promise.all(outcomes)
      expect(ends.length).toBe(calls.length)
      expect(most).toBeLessThanOrEqual(maxConcurrent)
      expect(policy.quota().map(({ queued, underWay }) => queued + underWay)).toEqual(policy.quota().map(() => 0))
      for (const limit of limits) expectWithin(started, limit)
    }),
    { numRuns: 150 },
  )
})

it('never ends a pause before the latest reset that is known', async () => {
  const refusal = fc.record({
    atMs: fc.nat(2000),
    tookMs: fc.integer({ min: 1, max: 500 }),
    resetInMs: fc.integer({ min: 1, max: 5000 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(refusal, { minLength: 1, maxLength: 8 }), fc.nat(6000), async (refusals, probeMs) => {
      const clock = manualClock()
      let latest = 0
      const policy = throttle({
        limits: [{ name: 'w', limit: 1000, windowMs: 1000, kind: 'sliding' }],
        reader: xRateLimit({ reset: 'delta-ms', window: 'w' }),
      })
      const calls = refusals.map(async ({ atMs, tookMs, resetInMs }) => {
        await clock.runtime.sleep(atMs)
        const send = policy(async (): Promise<HttpResponse> => {
          expect(clock.now).toBeGreaterThanOrEqual(latest)
          await clock.runtime.sleep(tookMs)
          latest = Math.max(latest, clock.now + resetInMs)
          const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetInMs) }
          return { status: 429, headers, body: empty }
        }, clock.runtime)
        await send(requestOf(1, 0))
      })
      const late = (async () => {
        await clock.runtime.sleep(probeMs)
        await policy(async () => {
          expect(clock.now).toBeGreaterThanOrEqual(latest)
          return { status: 200, headers: {}, body: empty }
        }, clock.runtime)(requestOf(1, 0))
      })()
      await clock.pass(600_000)
      await Promise.all([...calls, late])
    }),
    { numRuns: 150 },
  )
})

function requestOf(cost: number, priority: number, signal?: AbortSignal): HttpRequest {
  return {
    method: 'GET',
    url: 'https://v.example/',
    headers: {},
    operation: 'GET /',
    idempotent: true,
    cost,
    priority,
    signal,
  }
}

/** What a window of its kind allows at most: in one window of a grid, or in any stretch as long. */
function expectWithin(started: readonly { readonly at: number; readonly cost: number }[], limit: Limit): void {
  // A call that costs more than there ever is may go when all of it is there.
  const most = Math.max(limit.limit, 3)
  const used = (from: number, to: number): number =>
    started.reduce((sum, { at, cost }) => (at >= from && at < to ? sum + cost : sum), 0)
  for (const { at } of started) {
    if (limit.kind === 'fixed') {
      const start = Math.floor(at / limit.windowMs) * limit.windowMs
      expect(used(start, start + limit.windowMs)).toBeLessThanOrEqual(most)
    } else if (limit.kind === 'sliding') {
      expect(used(at, at + limit.windowMs)).toBeLessThanOrEqual(most)
    } else if (limit.kind === 'token-bucket') {
      expect(used(at, at + limit.windowMs)).toBeLessThanOrEqual(2 * most)
    } else if (limit.kind === 'leaky-bucket') {
      expect(used(at, at + limit.windowMs / limit.limit)).toBeLessThanOrEqual(3)
    }
  }
}
