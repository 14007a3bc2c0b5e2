import axios from 'axios'
import { expect, it } from 'vitest'
import { NetworkError, createClockOffset, type HttpResponse, type Transport } from 'hawser'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { controlPlane, type ControlCall } from '../../src/oauth/control-plane.ts'
import type { Repeat } from '../../src/oauth/repeat.ts'
import { axiosTransport } from '../../src/http/axios-transport.ts'
import { failureOf, loopback } from '../support/loopback.ts'
import { response, script } from '../support/stub.ts'

const connect = new NetworkError('No connection.', { phase: 'connect', reason: 'ECONNREFUSED' })
const reset = new NetworkError('Reset.', { phase: 'headers', reason: 'ECONNRESET' })

interface Sent {
  readonly attempts: number
  readonly slept: readonly number[]
  readonly outcome: unknown
  readonly clock: FakeClock
}

async function sent(
  repeat: Repeat,
  outcomes: readonly (HttpResponse | Error)[],
  over: Partial<ControlCall> = {},
): Promise<Sent> {
  const clock = fakeClock()
  const { send, sent: requests } = script(...outcomes)
  const plane = controlPlane({ transport: send })
  const call: ControlCall = {
    operation: 'POST token',
    repeat,
    runtime: clock.runtime,
    request: async () => ({ method: 'POST', url: 'https://auth.test/token', headers: {}, body: 'x' }),
    ...over,
  }
  const outcome = await plane(call).catch((error: unknown) => error)
  return { attempts: requests.length, slept: clock.slept, outcome, clock }
}

const ok = response(200, {}, '{}')
const table: readonly [Repeat, string, HttpResponse | Error, boolean][] = [
  ['unprocessed', 'no connection', connect, true],
  ['unprocessed', '429', response(429), true],
  ['unprocessed', '503', response(503), false],
  ['unprocessed', 'a reset', reset, false],
  ['refused', 'no connection', connect, true],
  ['refused', '429', response(429), true],
  ['refused', '503', response(503), true],
  ['refused', 'a reset', reset, false],
  ['always', 'a reset', reset, true],
  ['always', '500', response(500), true],
  ['always', '400', response(400), false],
  ['always', '302', response(302), false],
]

it.each(table)('%s: after %s, asks again: %#', async (repeat, _, failure, again) => {
  const { attempts, outcome } = await sent(repeat, [failure, ok])
  expect(attempts).toBe(again ? 2 : 1)
  expect(outcome).toBe(again ? ok : failure)
})

it('asks three times at most, with waits on the runtime’s clock', async () => {
  const { attempts, slept, outcome, clock } = await sent('refused', [response(503)])
  expect(attempts).toBe(3)
  expect(slept).toHaveLength(0)
  expect(outcome).toMatchObject({ status: 503 })
  expect(clock.events.map(({ type }) => type)).toEqual(['attempt', 'retry', 'attempt', 'retry', 'attempt'])
})

it('waits what Retry-After says, and longer by chance', async () => {
  const clock = fakeClock({ random: () => 0.5 })
  const { send } = script(response(429, { 'retry-after': '7' }), ok)
  const plane = controlPlane({ transport: send })
  await plane({
    operation: 'POST token',
    repeat: 'unprocessed',
    runtime: clock.runtime,
    request: async () => ({ method: 'POST', url: 'https://auth.test/token', headers: {} }),
  })
  expect(clock.slept).toEqual([7_250])
})

it('begins no wait that would outlast the deadline', async () => {
  const clock = fakeClock()
  const { attempts, outcome } = await sent('refused', [response(503, { 'retry-after': '20' }), ok], {
    deadline: clock.now + 20_000,
  })
  expect(attempts).toBe(1)
  expect(outcome).toMatchObject({ status: 503 })
})

it('makes each request anew', async () => {
  let made = 0
  await sent('refused', [response(503), ok], {
    request: async () => ({ method: 'POST', url: 'https://auth.test/token', headers: { number: String(++made) } }),
  })
  expect(made).toBe(2)
})

it('ends an attempt after 30 seconds, and does not ask again for what may have been answered', async () => {
  const clock = fakeClock()
  clock.hang()
  const never: Transport = () => new Promise(() => {})
  const plane = controlPlane({ transport: never })
  const call: ControlCall = {
    operation: 'POST token',
    repeat: 'refused',
    runtime: clock.runtime,
    request: async () => ({ method: 'POST', url: 'https://auth.test/token', headers: {} }),
  }
  const since = clock.now
  expect(await failureOf(plane(call))).toMatchObject({ code: 'TIMEOUT', sent: true })
  expect(clock.now - since).toBe(30_000)
})

it('ends an attempt at the deadline, where that is sooner', async () => {
  const clock = fakeClock()
  clock.hang()
  const plane = controlPlane({ transport: () => new Promise(() => {}) })
  const since = clock.now
  const call = { operation: 'x', repeat: 'always', runtime: clock.runtime, deadline: since + 5_000 } as const
  const request: ControlCall['request'] = async () => ({ method: 'GET', url: 'https://a.test', headers: {} })
  expect(await failureOf(plane({ ...call, request }))).toMatchObject({ code: 'TIMEOUT' })
  expect(clock.now - since).toBe(5_000)
})

it('asks once more where an answer asks for more, at once and only once', async () => {
  const { attempts, slept } = await sent('unprocessed', [response(400)], { asksForMore: () => true })
  expect([attempts, slept]).toEqual([2, []])
})

it('S12: reads no more than a mebibyte of an answer', async () => {
  await using server = await loopback((_, answer) => answer.end(Buffer.alloc(1024 * 1024 + 1)))
  const { outcome } = await through(server.url)
  expect(outcome).toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
})

it('S9: follows no redirect', async () => {
  await using other = await loopback((_, answer) => answer.end('{}'))
  await using server = await loopback((_, answer) => answer.writeHead(307, { location: other.url }).end())
  const { outcome } = await through(server.url)
  expect(outcome).toMatchObject({ status: 307 })
  expect(other.requests).toHaveLength(0)
})

it('S33: lets no error of axios’ out, whatever the transport throws', async () => {
  const foreign = new axios.AxiosError('Request failed with the secret.', 'ECONNRESET')
  const { outcome } = await sent('refused', [foreign])
  expect(axios.isAxiosError(outcome)).toBe(false)
  expect(outcome).toMatchObject({ code: 'NETWORK', reason: 'ECONNRESET' })
  expect(String(outcome)).not.toContain('secret')
})

it('does nothing of what a program set up on axios itself', async () => {
  const seen = axios.interceptors.request.use(() => {
    throw new Error('An interceptor of the program’s.')
  })
  axios.defaults.headers.common['x-from-the-program'] = 'yes'
  await using server = await loopback((_, answer) => answer.end('{}'))
  const { outcome } = await through(server.url)
  expect(outcome).toMatchObject({ status: 200 })
  expect(server.requests[0]?.headers['x-from-the-program']).toBeUndefined()
  axios.interceptors.request.eject(seen)
  delete axios.defaults.headers.common['x-from-the-program']
})

it('S40: learns the server’s clock from answers over https, and not from a cache’s', async () => {
  const clock = createClockOffset()
  const { now } = fakeClock()
  const date = new Date(now + 90_000).toUTCString()
  const request: ControlCall['request'] = async () => ({ method: 'POST', url: 'http://127.0.0.1/', headers: {} })
  await sent('refused', [response(200, { date, age: '1' })], { clock })
  await sent('refused', [response(200, { date })], { clock, request })
  expect(clock.ms).toBe(0)
  await sent('refused', [response(200, { date })], { clock })
  expect(clock.ms).toBe(90_000)
})

it('passes on what is wrong with a request before it is sent', async () => {
  const { outcome, attempts } = await sent('always', [ok], {
    request: () => Promise.reject(new RangeError('The assertion’s own.')),
  })
  expect(outcome).toBeInstanceOf(RangeError)
  expect(attempts).toBe(0)
})

async function through(url: string): Promise<{ outcome: unknown }> {
  const { runtime } = fakeClock()
  const plane = controlPlane({ transport: axiosTransport() })
  const request: ControlCall['request'] = async () => ({ method: 'POST', url, headers: {}, body: 'x' })
  return {
    outcome: await plane({ operation: 'POST token', repeat: 'unprocessed', runtime, request }).catch(
      (error: unknown) => error,
    ),
  }
}
