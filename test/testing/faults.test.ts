import { expect, it } from 'vitest'
import { Connector, anonymous, type VendorProfile } from 'hawser'
import { chaos, mockVendor, type Chaos, type Fault, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'tracker',
    baseUrl: 'https://tracker.test',
    idempotency: { header: 'Idempotency-Key' },
  }
}
const clientOf = (vendor: MockVendor, over: object = {}): Tracker['http'] =>
  new Tracker({ auth: anonymous(), circuitBreaker: false, ...vendor.options, ...over }).http
const start = (options: { chaos?: Chaos; latencyMs?: number } = {}): MockVendor =>
  mockVendor(
    { origin: 'https://tracker.test', respond: ({ url }) => Response.json(url) },
    { front: 'memory', ...options },
  )

it('strikes in the order asked for, as often as asked for, and each route on its own', async () => {
  using vendor = start()
  const http = clientOf(vendor, { retry: false })
  vendor.fail(499, { times: 0 })
  vendor.fail(500, { on: 'POST /things' })
  vendor.fail(501, { times: 2 })
  vendor.fail(502, { on: '* /things/{id}', times: 2 })
  const statuses: unknown[] = []
  for (const ask of [
    http.get('/a'),
    http.post('/things'),
    http.get('/b'),
    http.get('/things/1'),
    http.put('/things/2'),
  ]) {
    statuses.push(
      await ask.then(
        () => 200,
        ({ status }) => status,
      ),
    )
  }
  expect(statuses).toEqual([501, 500, 501, 502, 502])
  expect(await http.get('/a')).toBe('https://tracker.test/a')
})

it('writes Retry-After in seconds or as a date, and a client waits as long for either', async () => {
  using vendor = start()
  vendor.fail(503, { retryAfterSeconds: 20 })
  vendor.fail(503, { retryAfterSeconds: 30, retryAfterAs: 'date' })
  await clientOf(vendor).get('/')
  expect(vendor.clock.slept).toEqual([20_000, 30_000])
})

it('skews the Date of an answer that is otherwise true', async () => {
  using vendor = start()
  vendor.fault({ kind: 'skewed-date', ms: -3_600_000 })
  const { response } = await clientOf(vendor).get('/').withResponse()
  expect(response.headers['date']).toBe('Mon, 31 Dec 2029 23:00:00 GMT')
})

it('lets the vendor do the work of a request whose answer is lost only where it is told to', async () => {
  let done = 0
  using vendor = mockVendor(
    { origin: 'https://tracker.test', respond: () => Response.json(++done) },
    { front: 'memory' },
  )
  const http = clientOf(vendor)
  const lost: readonly (readonly [Fault, number])[] = [
    [{ kind: 'reset' }, 1],
    [{ kind: 'reset', processed: true }, 2],
    [{ kind: 'fin', processed: true }, 2],
    [{ kind: 'stall', processed: true }, 2],
    [{ kind: 'garbage', processed: true }, 2],
    [{ kind: 'garbage' }, 1],
    [{ kind: 'status', status: 503 }, 1],
    [{ kind: 'truncated' }, 2],
    [{ kind: 'reset', at: 'body' }, 2],
  ]
  for (const [fault, times] of lost) {
    done = 0
    vendor.fault(fault)
    await http.get('/')
    expect([fault, done]).toEqual([fault, times])
  }
})

it('breaks what has no body too, and HTML as well as JSON', async () => {
  using vendor = mockVendor(
    { origin: 'https://tracker.test', respond: () => new Response(null, { status: 204 }) },
    { front: 'memory' },
  )
  const http = clientOf(vendor, { retry: false })
  vendor.fault({ kind: 'truncated' })
  await expect(http.get('/')).rejects.toMatchObject({ phase: 'body' })
  vendor.fault({ kind: 'malformed-json' })
  await expect(http.get('/')).rejects.toMatchObject({ code: 'DECODE' })
})

it('takes every answer’s latency in virtual time', async () => {
  using vendor = start({ latencyMs: 250 })
  const http = clientOf(vendor)
  for (let sent = 0; sent < 4; sent++) await http.get('/')
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBe(1_000)
  expect(vendor.clock.slept).toEqual([])
})

const storm = async (seed: number): Promise<readonly unknown[]> => {
  using vendor = start({ chaos: chaos({ seed, rate: 0.4 }) })
  const http = clientOf(vendor, { retry: { maxAttempts: 20 }, deadline: 3_600_000 })
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => http.get(`/${at}`)))
  expect(answers).toEqual(Array.from({ length: 40 }, (_, at) => `https://tracker.test/${at}`))
  return vendor.requests.map(({ path, outcome }) => `${path} ${outcome}`).toSorted()
}

it('draws the same faults from the same seed, and others from another', async () => {
  const [first, again, other] = [await storm(7), await storm(7), await storm(8)]
  expect(first).toEqual(again)
  expect(first).not.toEqual(other)
  const struck = first.filter((line) => !String(line).endsWith(' 200'))
  expect(struck.length).toBeGreaterThan(10)
})

it('draws about as often as the rate says, from all faults', () => {
  const plan = chaos({ seed: 1, rate: 0.25 })
  const drawn = Array.from({ length: 4_000 }, (_, at) => plan.next({ method: 'GET', path: `/${at}` }))
  const struck = drawn.filter((fault) => fault !== undefined)
  expect(struck.length).toBeGreaterThan(900)
  expect(struck.length).toBeLessThan(1_100)
  expect(new Set(struck).size).toBe(16)
})

it('says in the failure which seed it was and what it drew', async () => {
  const plan = chaos({ seed: 3, rate: 1, faults: [{ kind: 'reset' }] })
  using vendor = start({ chaos: plan })
  const failure = plan.run(() => clientOf(vendor, { retry: false }).get('/tickets'))
  await expect(failure).rejects.toThrow(
    [
      'GET /tickets: the connection ended before an answer (ECONNRESET).',
      '',
      'With `chaos({ seed: 3 })`, which replays it:',
      '  GET /tickets, time 1: {"kind":"reset"}',
    ].join('\n'),
  )
  await expect(failure).rejects.toMatchObject({ cause: { code: 'NETWORK' } })
  expect(await plan.run(() => 'fine')).toBe('fine')
})

it('has a seed of its own where none is given', () => {
  expect(Number.isInteger(chaos().seed)).toBe(true)
  expect(new Set(Array.from({ length: 5 }, () => chaos().seed)).size).toBeGreaterThan(1)
})

it.each([{ seed: 1.5 }, { rate: 2 }, { rate: -1 }, { faults: [] }, { sed: 1 }])('refuses %j', (options) => {
  expect(() => chaos(options)).toThrow('chaos')
})

it.each<[string, (vendor: MockVendor) => void]>([
  ['There is no fault `nope`', ({ fault }) => fault(JSON.parse('{"kind":"nope"}'))],
  ['The fault `reset` has no option `ms`', ({ fault }) => fault(JSON.parse('{"kind":"reset","ms":5}'))],
  ['The fault `status` has no option `retryAfter`', ({ fail }) => fail(429, JSON.parse('{"retryAfter":5}'))],
  ['A fault has no option `time`', ({ hang }) => hang(JSON.parse('{"time":5}'))],
  ['`times` is a number', ({ reset }) => reset({ times: Number.NaN })],
  ['`latency.ms` is a number', ({ fault }) => fault({ kind: 'latency', ms: -1 })],
  ['`retryAfterSeconds` is a number', ({ fail }) => fail(429, { retryAfterSeconds: -1 })],
  ['A `status` is a whole number', ({ fail }) => fail(99)],
  ['A `status` is a whole number', ({ fail }) => fail(JSON.parse('"503"'))],
])('refuses a fault that would not strike as it is meant: %s', (message, add) => {
  using vendor = start()
  expect(() => add(vendor)).toThrow(message)
})

it('moves the date back as well', async () => {
  using vendor = start()
  vendor.fault({ kind: 'skewed-date', ms: -60_000 })
  const { response } = await clientOf(vendor).get('/a').withResponse()
  expect(Date.parse(response.headers['date'] ?? '')).toBe(vendor.clock.now - 60_000)
})
