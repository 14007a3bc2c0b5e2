import { expect, it } from 'vitest'
import { createBucket } from '../../src/quota/bucket.ts'
import { createWindow } from '../../src/quota/create-window.ts'
import { createGate, type Gate } from '../../src/quota/gate.ts'
import { createLane } from '../../src/quota/lane.ts'
import type { Limit } from '../../src/quota/limit.ts'
import type { Ask, Bucket, Lane } from '../../src/quota/state.ts'
import { manualClock, settled, type ManualClock } from './clock.ts'

const tenPerSecond: Limit = { name: 'ten', limit: 10, windowMs: 1000 }

function bucketOf(limit: Limit): Bucket {
  const { name } = limit
  return createBucket({ key: name, name, scope: 'app', window: createWindow(limit, 1) })
}

function laneOf(connection: string, weight: number, order: number, buckets: readonly Bucket[]): Lane {
  return createLane({ connection, key: '', ofObject: false, weight, order }, buckets)
}

/** Starts calls and writes down who was let through, in order. */
function caller(clock: ManualClock, gate: Gate = createGate()) {
  const admitted: string[] = []
  const refused: string[] = []
  const start = (name: string, lane: Lane, ask: Partial<Ask> = {}): void => {
    const run = async (): Promise<void> => {
      const permit = await gate.acquire(lane, { operation: 'GET /', cost: 1, priority: 0, ...ask }, clock.runtime)
      admitted.push(name)
      gate.release(permit, clock.now, clock.runtime)
    }
    run().catch((error: Error & { code?: string }) => refused.push(`${name} ${error.code}`))
  }
  return { admitted, refused, start, gate }
}

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index))

it('lets calls straight through while there is room, and the rest in their order', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf(tenPerSecond)])
  const { admitted, start } = caller(clock)
  for (const name of names(0, 25)) start(name, lane)
  await settled()
  expect(admitted).toEqual(names(0, 10))
  await clock.pass(1000)
  expect(admitted).toEqual(names(0, 20))
  await clock.pass(1000)
  expect(admitted).toEqual(names(0, 25))
  expect(clock.pending).toBe(0)
})

it('charges all buckets or none', async () => {
  const clock = manualClock()
  const [wide, narrow] = [bucketOf({ ...tenPerSecond, limit: 100 }), bucketOf({ ...tenPerSecond, limit: 2 })]
  const { start } = caller(clock)
  const lane = laneOf('a', 1, 0, [wide, narrow])
  for (const name of names(0, 5)) start(name, lane)
  await settled()
  expect([wide.window.state(clock.now).remaining, narrow.window.state(clock.now).remaining]).toEqual([98, 0])
})

it('does not let a lane that is held up elsewhere hold up the others', async () => {
  const clock = manualClock()
  const [app, slow] = [
    bucketOf({ ...tenPerSecond, limit: 100 }),
    bucketOf({ ...tenPerSecond, limit: 1, windowMs: 60_000 }),
  ]
  const { admitted, start } = caller(clock)
  const held = laneOf('a', 1, 0, [app, slow])
  const free = laneOf('a', 1, 1, [app])
  for (const name of ['h1', 'h2', 'h3']) start(name, held)
  for (const name of names(0, 20)) start(name, free)
  await settled()
  expect(admitted).toEqual(['h1', ...names(0, 20)])
})

it('lets no newcomer pass those who wait, even if it costs less', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf(tenPerSecond)])
  const other = laneOf('a', 1, 1, lane.buckets)
  const { admitted, start } = caller(clock)
  start('five', lane, { cost: 5 })
  start('eight', lane, { cost: 8 })
  start('one', other)
  await settled()
  expect(admitted).toEqual(['five'])
  await clock.pass(1000)
  expect(admitted).toEqual(['five', 'eight', 'one'])
})

it('lets higher priorities go first, by no more than their head start', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf({ ...tenPerSecond, limit: 1 })])
  const { admitted, start } = caller(clock)
  start('first', lane)
  start('low', lane)
  for (let second = 1; second <= 8; second++) {
    start(`high ${second}`, lane, { priority: 1 })
    await clock.pass(1000)
  }
  // A step of priority is worth 5 s: whoever came later than that does not overtake.
  expect(admitted.indexOf('low')).toBe(6)
})

it('shares a bucket between connections by weight', async () => {
  const clock = manualClock()
  const app = bucketOf({ ...tenPerSecond, limit: 40 })
  const { admitted, start } = caller(clock)
  const [one, three] = [laneOf('one', 1, 0, [app]), laneOf('three', 3, 1, [app])]
  app.window.take(40, clock.now)
  app.window.settle(40, clock.now, 40, clock.now, 0)
  for (const name of names(0, 100)) start(`one ${name}`, one)
  for (const name of names(0, 100)) start(`three ${name}`, three)
  await clock.pass(1000)
  expect(admitted.length).toBe(40)
  expect(admitted.filter((name) => name.startsWith('three')).length).toBe(30)
})

it('gives no credit for idle time', async () => {
  const clock = manualClock()
  const app = bucketOf(tenPerSecond)
  const { admitted, start } = caller(clock)
  const [busy, late] = [laneOf('busy', 1, 0, [app]), laneOf('late', 1, 1, [app])]
  for (const name of names(0, 60)) start(`busy ${name}`, busy)
  await clock.pass(2000)
  for (const name of names(0, 60)) start(`late ${name}`, late)
  admitted.length = 0
  await clock.pass(1000)
  expect(admitted.filter((name) => name.startsWith('busy')).length).toBe(5)
})

it('gives one connection one part, however many lanes it has', async () => {
  const clock = manualClock()
  const app = bucketOf({ ...tenPerSecond, limit: 20 })
  const { admitted, start } = caller(clock)
  app.window.take(20, clock.now)
  app.window.settle(20, clock.now, 20, clock.now, 0)
  const lanes = [laneOf('a', 1, 0, [app]), laneOf('a', 1, 1, [app]), laneOf('a', 1, 2, [app])]
  for (const lane of lanes) for (const name of names(0, 30)) start(`a ${name}`, lane)
  for (const name of names(0, 30)) start(`b ${name}`, laneOf('b', 1, 3, [app]))
  await clock.pass(1000)
  expect(admitted.filter((name) => name.startsWith('b')).length).toBeGreaterThanOrEqual(9)
})

it('takes an aborted call out of the queue at once, with its timer', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf({ ...tenPerSecond, limit: 1 })])
  const { admitted, refused, start, gate } = caller(clock)
  const abort = new AbortController()
  start('first', lane)
  start('second', lane, { signal: abort.signal, deadline: clock.now + 60_000 })
  await settled()
  expect(clock.pending).toBe(2)
  abort.abort()
  await settled()
  expect(refused).toEqual(['second ABORTED'])
  expect([gate.size, clock.pending, lane.buckets[0]?.waiting]).toEqual([0, 0, 0])
  await clock.pass(5000)
  expect(admitted).toEqual(['first'])
})

it('refuses a call that is aborted already', async () => {
  const clock = manualClock()
  const { refused, start } = caller(clock)
  start('never', laneOf('a', 1, 0, [bucketOf(tenPerSecond)]), { signal: AbortSignal.abort() })
  await settled()
  expect(refused).toEqual(['never ABORTED'])
})

it('refuses at once what cannot go before its deadline, and says when it could', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf(tenPerSecond)])
  const { start, gate } = caller(clock)
  for (const name of names(0, 35)) start(name, lane)
  const ask = { operation: 'GET /', cost: 1, priority: 0, deadline: clock.now + 2500 }
  await expect(async () => gate.acquire(lane, ask, clock.runtime)).rejects.toMatchObject({
    code: 'QUOTA_EXHAUSTED',
    because: 'deadline',
    retryAfterMs: 3000,
    retryAt: clock.now + 3000,
  })
  const patient = gate.acquire(lane, { ...ask, deadline: clock.now + 3500 }, clock.runtime)
  await clock.pass(3000)
  await expect(patient).resolves.toMatchObject({ cost: 1 })
})

it('does not count the queue of other connections against a call whose fair part comes sooner', async () => {
  const clock = manualClock()
  const app = bucketOf(tenPerSecond)
  const { admitted, refused, start } = caller(clock)
  const [busy, quiet] = [laneOf('busy', 1, 0, [app]), laneOf('quiet', 1, 1, [app])]
  for (const name of names(0, 500)) start(`busy ${name}`, busy)
  start('quiet', quiet, { deadline: clock.now + 2500 })
  await clock.pass(1000)
  expect(refused).toEqual([])
  expect(admitted).toContain('quiet')
})

it('ends a wait at its deadline where the quota came later than it seemed', async () => {
  const clock = manualClock()
  const bucket = bucketOf(tenPerSecond)
  const lane = laneOf('a', 1, 0, [bucket])
  const { refused, start } = caller(clock)
  for (const name of names(0, 11)) start(name, lane, { deadline: clock.now + 1500 })
  await settled()
  bucket.pause = { at: 'paused', since: clock.now, until: clock.now + 10_000, told: true }
  await clock.pass(1500)
  expect(refused).toEqual(['10 TIMEOUT'])
})

it('refuses when too many wait', async () => {
  const clock = manualClock()
  const lane = laneOf('a', 1, 0, [bucketOf({ ...tenPerSecond, limit: 1 })])
  const { refused, start } = caller(clock, createGate({ maxQueue: 2 }))
  for (const name of names(0, 4)) start(name, lane)
  await settled()
  expect(refused).toEqual(['3 QUOTA_EXHAUSTED'])
})

it('never waits for a daily quota: those that wait are refused as soon as it is used up', async () => {
  const clock = manualClock()
  const [second, daily] = [bucketOf(tenPerSecond), bucketOf({ name: 'daily', limit: 15, windowMs: 86_400_000 })]
  const lane = laneOf('a', 1, 0, [second, daily])
  const { admitted, refused, start, gate } = caller(clock)
  for (const name of names(0, 20)) start(name, lane)
  await clock.pass(1000)
  expect(admitted.length).toBe(15)
  expect(refused).toEqual(names(15, 20).map((name) => `${name} QUOTA_EXHAUSTED`))
  expect(() => gate.acquire(lane, { operation: 'GET /', cost: 1, priority: 0 }, clock.runtime)).toThrow(
    expect.objectContaining({ because: 'window', retryAt: Date.UTC(2030, 0, 2) }),
  )
  expect(clock.pending).toBe(0)
})
