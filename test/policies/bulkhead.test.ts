import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { AbortedError, BulkheadFullError, bulkhead, retry, stack, type HttpRequest, type HttpResponse } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, watched } from '../support/stub.ts'

/** A transport whose answers the test gives one by one. */
function gated(): {
  send: (request: HttpRequest) => Promise<HttpResponse>
  started: string[]
  finish: (answer?: HttpResponse) => Promise<void>
} {
  const started: string[] = []
  const open: ((answer: HttpResponse) => void)[] = []
  return {
    started,
    send: ({ operation }) => {
      started.push(operation)
      return new Promise((resolve) => open.push(resolve))
    },
    finish: async (answer = response()) => {
      open.shift()?.(answer)
      await new Promise(setImmediate)
    },
  }
}

it('lets a bounded number through and the others in the order of their arrival', async () => {
  const clock = fakeClock()
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 2 })], send, clock.runtime)
  const calls = ['a', 'b', 'c', 'd', 'e'].map((operation) => limited(request({ operation })))
  await new Promise(setImmediate)
  expect(started).toEqual(['a', 'b'])
  await finish()
  expect(started).toEqual(['a', 'b', 'c'])
  for (let left = 0; left < 4; left++) await finish()
  await Promise.all(calls)
  expect(started).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(clock.events.map(({ type }) => type)).toEqual(['wait', 'wait', 'wait'])
})

it('lets higher priorities go first, in the order of their arrival', async () => {
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, fakeClock().runtime)
  const arrivals = [['first'], ['low', -1], ['a'], ['b'], ['high a', 2], ['high b', 2]] as const
  const calls = arrivals.map(([operation, priority]) => limited(request({ operation, priority })))
  for (let left = 0; left < arrivals.length; left++) await finish()
  await Promise.all(calls)
  expect(started).toEqual(['first', 'high a', 'high b', 'a', 'b', 'low'])
})

it('lets nobody be overtaken by what came more than a head start later', async () => {
  const clock = fakeClock()
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, clock.runtime)
  const calls = [limited(request({ operation: 'first' })), limited(request({ operation: 'low' }))]
  for (let second = 1; second <= 7; second++) {
    clock.advance(1_000)
    calls.push(limited(request({ operation: `high ${second}`, priority: 1 })))
  }
  for (let left = 0; left < 9; left++) await finish()
  await Promise.all(calls)
  // A step of priority is worth 5 s; who came in the same moment by that count came first.
  expect(started.indexOf('low')).toBe(5)
})

it('leaves the order of those who wait alone when one of them gives up', async () => {
  const { send, started, finish } = gated()
  const { signal, abort } = watched()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, fakeClock().runtime)
  const calls = ['first', 'a', 'b', 'c', 'd', 'e'].map((operation) =>
    limited(request({ operation, ...(operation === 'b' && { signal }) })).catch(() => {}),
  )
  await new Promise(setImmediate)
  abort()
  for (let left = 0; left < 5; left++) await finish()
  await Promise.all(calls)
  expect(started).toEqual(['first', 'a', 'c', 'd', 'e'])
})

it('hands a place to the next in line, so that a newcomer cannot take it in between', async () => {
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, fakeClock().runtime)
  const first = limited(request({ operation: 'first' }))
  const queued = limited(request({ operation: 'queued' }))
  const newcomer = first.then(() => limited(request({ operation: 'newcomer' })))
  for (let left = 0; left < 3; left++) await finish()
  await Promise.all([first, queued, newcomer])
  expect(started).toEqual(['first', 'queued', 'newcomer'])
})

it('refuses what the queue cannot hold', async () => {
  const { send, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1, maxQueue: 1 })], send, fakeClock().runtime)
  const calls = [limited(request()), limited(request())]
  await expect(limited(request())).rejects.toThrow(BulkheadFullError)
  await finish()
  await finish()
  await Promise.all(calls)
})

it('drops a queued call at its abort, leaves no timer and no listener, and wakes it no more', async () => {
  const clock = fakeClock()
  const { send, started, finish } = gated()
  const { signal, abort, listeners } = watched()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, clock.runtime)
  const first = limited(request({ operation: 'first' }))
  const queued = limited(request({ operation: 'queued', signal, deadline: clock.now + 5_000 }))
  const last = limited(request({ operation: 'last' }))
  expect([clock.pending, listeners()]).toEqual([1, 1])
  abort()
  await expect(queued).rejects.toThrow(AbortedError)
  expect([clock.pending, listeners()]).toEqual([0, 0])
  await finish()
  await finish()
  await Promise.all([first, last])
  expect(started).toEqual(['first', 'last'])
})

it('counts the wait in the queue against the deadline', async () => {
  const clock = fakeClock()
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, clock.runtime)
  const first = limited(request())
  const late = limited(request({ deadline: clock.now + 5_000 }))
  const refused = expect(late).rejects.toMatchObject({ code: 'TIMEOUT', limit: 'deadline' })
  clock.advance(5_000)
  await refused
  await finish()
  await first
  expect(started).toHaveLength(1)
})

it('holds no place during the backoff of a retry', async () => {
  const clock = fakeClock()
  const release = clock.hold()
  const { send, started, finish } = gated()
  const limited = stack([retry(), bulkhead({ maxConcurrent: 1 })], send, clock.runtime)
  const failing = limited(request({ operation: 'failing' }))
  const other = limited(request({ operation: 'other' }))
  await finish(response(503, { 'retry-after': '10' }))
  expect(started).toEqual(['failing', 'other'])
  await finish()
  await other
  release()
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  await finish()
  expect((await failing).attempts).toBe(2)
})

it('holds the place of a streamed answer until the stream is closed', async () => {
  const { send, started, finish } = gated()
  const limited = stack([bulkhead({ maxConcurrent: 1 })], send, fakeClock().runtime)
  const first = limited(request({ stream: true }))
  const second = limited(request())
  await finish({ status: 200, headers: {}, body: Readable.from(['a', 'b']) })
  const { body } = await first
  expect(started).toHaveLength(1)
  if (body instanceof Readable) body.destroy()
  await new Promise(setImmediate)
  expect(started).toHaveLength(2)
  await finish()
  await second
})

it('gives a place back after a failure', async () => {
  const limited = stack(
    [bulkhead({ maxConcurrent: 1, maxQueue: 0 })],
    () => Promise.reject(new Error('no')),
    fakeClock().runtime,
  )
  for (let call = 0; call < 3; call++) await expect(limited(request())).rejects.toThrow('no')
})

it('drains 20,000 queued calls in a straight line', async () => {
  const limited = stack(
    [bulkhead({ maxConcurrent: 10, maxQueue: Infinity })],
    async () => response(),
    fakeClock().runtime,
  )
  const answers = await Promise.all(Array.from({ length: 20_000 }, () => limited(request())))
  expect(answers).toHaveLength(20_000)
})
