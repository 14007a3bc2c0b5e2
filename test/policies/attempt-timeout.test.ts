import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { AbortedError, attemptTimeout, retry, stack, type HttpRequest, type HttpResponse } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, watched } from '../support/stub.ts'

const never = (): Promise<never> => new Promise(() => {})

it('ends an attempt and tells the transport by its signal', async () => {
  const clock = fakeClock()
  let seen: AbortSignal | undefined
  const call = stack([attemptTimeout(500)], ({ signal }) => ((seen = signal), never()), clock.runtime)(request())
  clock.advance(500)
  await expect(call).rejects.toMatchObject({
    code: 'TIMEOUT',
    limit: 'attempt',
    message: 'GET /things: no answer within 500 ms.',
  })
  expect([seen?.aborted, clock.pending]).toEqual([true, 0])
})

it('gives each attempt its own time and its own signal', async () => {
  const clock = fakeClock()
  clock.hang()
  const signals: (AbortSignal | undefined)[] = []
  const send = ({ signal }: HttpRequest): Promise<HttpResponse> => (
    signals.push(signal),
    signals.length < 3 ? never() : Promise.resolve(response())
  )
  const answer = await stack([retry(), attemptTimeout(500)], send, clock.runtime)(request())
  expect(answer.attempts).toBe(3)
  expect(signals.map((signal) => signal?.aborted)).toEqual([true, true, false])
})

it('takes a limit of the call in place of its own', async () => {
  const clock = fakeClock()
  const call = stack([attemptTimeout(500)], never, clock.runtime)(request({ attemptTimeoutMs: 20 }))
  clock.advance(20)
  await expect(call).rejects.toMatchObject({ limit: 'attempt' })
})

it('sends nothing once the deadline has passed', async () => {
  const clock = fakeClock()
  await expect(
    stack([attemptTimeout(500)], never, clock.runtime)(request({ deadline: clock.now })),
  ).rejects.toMatchObject({ limit: 'deadline' })
})

it('passes the caller’s abort on, and leaves no timer and no listener', async () => {
  const clock = fakeClock()
  const { signal, abort, listeners } = watched()
  let seen: AbortSignal | undefined
  const call = stack(
    [attemptTimeout(500)],
    ({ signal }) => ((seen = signal), never()),
    clock.runtime,
  )(request({ signal }))
  expect(listeners()).toBe(1)
  abort()
  await expect(call).rejects.toThrow(AbortedError)
  expect([seen?.aborted, clock.pending, listeners()]).toEqual([true, 0, 0])
})

it('ends a stream that stands still, and not one whose reader takes its time', async () => {
  const clock = fakeClock()
  const source = new Readable({ read: () => {} })
  const send = async (): Promise<HttpResponse> => ({ status: 200, headers: {}, body: source })
  const { body } = await stack([attemptTimeout(500)], send, clock.runtime)(request({ stream: true }))
  if (!(body instanceof Readable)) throw new Error('no stream')
  const chunks = body[Symbol.asyncIterator]()
  source.push('one')
  expect(String((await chunks.next()).value)).toBe('one')
  await new Promise(setImmediate)
  const stalled = chunks.next()
  stalled.catch(() => {})
  await new Promise(setImmediate)
  clock.advance(500)
  await expect(stalled).rejects.toMatchObject({ code: 'TIMEOUT', limit: 'idle' })
  expect(source.destroyed).toBe(true)
})

it('keeps the caller’s signal on a stream until it is closed', async () => {
  const clock = fakeClock()
  const { signal, listeners } = watched()
  const send = async (): Promise<HttpResponse> => ({ status: 200, headers: {}, body: Readable.from(['x']) })
  const { body } = await stack([attemptTimeout(500)], send, clock.runtime)(request({ stream: true, signal }))
  expect(listeners()).toBe(1)
  if (body instanceof Readable) for await (const chunk of body) expect(String(chunk)).toBe('x')
  await new Promise(setImmediate)
  expect([clock.pending, listeners()]).toEqual([0, 0])
})
