import Bottleneck from 'bottleneck'
import { expect, it, vi } from 'vitest'
import type { HttpRequest } from '../../src/http/request.ts'
import { bottleneckScheduler } from '../../src/quota/bottleneck-scheduler.ts'
import { quota } from '../../src/quota/quota.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock } from './clock.ts'

const perObject = { name: 'per object', limit: 2, windowMs: 1000, scope: 'object' } as const
const object = ({ url }: HttpRequest): string => url.slice('https://v.example/'.length)
const about = (name: string): HttpRequest => ({
  method: 'GET',
  url: `https://v.example/${name}`,
  headers: {},
  operation: 'GET /{object}',
  idempotent: true,
})

function setUp(options: ThrottleOptions = {}, tookMs = 10) {
  const clock = manualClock()
  const policy = throttle({ limits: [perObject], object, ...options })
  const sent: string[] = []
  const sentAt: number[] = []
  const send = policy(async (request) => {
    sent.push(object(request))
    sentAt.push(clock.now)
    if (tookMs > 0) await clock.runtime.sleep(tookMs)
    return { status: 200, headers: {}, body: new Uint8Array() }
  }, clock.runtime)
  return { clock, policy, sent, sentAt, call: (name: string) => send(about(name)) }
}

it('forgets objects that are idle and full again, however many there are', async () => {
  const { clock, policy, call } = setUp({}, 0)
  for (let count = 0; count < 5_000; count++) {
    await call(`object ${count}`)
    if (count % 50 === 49) await clock.pass(250)
  }
  // 50 in each quarter of a second: at most 200 of them are not full again, and each newcomer lets go of two at most.
  expect(policy.quota().length).toBeLessThanOrEqual(400)
  expect(clock.pending).toBe(0)
})

it('forgets the lanes of objects where no limit counts them apart', async () => {
  const clock = manualClock()
  const shared = quota({ limits: [{ name: 's', limit: 10, windowMs: 1000 }], object })
  const first = shared.lane('a', 1, about('first'), clock.now)
  expect(shared.lane('a', 1, about('first'), clock.now)).toBe(first)
  for (let count = 0; count < 3; count++) shared.lane('a', 1, about(`other ${count}`), clock.now)
  expect(shared.lane('a', 1, about('first'), clock.now)).not.toBe(first)
})

it('forgets no object that is used up, that somebody waits for, or that has a call on the wire', async () => {
  const { clock, policy, sent, call } = setUp({}, 3_000)
  const calls = ['busy', 'busy', 'busy'].map(call)
  for (let count = 0; count < 20; count++) calls.push(call(`other ${count}`))
  await clock.pass(900)
  calls.push(call('busy'))
  await clock.pass(50)
  expect(sent.filter((name) => name === 'busy')).toHaveLength(2)
  for (let count = 20; count < 40; count++) calls.push(call(`other ${count}`))
  expect(policy.quota().find(({ key }) => key.includes('busy'))).toMatchObject({ queued: 2, underWay: 2 })
  await clock.pass(60_000)
  await Promise.all(calls)
  expect(sent.filter((name) => name === 'busy')).toHaveLength(4)
})

it('never lets an object have more than its limit because it was forgotten', async () => {
  const { clock, sent, sentAt, call } = setUp({ limits: [{ ...perObject, kind: 'sliding' }] })
  const calls: Promise<unknown>[] = []
  for (let step = 0; step < 200; step++) {
    calls.push(call('busy'))
    for (let count = 0; count < 5; count++) calls.push(call(`other ${step} ${count}`))
    await clock.pass(70)
  }
  await clock.pass(600_000)
  await Promise.all(calls)
  const busy = sentAt.filter((_, index) => sent[index] === 'busy')
  expect(busy).toHaveLength(200)
  for (let index = 2; index < busy.length; index++) {
    expect((busy[index] ?? 0) - (busy[index - 2] ?? 0)).toBeGreaterThanOrEqual(1000)
  }
})

it('remembers an object that is used in part', async () => {
  const { clock, sent, call } = setUp()
  const calls = [call('half')]
  await clock.pass(500)
  for (let count = 0; count < 10; count++) calls.push(call(`other ${count}`))
  calls.push(call('half'), call('half'))
  await clock.pass(400)
  expect(sent.filter((name) => name === 'half')).toHaveLength(2)
  await clock.pass(1000)
  await Promise.all(calls)
})

it('remembers an object while it is paused', async () => {
  const clock = manualClock()
  const policy = throttle({ limits: [perObject], object })
  const send = policy(
    async () => ({ status: 429, headers: { 'retry-after': '30' }, body: new Uint8Array() }),
    clock.runtime,
  )
  await send(about('paused'))
  await clock.pass(5_000)
  const other = throttle({ limits: [perObject], object })
  expect(other.quota()).toEqual([])
  for (let count = 0; count < 10; count++) await send(about(`other ${count}`))
  expect(policy.quota().find(({ key }) => key.includes('/paused/'))?.pausedUntil).toBe(clock.now + 25_000)
})

it('remembers an object whose calls wait in a limiter', async () => {
  const limiter = new Bottleneck({ maxConcurrent: 1 })
  const { clock, policy, call } = setUp({ scheduler: bottleneckScheduler(limiter) })
  const calls = [call('first'), call('waiting')]
  await vi.waitFor(() => expect(limiter.counts()).toMatchObject({ EXECUTING: 1, QUEUED: 1 }), 10_000)
  for (let count = 0; count < 10; count++) calls.push(call(`other ${count}`))
  expect(policy.quota().some(({ key }) => key.includes('/waiting/'))).toBe(true)
  await vi.waitFor(async () => {
    await clock.pass(1000)
    expect(limiter.counts()).toMatchObject({ RECEIVED: 0, QUEUED: 0, RUNNING: 0, EXECUTING: 0 })
  }, 10_000)
  await Promise.all(calls)
})
