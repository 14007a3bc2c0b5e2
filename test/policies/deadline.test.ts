import { expect, it } from 'vitest'
import { AbortedError, TimeoutError, attemptTimeout, deadline, retry, stack } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script, watched } from '../support/stub.ts'

const never = (): Promise<never> => new Promise(() => {})

it('hands one absolute time down to everyone', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response(503), response(200))
  await stack([deadline(60_000), retry({ backoff: () => 10 })], send, clock.runtime)(request())
  expect(sent.map((attempt) => attempt.deadline)).toEqual([clock.now + 60_000 - 10, clock.now + 60_000 - 10])
})

it('ends a call whose inside forgets the time, soon after it', async () => {
  const clock = fakeClock()
  const call = stack([deadline(1_000)], never, clock.runtime)(request())
  clock.advance(1_100)
  await expect(call).rejects.toMatchObject({ code: 'TIMEOUT', limit: 'deadline' })
  expect(clock.pending).toBe(0)
})

it('prefers the deadline of the call', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response())
  await stack([deadline(60_000)], send, clock.runtime)(request({ deadline: clock.now + 5 }))
  expect(sent[0]?.deadline).toBe(clock.now + 5)
})

it('lets the last answer of the vendor through instead of hiding it behind a timeout', async () => {
  const clock = fakeClock()
  const { send, sent } = script(response(503, { 'retry-after': '30' }))
  const answer = await stack([deadline(60_000), retry()], send, clock.runtime)(request())
  expect([answer.status, answer.retryStop, sent.length, clock.slept]).toEqual([503, 'deadline', 2, [30_000]])
})

it('cuts the last attempt short at the deadline', async () => {
  const clock = fakeClock()
  const hang = clock.hang()
  const call = stack([deadline(50_000), retry(), attemptTimeout(30_000)], never, clock.runtime)(request())
  await expect(call).rejects.toMatchObject({ code: 'TIMEOUT', limit: 'deadline', attempts: 2 })
  expect(clock.pending).toBe(0)
  hang()
})

it('ends at the abort whatever it waits for, and leaves no timer and no listener', async () => {
  const clock = fakeClock()
  const { signal, abort, listeners } = watched()
  const call = stack([deadline(1_000)], never, clock.runtime)(request({ signal }))
  expect([clock.pending, listeners()]).toEqual([1, 1])
  abort()
  await expect(call).rejects.toThrow(AbortedError)
  expect([clock.pending, listeners()]).toEqual([0, 0])
})

it('sends nothing for a signal that has aborted', async () => {
  const { send, sent } = script(response())
  await expect(
    stack([deadline(1_000)], send, fakeClock().runtime)(request({ signal: AbortSignal.abort() })),
  ).rejects.toThrow(AbortedError)
  expect(sent).toEqual([])
})

it('leaves no timer and no listener after an answer or a failure', async () => {
  const clock = fakeClock()
  const { signal, listeners } = watched()
  await stack([deadline(1_000)], script(response()).send, clock.runtime)(request({ signal }))
  await stack(
    [deadline(1_000)],
    script(new TimeoutError('x', { limit: 'attempt' })).send,
    clock.runtime,
  )(request({ signal })).catch(() => {})
  expect([clock.pending, listeners()]).toEqual([0, 0])
})

it('raises no warning about listeners when many calls share one signal', async () => {
  const warnings: Error[] = []
  const listen = (warning: Error): unknown => warnings.push(warning)
  process.on('warning', listen)
  const clock = fakeClock()
  const { signal } = new AbortController()
  const waiting = stack(
    [deadline(1_000), attemptTimeout(500)],
    async () => (await new Promise(setImmediate), response()),
    clock.runtime,
  )
  await Promise.all(Array.from({ length: 200 }, () => waiting(request({ signal }))))
  await new Promise(setImmediate)
  process.off('warning', listen)
  expect(warnings).toEqual([])
})
