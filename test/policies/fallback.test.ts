import { expect, it } from 'vitest'
import { CircuitOpenError, NetworkError, TimeoutError, fallback, stack, type HttpResponse } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { request, response, script } from '../support/stub.ts'

const outages = [
  response(503),
  response(429),
  new NetworkError('gone', { phase: 'connect', reason: 'ECONNREFUSED' }),
  new TimeoutError('slow', { limit: 'attempt' }),
  new CircuitOpenError('open'),
]

it.each(outages.map((outage) => [outage instanceof Error ? outage.name : `status ${outage.status}`, outage] as const))(
  'gives the last good answer instead of %s, and says how old it is',
  async (_, outage) => {
    const clock = fakeClock()
    const send = stack(
      [fallback({ staleIfErrorMs: 60_000 })],
      script(response(200, {}, 'good'), outage).send,
      clock.runtime,
    )
    await send(request())
    clock.advance(30_000)
    const answer = await send(request())
    expect([answer.status, String(answer.body), answer.staleMs]).toEqual([200, 'good', 30_000])
    expect(clock.events).toMatchObject([{ type: 'fallback', ageMs: 30_000 }])
  },
)

it('lets the failure through when what it kept is too old', async () => {
  const clock = fakeClock()
  const send = stack([fallback({ staleIfErrorMs: 60_000 })], script(response(200), response(503)).send, clock.runtime)
  await send(request())
  clock.advance(60_001)
  expect((await send(request())).status).toBe(503)
})

it('takes a 404 for the answer it is', async () => {
  const send = stack(
    [fallback({ staleIfErrorMs: 60_000 })],
    script(response(200), response(404)).send,
    fakeClock().runtime,
  )
  await send(request())
  expect((await send(request())).status).toBe(404)
})

it('keeps answers apart by address and by what was accepted, and none of a write', async () => {
  const send = stack(
    [fallback({ staleIfErrorMs: 60_000 })],
    script(response(200), response(200), response(503)).send,
    fakeClock().runtime,
  )
  await send(request())
  await send(request({ method: 'POST' }))
  expect((await send(request({ url: 'https://vendor.test/others' }))).status).toBe(503)
  expect((await send(request({ headers: { accept: 'text/csv' } }))).status).toBe(503)
  expect((await send(request({ headers: { 'stripe-account': 'acct_2' } }))).status).toBe(503)
  expect((await send(request({ headers: { traceparent: '00-1' } }))).status).toBe(200)
  expect((await send(request({ method: 'POST' }))).status).toBe(503)
  expect((await send(request())).status).toBe(200)
})

it('keeps a bounded number of answers', async () => {
  const { send: transport } = script(response(200), response(200), response(503))
  const send = stack([fallback({ staleIfErrorMs: 60_000, maxEntries: 1 })], transport, fakeClock().runtime)
  await send(request({ url: 'https://vendor.test/a' }))
  await send(request({ url: 'https://vendor.test/b' }))
  expect((await send(request({ url: 'https://vendor.test/a' }))).status).toBe(503)
  expect((await send(request({ url: 'https://vendor.test/b' }))).status).toBe(200)
})

it('gives an answer of the caller’s making, or the failure where there is none', async () => {
  const answer = ({ operation }: { operation: string }): ReturnType<typeof response> | undefined =>
    operation === 'GET /things' ? response(200, {}, '[]') : undefined
  const send = stack([fallback({ answer })], script(response(503)).send, fakeClock().runtime)
  expect(String((await send(request())).body)).toBe('[]')
  expect((await send(request({ operation: 'GET /others' }))).status).toBe(503)
})

it('keeps no throttle that comes as a success', async () => {
  const throttled = (answer: HttpResponse): object | undefined => (String(answer.body) === 'slow down' ? {} : undefined)
  const send = stack(
    [fallback({ staleIfErrorMs: 60_000, throttled })],
    script(response(200, {}, 'good'), response(200, {}, 'slow down'), response(503)).send,
    fakeClock().runtime,
  )
  const bodies = [await send(request()), await send(request()), await send(request())].map(({ body }) => String(body))
  expect(bodies).toEqual(['good', 'good', 'good'])
})
