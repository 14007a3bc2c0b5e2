import Bottleneck from 'bottleneck'
import { expect, it, vi } from 'vitest'
import type { HttpResponse } from '../../src/http/response.ts'
import { bottleneckScheduler, type BottleneckLike } from '../../src/quota/bottleneck-scheduler.ts'
import { quota } from '../../src/quota/quota.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock, settled } from './clock.ts'

/** A limiter as bottleneck is one: one job at a time, least priority number first, nothing while the reservoir is empty. */
function limiterOf(concurrent: number) {
  const jobs: { readonly priority: number; readonly run: () => Promise<void> }[] = []
  const reservoirs: (number | null)[] = []
  let running = 0
  let closed = false
  function next(): void {
    if (closed || running >= concurrent) return
    jobs.sort((a, b) => a.priority - b.priority)
    const job = jobs.shift()
    if (!job) return
    running++
    void job.run().finally(() => {
      running--
      next()
    })
    next()
  }
  const limiter: BottleneckLike = {
    schedule: ({ priority = 5 }, task) =>
      new Promise((resolve, reject) => {
        jobs.push({ priority, run: async () => Promise.resolve(task()).then(resolve, reject) })
        queueMicrotask(next)
      }),
    updateSettings({ reservoir }) {
      reservoirs.push(reservoir)
      closed = reservoir === 0
      queueMicrotask(next)
    },
    on: () => undefined,
  }
  return { limiter, reservoirs, jobs }
}

function setUp(options: ThrottleOptions, concurrent = 1, headers = (): Record<string, string> => ({})) {
  const clock = manualClock()
  const { limiter, reservoirs, jobs } = limiterOf(concurrent)
  const policy = throttle({ ...options, scheduler: bottleneckScheduler(limiter) })
  const sent: string[] = []
  const errors: unknown[] = []
  const send = policy(async ({ operation }) => {
    sent.push(operation)
    await clock.runtime.sleep(10)
    return { status: 200, headers: headers(), body: new Uint8Array() }
  }, clock.runtime)
  const call = (operation: string, more: { priority?: number; signal?: AbortSignal; deadline?: number } = {}): void => {
    const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation, ...more }
    send(request).catch((error: unknown) => errors.push(error))
  }
  return { clock, sent, errors, call, reservoirs, jobs, policy }
}

it('lets the limiter decide the order, by its concurrency and priorities', async () => {
  const { clock, sent, call } = setUp({ limits: [{ name: 's', limit: 50, windowMs: 1000 }] })
  call('first')
  await settled()
  call('low', { priority: -1 })
  call('high', { priority: 1 })
  await clock.pass(100)
  expect(sent).toEqual(['first', 'high', 'low'])
})

it('closes and opens the reservoir as the learned windows have room', async () => {
  const { clock, sent, call, reservoirs } = setUp({ limits: [{ name: 's', limit: 2, windowMs: 1000 }] }, 10)
  for (const name of ['a', 'b', 'c']) call(name)
  await clock.pass(900)
  expect(sent).toEqual(['a', 'b'])
  expect(reservoirs).toEqual([0])
  await clock.pass(200)
  expect(sent).toEqual(['a', 'b', 'c'])
  expect(reservoirs.at(-1)).toBeNull()
})

it('lets go of a call that is aborted or too late, though the limiter cannot', async () => {
  const { clock, sent, errors, call, policy } = setUp({ limits: [{ name: 's', limit: 50, windowMs: 1000 }] })
  const abort = new AbortController()
  call('first')
  call('aborted', { signal: abort.signal })
  call('late', { deadline: clock.now + 5 })
  await settled()
  abort.abort()
  await clock.pass(100)
  expect(sent).toEqual(['first'])
  expect(errors).toMatchObject([{ code: 'ABORTED' }, { code: 'TIMEOUT' }])
  expect(policy.quota()).toMatchObject([{ underWay: 0, queued: 0 }])
})

it('refuses a declared limit that a limiter of bottleneck’s cannot serve, where it is made', () => {
  const scheduler = bottleneckScheduler(new Bottleneck())
  const limits = [
    { name: 'slow', limit: 200, windowMs: 1000 },
    { name: 'fast', limit: 2001, windowMs: 10_000 },
  ]
  const refusal = expect.objectContaining({ code: 'CONFIGURATION', message: expect.stringMatching(/200\/s; `fast`/) })
  expect(() => throttle({ limits, scheduler })).toThrow(refusal)
  expect(() => throttle({ quota: quota({ limits }), scheduler })).toThrow(refusal)
  expect(() => throttle({ limits: limits.slice(0, 1), scheduler })).not.toThrow()
})

it('refuses the next call where an answer tells a limit that the limiter cannot serve', async () => {
  const reader = xRateLimit({ reset: 'delta-ms', windowMs: 1000 })
  const { clock, sent, errors, call } = setUp({ reader }, 1, () => ({
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '999',
    'x-ratelimit-reset': '500',
  }))
  call('first')
  await clock.pass(50)
  call('second')
  await clock.pass(50)
  expect(sent).toEqual(['first'])
  expect(errors).toMatchObject([{ code: 'CONFIGURATION', message: expect.stringContaining('up to 200/s') }])
})

/** The real limiter keeps its own time, a few milliseconds a call; the windows' time is the test's. */
function setUpReal(limiter: Bottleneck, options: ThrottleOptions = {}) {
  const limits = [{ name: 's', limit: 10, windowMs: 1000 }]
  const clock = manualClock()
  const policy = throttle({ limits, ...options, scheduler: bottleneckScheduler(limiter) })
  const sent: string[] = []
  const answers: (() => void)[] = []
  const send = policy(async ({ operation }) => {
    sent.push(operation)
    await new Promise<void>((resolve) => answers.push(resolve))
    return { status: 200, headers: {}, body: new Uint8Array() }
  }, clock.runtime)
  const call = (operation: string, more: { cost?: number; signal?: AbortSignal } = {}): Promise<HttpResponse> =>
    send({ method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation, ...more })
  const started = (names: readonly string[]): Promise<void> => vi.waitFor(() => expect(sent).toEqual(names), 10_000)
  return { clock, policy, call, sent, started, finish: () => answers.shift()?.() }
}

it('gives a real limiter the cost as the weight, so that its concurrency counts cost', async () => {
  const limiter = new Bottleneck({ maxConcurrent: 5 })
  const { call, started, finish } = setUpReal(limiter)
  const calls = [call('three', { cost: 3 }), call('four', { cost: 4 }), call('one')]
  await started(['three'])
  await vi.waitFor(() => expect(limiter.counts()).toMatchObject({ EXECUTING: 1, QUEUED: 2 }), 10_000)
  expect(await limiter.running()).toBe(3)
  finish()
  await started(['three', 'four', 'one'])
  expect(await limiter.running()).toBe(5)
  finish()
  finish()
  await Promise.all(calls)
})

it('refuses a call that costs more than a real limiter has at once, and says why', async () => {
  const { call, sent } = setUpReal(new Bottleneck({ maxConcurrent: 5 }))
  await expect(call('six', { cost: 6 })).rejects.toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringContaining('cost of 6 is above the limiter’s `maxConcurrent`'),
  })
  expect(sent).toEqual([])
})

it('refuses what a real limiter drops, because its queue is full or it was stopped', async () => {
  const limiter = new Bottleneck({ maxConcurrent: 1, highWater: 1, strategy: Bottleneck.strategy.OVERFLOW })
  const { call, started, finish } = setUpReal(limiter)
  const calls = [call('first')]
  await started(['first'])
  calls.push(call('queued'))
  await vi.waitFor(() => expect(limiter.counts()).toMatchObject({ QUEUED: 1 }), 10_000)
  await expect(call('dropped')).rejects.toMatchObject({ code: 'QUOTA_EXHAUSTED', because: 'queue' })
  finish()
  await started(['first', 'queued'])
  finish()
  await Promise.all(calls)
  await limiter.stop()
  await expect(call('late')).rejects.toMatchObject({ code: 'QUOTA_EXHAUSTED', because: 'queue' })
})

it('holds a real limiter’s calls to the windows, and wakes them when there is room again', async () => {
  const { clock, call, sent, started, finish, policy } = setUpReal(new Bottleneck())
  const calls = ['six', 'four', 'five'].map((name, index) => call(name, { cost: [6, 4, 5][index] ?? 0 }))
  await started(['six', 'four'])
  expect(policy.quota()).toMatchObject([{ remaining: 0 }])
  finish()
  finish()
  await Promise.all(calls.slice(0, 2))
  await clock.pass(999)
  expect(sent).toEqual(['six', 'four'])
  await clock.pass(1)
  await started(['six', 'four', 'five'])
  finish()
  await Promise.all(calls)
  expect(policy.quota()).toMatchObject([{ underWay: 0, queued: 0, remaining: 5 }])
})

it('lets go of an aborted call in a real limiter’s queue, which then ends without being sent', async () => {
  const limiter = new Bottleneck({ maxConcurrent: 1 })
  const { call, sent, started, finish } = setUpReal(limiter)
  const abort = new AbortController()
  const calls = [call('first')]
  await started(['first'])
  const gone = call('gone', { signal: abort.signal })
  calls.push(call('last'))
  await vi.waitFor(() => expect(limiter.counts()).toMatchObject({ QUEUED: 2 }), 10_000)
  abort.abort()
  await expect(gone).rejects.toMatchObject({ code: 'ABORTED' })
  finish()
  await started(['first', 'last'])
  finish()
  await Promise.all(calls)
  await vi.waitFor(() => expect(limiter.counts()).toMatchObject({ QUEUED: 0, EXECUTING: 0 }), 10_000)
  expect(sent).toEqual(['first', 'last'])
})
