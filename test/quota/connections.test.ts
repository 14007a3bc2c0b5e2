import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { HttpRequest } from '../../src/http/request.ts'
import type { HttpResponse } from '../../src/http/response.ts'
import { quota, type Quota, type QuotaOptions } from '../../src/quota/quota.ts'
import { itemsOf } from '../../src/http/few.ts'
import { throttle } from '../../src/quota/throttle.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { manualClock } from './clock.ts'

const second = { name: 's', limit: 5, windowMs: 1000 } as const
const app = { name: 'app', limit: 10, windowMs: 1000, scope: 'app' } as const
const request: HttpRequest = {
  method: 'GET',
  url: 'https://v.example/',
  headers: {},
  operation: 'GET /',
  idempotent: true,
}
const ok: HttpResponse = { status: 200, headers: {}, body: new Uint8Array() }

/** A quota that many connections share; each call of one takes `tookMs`. */
function setUp(options: QuotaOptions = {}, tookMs = 0) {
  const clock = manualClock()
  const shared = quota({ limits: [second], ...options })
  const sent: string[] = []
  let answer: (connection: string) => HttpResponse = () => ok
  async function call(connection: string, weight = 1): Promise<void> {
    const send = throttle({ quota: shared, connection, weight })(async () => {
      sent.push(connection)
      if (tookMs > 0) await clock.runtime.sleep(tookMs)
      return answer(connection)
    }, clock.runtime)
    await send(request)
  }
  return {
    clock,
    shared,
    sent,
    call,
    answerWith: (next: typeof answer) => void (answer = next),
    known: () => new Set(shared.states(clock.now).map(({ key }) => key.slice(0, key.indexOf('/')))),
  }
}

/** Has so many others come, each of which lets the quota look at two. */
function others(shared: Quota, now: number, count: number): void {
  for (let index = 0; index < count; index++) shared.lane(`other ${index}`, 1, request, now)
}

it('keeps as many of 100,000 connections as are not full again', async () => {
  const { clock, shared, known } = setUp()
  let most = 0
  for (let count = 0; count < 100_000; count++) {
    const lane = shared.lane(`one ${count}`, 1, request, clock.now)
    const permit = await shared.gate.acquire(lane, { operation: 'GET /', cost: 1, priority: 0 }, clock.runtime)
    shared.gate.release(permit, clock.now, clock.runtime)
    if (count % 100 === 99) await clock.pass(100)
    if (count % 1_000 === 999) most = Math.max(most, known().size)
  }
  // 1,000 come in each second, after which they are full; each newcomer lets go of two at most.
  expect(most).toBeGreaterThan(100)
  expect(most).toBeLessThanOrEqual(2_100)
  expect(clock.pending).toBe(0)
})

it('keeps no connection that has taught it nothing, as soon as it is idle', async () => {
  const { call, shared } = setUp({ limits: [], startPerSecond: Infinity, maxConcurrent: 4 })
  for (let count = 0; count < 1_000; count++) await call(`one ${count}`)
  expect(shared.states(0).length).toBeLessThanOrEqual(6)
})

it('forgets what a connection left in the buckets of the app', async () => {
  const { clock, call, shared } = setUp({ limits: [app] })
  for (let count = 0; count < 1_000; count++) {
    await call(`one ${count}`)
    if (count % 10 === 9) await clock.pass(1000)
  }
  const bucket = shared.lane('one', 1, request, clock.now).buckets[0]
  expect(bucket?.key).toBe('app')
  expect([...itemsOf(bucket?.shares)].length).toBeLessThanOrEqual(4)
})

it('begins anew with a connection that it forgot', async () => {
  const { clock, call, shared } = setUp()
  await call('a')
  const before = shared.lane('a', 1, request, clock.now)
  await clock.pass(2000)
  others(shared, clock.now, 3)
  const after = shared.lane('a', 7, request, clock.now)
  expect(after).not.toBe(before)
  expect(after).toMatchObject({ connection: 'a', weight: 7, present: 0, quickestMs: undefined })
  expect(after.buckets.map(({ key }) => key)).toEqual(before.buckets.map(({ key }) => key))
  expect(after.buckets.some((bucket) => before.buckets.includes(bucket))).toBe(false)
})

it('forgets no connection that is used in part, that waits, or that has a call on the wire', async () => {
  const { clock, call, shared, sent } = setUp({ limits: [second] }, 3_000)
  const calls = Array.from({ length: 7 }, () => call('busy'))
  await clock.pass(500)
  const lane = shared.lane('busy', 1, request, clock.now)
  others(shared, clock.now, 50)
  expect(shared.lane('busy', 1, request, clock.now)).toBe(lane)
  // The window has begun anew, but the first five are on the wire.
  await clock.pass(1_000)
  others(shared, clock.now, 50)
  expect(shared.lane('busy', 1, request, clock.now)).toBe(lane)
  await clock.pass(10_000)
  await Promise.all(calls)
  expect(sent).toHaveLength(7)
})

it('remembers a connection while it is paused, and what it was refused for ten minutes after its last call', async () => {
  const { clock, call, shared, answerWith } = setUp()
  answerWith(() => ({ ...ok, status: 429, headers: { 'retry-after': '30' } }))
  await call('paused')
  const paused = (): boolean => shared.states(clock.now).some(({ key }) => key.startsWith('paused/'))
  await clock.pass(29_000)
  others(shared, clock.now, 50)
  expect(shared.states(clock.now).find(({ pausedUntil }) => pausedUntil !== undefined)?.key).toBe('paused/s')
  await clock.pass(570_999)
  others(shared, clock.now, 50)
  shared.lane('one more', 1, request, clock.now)
  expect(paused()).toBe(true)
  // Past the guard that a refusal at a window's begin leaves there.
  await clock.pass(500)
  for (let index = 50; index < 200; index++) shared.lane(`other ${index}`, 1, request, clock.now)
  expect(paused()).toBe(false)
})

it('remembers for ten minutes what answers told of a connection', async () => {
  const { clock, call, shared, answerWith } = setUp({ reader: xRateLimit({ reset: 'delta-seconds', windowMs: 1000 }) })
  const told = { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '1' }
  answerWith((connection) => ({ ...ok, headers: connection === 'told' ? told : {} }))
  await call('told')
  await call('silent')
  const has = (name: string): boolean => shared.states(clock.now).some(({ key }) => key.startsWith(`${name}/`))
  await clock.pass(599_999)
  others(shared, clock.now, 50)
  expect([has('told'), has('silent')]).toEqual([true, false])
  await clock.pass(1)
  others(shared, clock.now, 100)
  expect(has('told')).toBe(false)
})

it('remembers a connection of which an object is known, until that is forgotten too', async () => {
  const clock = manualClock()
  const shared = quota({ limits: [second, { ...second, name: 'o', scope: 'object' }], object: ({ url }) => url })
  const lane = shared.lane('a', 1, request, clock.now)
  lane.present++
  for (let index = 0; index < 20; index++) shared.lane(`b ${index}`, 1, { ...request, url: `${index}` }, clock.now)
  expect(shared.lane('a', 1, request, clock.now)).toBe(lane)
  lane.present--
  for (let index = 20; index < 60; index++) shared.lane(`b ${index}`, 1, { ...request, url: `${index}` }, clock.now)
  expect(shared.lane('a', 1, request, clock.now)).not.toBe(lane)
  expect(shared.states(clock.now).length).toBeLessThanOrEqual(16)
})

it('tells families and objects of connections apart whatever their names are', () => {
  const shared = quota({ family: ({ operation }) => operation, object: ({ body }) => String(body) })
  const about = (operation: string, body: string): HttpRequest => ({ ...request, operation, body })
  const lanes = [
    shared.lane('a', 1, about('b/c', 'd'), 0),
    shared.lane('a', 1, about('b', 'c/d'), 0),
    shared.lane('a/b', 1, about('c', 'd'), 0),
  ]
  for (const lane of lanes) lane.present++
  expect(new Set(lanes).size).toBe(3)
})

it('keeps a connection that is ahead of its fair part while others wait for the app', async () => {
  const { clock, call, shared, sent } = setUp({ limits: [app] }, 10)
  const calls = [call('heavy'), call('light', 0.1)]
  await clock.pass(20)
  for (let count = 0; count < 30; count++) calls.push(call('heavy'))
  await clock.pass(20)
  const light = shared.lane('light', 0.1, request, clock.now)
  others(shared, clock.now, 50)
  // One call of weight 0.1 stands for ten of weight 1.
  expect(shared.lane('light', 0.1, request, clock.now)).toBe(light)
  calls.push(call('light', 0.1))
  await clock.pass(5_000)
  await Promise.all(calls)
  expect(sent.lastIndexOf('light')).toBeGreaterThanOrEqual(11)
})

const steps = fc.array(
  fc.record({
    connection: fc.integer({ min: 0, max: 12 }),
    weight: fc.constantFrom(0.5, 1, 3),
    status: fc.constantFrom(200, 200, 200, 429),
    passMs: fc.constantFrom(0, 0, 5, 40, 400, 1500, 700_000),
  }),
  { minLength: 20, maxLength: 80 },
)

it('loses no call and lets none too many through, whoever is forgotten meanwhile', async () => {
  const plan = fc.record({ steps, tookMs: fc.constantFrom(0, 7, 300) })
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps: todo, tookMs }) => {
      const limits = [
        { ...second, limit: 2 },
        { ...app, limit: 6 },
      ]
      const { clock, call, sent, answerWith } = setUp({ limits }, tookMs)
      const sentAt: number[] = []
      let over = 0
      const calls = todo.map(async ({ connection, weight, status, passMs }, index) => {
        await clock.runtime.sleep(todo.slice(0, index).reduce<number>((sum, step) => sum + step.passMs, passMs))
        answerWith(() => {
          sentAt.push(clock.now)
          return { ...ok, status }
        })
        await call(`${connection}`, weight)
        over++
      })
      await clock.pass(80 * 700_000 + 60_000)
      await Promise.all(calls)
      expect(over).toBe(todo.length)
      const perSecond = new Map<number, number>()
      for (const at of sentAt) {
        const window = Math.floor((at - tookMs) / 1000)
        perSecond.set(window, (perSecond.get(window) ?? 0) + 1)
      }
      expect(Math.max(...perSecond.values())).toBeLessThanOrEqual(6)
      expect(sent).toHaveLength(todo.length)
      expect(clock.pending).toBe(0)
    }),
    { numRuns: 30 },
  )
})
