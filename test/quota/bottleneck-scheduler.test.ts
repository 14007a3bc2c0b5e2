import { expect, it } from 'vitest'
import { bottleneckScheduler, type BottleneckLike } from '../../src/quota/bottleneck-scheduler.ts'
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

function setUp(options: ThrottleOptions, concurrent = 1) {
  const clock = manualClock()
  const { limiter, reservoirs, jobs } = limiterOf(concurrent)
  const policy = throttle({ ...options, scheduler: bottleneckScheduler(limiter) })
  const sent: string[] = []
  const errors: unknown[] = []
  const send = policy(async ({ operation }) => {
    sent.push(operation)
    await clock.runtime.sleep(10)
    return { status: 200, headers: {}, body: new Uint8Array() }
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

it('refuses limits that a limiter of bottleneck’s cannot serve', async () => {
  const { clock, errors, call } = setUp({ limits: [{ name: 's', limit: 1000, windowMs: 1000 }] })
  call('any')
  await clock.pass(10)
  expect(errors).toMatchObject([{ code: 'CONFIGURATION', message: expect.stringContaining('up to 200/s') }])
})
