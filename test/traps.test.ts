// Defects that shipped in other libraries, each through the whole standard stack.
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  Connector,
  bearer,
  isHawserError,
  type AnyHawserError,
  type ConnectorOptions,
  type RequestOptions,
  type VendorProfile,
} from 'hawser'
import { mockVendor, type MockVendor } from 'hawser/testing'
import { watched } from './support/stub.ts'

class Keyed extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'keyed',
    baseUrl: 'https://vendor.test',
    idempotency: { header: 'Idempotency-Key' },
  }
}
class Plain extends Connector {
  static override readonly profile: VendorProfile = { name: 'plain', baseUrl: 'https://vendor.test' }
}
const answering = (
  respond: (request: Request, count: number) => Response | Promise<Response> = () => Response.json({}),
): MockVendor => {
  let count = 0
  return mockVendor({ origin: 'https://vendor.test', respond: (request) => respond(request, ++count) })
}
const plain = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Plain['http'] =>
  new Plain({ auth: bearer('token'), ...vendor.options, ...options }).http
const keyed = (vendor: MockVendor): Keyed['http'] => new Keyed({ auth: bearer('token'), ...vendor.options }).http
async function failure(call: PromiseLike<unknown>): Promise<AnyHawserError> {
  const error: unknown = await Promise.resolve(call).catch((thrown: unknown) => thrown)
  if (!isHawserError(error)) throw new Error('The call did not fail with an error of hawser’s.')
  return error
}

it.each([
  ['2', 2_000],
  ['2.5', 2_500],
  ['Tue, 01 Jan 2030 00:00:20 GMT', 20_000],
  ['2030-01-01T00:00:20Z', 20_000],
  ['Mon, 31 Dec 2029 23:00:00 GMT', 0],
])('waits what Retry-After: %s says, in its own unit', async (value, waitMs) => {
  using vendor = answering()
  vendor.fail(503, { headers: { 'retry-after': value } })
  await plain(vendor).get('/')
  expect(vendor.clock.slept).toEqual([waitMs])
})

it('fails at once when Retry-After: 3600 meets a deadline of 60 s, and says how long it would be', async () => {
  using vendor = answering()
  vendor.fail(429, { headers: { 'retry-after': '3600' } })
  expect(await failure(plain(vendor).get('/'))).toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: 3_600_000,
    attempts: 1,
    retryStop: 'deadline',
  })
  expect(vendor.clock.slept).toEqual([])
})

it('does not burn its attempts on a Retry-After that overflows a timer', async () => {
  using vendor = answering()
  vendor.fail(503, { times: 9, headers: { 'retry-after': '3000000' } })
  expect(await failure(plain(vendor).get('/'))).toMatchObject({ status: 503, attempts: 1 })
  expect(vendor.requests).toHaveLength(1)
})

it('sends a POST without a key once when it meets a 503', async () => {
  using vendor = answering()
  vendor.fail(503, { times: 9 })
  expect(await failure(plain(vendor).post('/', { json: {} }))).toMatchObject({
    attempts: 1,
    retryStop: 'not-idempotent',
  })
  expect(vendor.requests).toHaveLength(1)
})

it('sends a POST with a key up to four times when it meets a 503, with the same key', async () => {
  using vendor = answering()
  vendor.fail(503, { times: 9 })
  expect(await failure(keyed(vendor).post('/', { json: {} }))).toMatchObject({ attempts: 4 })
  expect(vendor.requests).toHaveLength(4)
  expect(new Set(vendor.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
})

it('does not deliver a POST twice over a reset connection', async () => {
  using vendor = answering()
  vendor.reset({ times: 9 })
  expect(await failure(plain(vendor).post('/', { json: {} }))).toMatchObject({
    code: 'NETWORK',
    attempts: 1,
    retryStop: 'not-idempotent',
  })
  expect(vendor.requests).toHaveLength(1)
})

it('repeats a POST that was throttled: it was not processed', async () => {
  using vendor = answering()
  vendor.fail(429, { headers: { 'retry-after': '1' } })
  await plain(vendor).post('/', { json: {} })
  expect(vendor.requests).toHaveLength(2)
})

it('sends the same body on each attempt, and never an empty one in its place', async () => {
  using vendor = answering()
  const bodies: RequestOptions[] = [
    { json: { a: 1 } },
    { form: { a: 1 } },
    { body: 'text' },
    { body: new Uint8Array([104, 105]) },
    { body: () => Readable.from(['str', 'eam']) },
  ]
  for (const body of bodies) {
    vendor.fail(503)
    await plain(vendor).put('/', body)
    const [first, second] = vendor.requests.slice(-2)
    expect(first?.body.length).toBeGreaterThan(1)
    expect(second?.body).toBe(first?.body)
  }
})

it('runs a policy of the caller’s as often as it is listed: once outside the retry, per attempt inside', async () => {
  using vendor = answering()
  vendor.fail(503, { times: 2 })
  const ran = { outside: 0, inside: 0 }
  await plain(vendor, {
    policies: (standard) => [
      (next) => (request) => (ran.outside++, next(request)),
      ...standard,
      (next) => (request) => (ran.inside++, next(request)),
    ],
  }).get('/')
  expect(ran).toEqual({ outside: 1, inside: 3 })
})

it('does not move on to page 2 because page 1 was retried', async () => {
  using vendor = answering((request) => Response.json({ items: [new URL(request.url).searchParams.get('page')] }))
  vendor.fail(503)
  await plain(vendor).get('/', { query: { page: 1 } })
  expect(vendor.requests.map(({ url }) => new URL(url).searchParams.get('page'))).toEqual(['1', '1'])
})

it('answers a dead vendor with little more than the load itself: 1,000 calls, at most 1,035 requests', async () => {
  using vendor = answering(() => new Response('', { status: 503 }))
  const client = plain(vendor, { circuitBreaker: false, bulkhead: { maxConcurrent: 200 } })
  await Promise.allSettled(Array.from({ length: 1_000 }, () => client.get('/')))
  expect(vendor.requests.length).toBeLessThanOrEqual(1_035)
})

it('keeps 429s from opening the circuit', async () => {
  using vendor = answering((_, count) => new Response('{}', { status: count <= 40 ? 429 : 200 }))
  const client = plain(vendor, { retry: false })
  for (let call = 0; call < 40; call++) await failure(client.get('/'))
  expect(await client.get('/')).toEqual({})
})

it('does not sleep for an open circuit in vain', async () => {
  using vendor = answering(() => new Response('', { status: 500 }))
  const client = plain(vendor)
  for (let call = 0; call < 4; call++) await failure(client.get('/'))
  const slept = vendor.clock.slept.length
  expect(await failure(client.get('/'))).toMatchObject({ code: 'CIRCUIT_OPEN', attempts: 1, retryAfterMs: 30_000 })
  expect(vendor.clock.slept).toHaveLength(slept)
})

it('releases a trial that never ends by its attempt timeout, so that no later caller hangs', async () => {
  using vendor = answering()
  vendor.fail(500, { times: 10 })
  const client = plain(vendor, { retry: false })
  for (let call = 0; call < 10; call++) await failure(client.get('/'))
  vendor.clock.advance(30_000)
  vendor.hang()
  expect(await failure(client.get('/'))).toMatchObject({ code: 'TIMEOUT' })
  vendor.clock.advance(30_000)
  expect(await client.get('/')).toEqual({})
})

it.each(['queue', 'backoff', 'renewal', 'headers'] as const)(
  'ends at an abort during its %s, and leaves no timer and no listener',
  async (phase) => {
    using vendor = answering()
    const { signal, abort, listeners } = watched()
    const never = new Promise<string>(() => {})
    let secrets = 0
    const auth = phase === 'renewal' ? { auth: bearer(() => (secrets++ === 0 ? 'old' : never)) } : {}
    const client = plain(vendor, { ...auth, bulkhead: { maxConcurrent: 1 } })
    const others: PromiseLike<unknown>[] = []
    if (phase === 'queue') {
      vendor.hang()
      others.push(client.get('/hangs', { deadlineMs: 2_000_000_000, attemptTimeoutMs: 1_000_000_000 }))
    }
    const held = phase === 'headers' ? undefined : vendor.clock.hold()
    if (phase === 'backoff') vendor.fail(503, { headers: { 'retry-after': '30' } })
    if (phase === 'renewal') vendor.fail(401)
    if (phase === 'headers') vendor.hang()
    const hold = vendor.clock.hold()
    const call = failure(client.get('/', { signal }))
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(listeners()).toBeGreaterThan(0)
    abort()
    expect(await call).toMatchObject({ code: 'ABORTED' })
    await new Promise(setImmediate)
    expect([vendor.clock.pending, listeners()]).toEqual([phase === 'queue' ? 2 : 0, 0])
    hold()
    held?.()
    void Promise.allSettled(others)
  },
)

it('counts the wait for a place against the deadline instead of adding it', async () => {
  using vendor = answering()
  vendor.hang({ times: 1 })
  const client = plain(vendor, {
    retry: false,
    bulkhead: { maxConcurrent: 1 },
    deadline: 10_000,
    attemptTimeout: 10_000,
  })
  const since = vendor.clock.now
  const results = await Promise.all([failure(client.get('/')), failure(client.get('/'))])
  expect(results.map(({ code }) => code)).toEqual(['TIMEOUT', 'TIMEOUT'])
  expect(vendor.clock.now - since).toBeLessThanOrEqual(10_100)
})

it('does not follow the vendor’s own 401 in circles', async () => {
  let secrets = 0
  using vendor = answering(() => new Response('{}', { status: 401 }))
  expect(await failure(plain(vendor, { auth: bearer(() => `secret-${++secrets}`) }).get('/'))).toMatchObject({
    status: 401,
  })
  expect(vendor.requests).toHaveLength(2)
})
