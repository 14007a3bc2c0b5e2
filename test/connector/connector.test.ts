import { ConsecutiveBreaker } from 'cockatiel'
import { expect, it } from 'vitest'
import {
  ConfigurationError,
  Connector,
  anonymous,
  bearer,
  circuitBreaker,
  quota,
  refusalWhen,
  throttle,
  type ConnectorOptions,
  type HttpResponse,
  type Policy,
  type VendorProfile,
} from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'tracker',
    baseUrl: 'https://tracker.test/',
    origins: ['https://files.tracker.test'],
    idempotency: { header: 'Idempotency-Key' },
    maxConcurrent: 7,
  }
}
const answering = (respond: (request: Request) => Response): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond })

it('describes the standard stack, outermost first, with the options in force', () => {
  const { vendor, baseUrl, policies, transport } = new Tracker({ auth: bearer('t') }).describe()
  expect([vendor, baseUrl, transport.name]).toEqual(['tracker', 'https://tracker.test', 'axiosTransport'])
  expect(policies.map(({ name }) => name)).toEqual([
    'deadline',
    'idempotency',
    'retry',
    'circuitBreaker',
    'throttle',
    'bulkhead',
    'redirect',
    'authenticate',
    'attemptTimeout',
    'report',
  ])
  expect(policies).toMatchObject([
    { totalMs: 60_000 },
    { header: 'idempotency-key' },
    { maxAttempts: 4 },
    { openMs: 30_000 },
    { scheduler: 'gate' },
    { maxConcurrent: 7 },
    {},
    { credential: 'bearer' },
    { timeoutMs: 30_000 },
    {},
  ])
  expect(JSON.stringify(new Tracker({ auth: bearer('canary') }).describe())).not.toContain('canary')
})

it('describes what it was made of, whatever became of the options, and asks nobody anew for it', () => {
  let asked = 0
  const shared = quota()
  const policies = (standard: readonly Policy[]): readonly Policy[] => (asked++, standard.slice(1))
  const options = { auth: bearer('t'), deadline: 5_000, throttle: { quota: shared } }
  const plain = new Tracker(options)
  const changed = new Tracker({ ...options, policies })
  options.deadline = 9_000
  expect(plain.describe().policies[0]).toEqual({ name: 'deadline', totalMs: 5_000 })
  expect(plain.describe()).toEqual(plain.describe())
  expect(changed.describe().policies[0]).toMatchObject({ name: 'idempotency' })
  expect(changed.describe()).toEqual(changed.describe())
  expect(asked).toBe(1)
  expect(shared.nextConnection()).toBe('connection 3')
})

it('tells the quotas of every throttle in its stack, and none where there is none', async () => {
  const transport = async (): Promise<HttpResponse> => ({ status: 200, headers: {}, body: new Uint8Array() })
  const named = (name: string): Policy => throttle({ limits: [{ name, limit: 5, windowMs: 1_000 }] })
  const two = new Tracker({ auth: anonymous(), transport, policies: () => [named('a'), named('b')] })
  const none = new Tracker({ auth: anonymous(), transport, throttle: false })
  for (const { http } of [two, none]) await http.text('/t')
  expect(two.quota().map(({ name }) => name)).toEqual(['a', 'b'])
  expect(none.quota()).toEqual([])
})

it('takes options, a policy of one’s own or false in each slot', async () => {
  using vendor = answering(() => new Response('{}', { status: 503 }))
  const seen: string[] = []
  const own: Policy = (next) => async (request) => (seen.push(request.operation), next(request))
  const client = new Tracker({
    auth: anonymous(),
    ...vendor.options,
    retry: { maxAttempts: 2 },
    bulkhead: own,
    circuitBreaker: false,
    deadline: 5_000,
  })
  await client.http.get('/t').catch(() => {})
  expect(seen).toEqual(['GET /t', 'GET /t'])
  expect(client.describe().policies.map(({ name }) => name)).toEqual([
    'deadline',
    'idempotency',
    'retry',
    'throttle',
    'own',
    'redirect',
    'authenticate',
    'attemptTimeout',
    'report',
  ])
  expect(client.describe().policies.find(({ name }) => name === 'attemptTimeout')).toMatchObject({ timeoutMs: 5_000 })
})

it('takes an option that is given as undefined for one that is not given', () => {
  const given: object = { maxConcurrent: undefined }
  const redirect: object = { elsewhere: undefined, origins: undefined }
  const { policies } = new Tracker({ auth: bearer('t'), bulkhead: given, redirect }).describe()
  const found = (wanted: string): object | undefined => policies.find(({ name }) => name === wanted)
  expect(found('bulkhead')).toMatchObject({ maxConcurrent: 7 })
  expect(found('redirect')).toMatchObject({ origins: ['https://tracker.test', 'https://files.tracker.test'] })
})

it('shares a breaker between two connectors that were given the same one', async () => {
  using vendor = answering(() => new Response('{}'))
  const breaker = circuitBreaker()
  breaker.isolate()
  for (let client = 0; client < 2; client++) {
    await expect(
      new Tracker({ auth: anonymous(), ...vendor.options, circuitBreaker: breaker }).http.get('/t'),
    ).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
  }
  expect(vendor.requests).toEqual([])
})

it('lets the whole stack be rearranged', async () => {
  using vendor = answering(() => new Response('{}', { status: 503 }))
  const client = new Tracker({
    auth: anonymous(),
    ...vendor.options,
    policies: (standard) => standard.filter(({ settings }) => settings?.name !== 'retry'),
  })
  await expect(client.http.get('/t')).rejects.toMatchObject({ status: 503 })
  expect(vendor.requests).toHaveLength(1)
})

it('takes what the quota’s reader refuses for a throttle: sends a write again, opens no circuit, tells the error', async () => {
  class Metered extends Connector {
    static override readonly profile: VendorProfile = {
      name: 'metered',
      baseUrl: 'https://tracker.test',
      quota: { reader: refusalWhen({ status: 403, body: 'too fast', pauseMs: 3_000 }) },
    }
  }
  using vendor = answering(() => new Response('{"id":1}', { status: 201 }))
  const breaker = (): ConsecutiveBreaker => new ConsecutiveBreaker(1)
  const { http } = new Metered({ auth: anonymous(), ...vendor.options, circuitBreaker: { breaker } })
  vendor.fail(403, { body: 'too fast' })
  expect(await http.post('/t', { json: {} })).toEqual({ id: 1 })
  expect(vendor.clock.slept).toEqual([3_000])
  vendor.fail(403, { body: 'too fast', times: 4 })
  await expect(http.post('/t', { json: {} })).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_000 })
  vendor.fail(403, { body: 'not yours' })
  await expect(http.post('/t', { json: {} })).rejects.toMatchObject({ code: 'HTTP_STATUS', attempts: 1 })
})

it('lets a profile’s own `throttled` go before the reader', async () => {
  class Own extends Connector {
    static override readonly profile: VendorProfile = {
      name: 'own',
      baseUrl: 'https://tracker.test',
      quota: { reader: refusalWhen({ status: 403 }) },
      throttled: ({ status }) => (status === 420 ? { retryAfterMs: 2_000 } : undefined),
    }
  }
  using vendor = answering(() => new Response('{}'))
  const { http } = new Own({ auth: anonymous(), ...vendor.options })
  vendor.fail(420)
  expect(await http.get('/t')).toEqual({})
  expect(vendor.clock.slept).toEqual([2_000])
  vendor.fail(403)
  await expect(http.get('/t')).rejects.toMatchObject({ code: 'HTTP_STATUS', attempts: 1 })
})

it('refuses what cannot work, when it is made', () => {
  const make = (options: Partial<ConnectorOptions> & Record<string, unknown>) => () =>
    new Tracker({ auth: bearer('t'), ...options })
  expect(make({ baseUrl: '/api' })).toThrow('absolute http or https URL')
  for (const baseUrl of ['ftp://tracker.test', 'https://tracker.test/v1?', 'https://tracker.test/v1#']) {
    expect(make({ baseUrl })).toThrow(ConfigurationError)
  }
  expect(make({ baseUrl: 'https://user:canary@tracker.test' })).toThrow(/^(?!.*canary).*basic/)
  expect(make({ deadline: 1_000, attemptTimeout: 2_000 })).toThrow('is above `deadline`')
  expect(make({ deadline: 0 })).toThrow('`deadline`')
  expect(make({ timeout: 5 })).toThrow('no option `timeout`')
  expect(make({ retry: { attempts: 3 } as never })).toThrow('no option `attempts`')
  expect(make({ auth: 'token' as never })).toThrow('needs `auth`')
  expect(make({ headers: { 'x-bad': 'a\nb' } })).toThrow('line break')
  class Bare extends Connector {}
  expect(() => new Bare({ auth: anonymous() })).toThrow('no `static readonly profile`')
})

it('keeps a credential for another host of the same API to that host', async () => {
  const standard = new Tracker({ auth: bearer('t') })
  const enterprise = new Tracker({ auth: bearer('t'), baseUrl: 'https://tracker.corp.test/api/' })
  expect(standard.http.build('GET', 'https://files.tracker.test/x').url).toBe('https://files.tracker.test/x')
  expect(enterprise.http.build('GET', '/x').url).toBe('https://tracker.corp.test/api/x')
  expect(() => enterprise.http.build('GET', 'https://files.tracker.test/x')).toThrow(
    'talks to https://tracker.corp.test only',
  )
})

it('tells a listener everything, in order', async () => {
  using vendor = answering(() => new Response('{}'))
  vendor.fail(503, { headers: { 'retry-after': '1' } })
  const types: string[] = []
  await new Tracker({ auth: anonymous(), ...vendor.options, onEvent: ({ type }) => types.push(type) }).http.get('/t')
  expect(types).toEqual(['attempt', 'retry', 'attempt', 'call'])
})

it('ends an attempt at the deadline also without an attempt timeout', async () => {
  using vendor = answering(() => new Response('{}'))
  vendor.hang()
  const client = new Tracker({ auth: anonymous(), ...vendor.options, attemptTimeout: false, deadline: 5_000 })
  const since = vendor.clock.now
  await expect(client.http.get('/t')).rejects.toMatchObject({ code: 'TIMEOUT' })
  expect(vendor.clock.now - since).toBeLessThanOrEqual(5_000)
  expect(vendor.clock.pending).toBe(0)
})

it('gives a built-in connector no right that another lacks', () => {
  expect(Object.getPrototypeOf(GitHub)).toBe(Connector)
})
