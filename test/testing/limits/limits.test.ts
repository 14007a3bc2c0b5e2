import { expect, it } from 'vitest'
import {
  Connector,
  anonymous,
  bearer,
  ietfRateLimit,
  keyValues,
  usedOfMax,
  xRateLimit,
  type Limit,
  type QuotaReader,
  type ResetForm,
  type VendorProfile,
  type WindowKind,
} from 'hawser'
import {
  createLimiter,
  ietfHeaders,
  keyValueHeaders,
  mockVendor,
  usedOfMaxHeaders,
  xRateLimitHeaders,
  type Simulator,
  type TellQuota,
  type VendorQuota,
} from 'hawser/testing'

const get = { method: 'GET', url: 'https://vendor.test/', headers: {} }
const limit = (kind: WindowKind, over: Partial<Limit> = {}): Limit => ({
  name: 'main',
  limit: 3,
  windowMs: 1_000,
  kind,
  ...over,
})

/** Asks at each moment, and tells which calls were let through. */
function admitted(quota: Partial<VendorQuota> & Pick<VendorQuota, 'limits'>, moments: readonly number[]): string {
  const limiter = createLimiter(quota)
  return moments
    .map((now) => {
      const admission = limiter.admit(get, now)
      if (admission.ok) admission.leave()
      return admission.ok ? 'y' : 'n'
    })
    .join('')
}

it.each([
  // On the vendor's grid: a window that began with a late burst ends all the same.
  ['fixed', [900, 910, 920, 930, 999, 1_000, 1_001, 1_002, 1_003], 'yyynnyyyn'],
  ['first-call', [900, 910, 920, 930, 1_000, 1_899, 1_900, 1_901], 'yyynnnyy'],
  ['sliding', [0, 500, 900, 999, 1_000, 1_001, 1_499, 1_500, 1_501], 'yyynynnyn'],
  // One comes back every 333⅓ ms, three at most.
  ['token-bucket', [0, 0, 0, 0, 333, 334, 335, 10_000, 10_000, 10_000, 10_000], 'yyynnynyyyn'],
  ['leaky-bucket', [0, 0, 333, 334, 335, 667, 668, 10_000, 10_000], 'ynnynnyyn'],
] as const)('counts a %s limit as such a vendor does', (kind, moments, expected) => {
  expect(admitted({ limits: [limit(kind)] }, moments)).toBe(expected)
})

it('takes a burst for the size of a token bucket', () => {
  expect(admitted({ limits: [limit('token-bucket', { burst: 5 })] }, [0, 0, 0, 0, 0, 0, 334])).toBe('yyyyyny')
})

it('says when there is room again, and charges nobody who was refused', () => {
  const limiter = createLimiter({
    limits: [limit('fixed'), limit('sliding', { name: 'short', limit: 1, windowMs: 100 })],
  })
  expect(limiter.admit(get, 500)).toMatchObject({ ok: true })
  expect(limiter.admit(get, 550)).toMatchObject({ ok: false, refusal: { limit: { name: 'short' }, retryAfterMs: 50 } })
  const { states } = limiter.admit(get, 600)
  expect(states).toMatchObject([
    { name: 'main', limit: 3, remaining: 1, resetsAt: 1_000 },
    { name: 'short', limit: 1, remaining: 0, resetsAt: 700 },
  ])
})

it('counts requests at once, each until its answer has gone', () => {
  const limiter = createLimiter({ limits: [], maxConcurrent: 2 })
  const first = limiter.admit(get, 0)
  limiter.admit(get, 0)
  expect(limiter.admit(get, 0)).toMatchObject({ ok: false, refusal: { of: 'concurrency', limit: { limit: 2 } } })
  if (first.ok) first.leave()
  expect(limiter.admit(get, 0).ok).toBe(true)
})

it.each(['app', 'connection', 'family', 'object'] as const)('counts for each %s apart', (scope) => {
  const limiter = createLimiter({
    limits: [{ ...limit('fixed'), limit: 1, scope }],
    family: ({ url }) => new URL(url).pathname,
    object: ({ url }) => new URL(url).searchParams.get('object') ?? undefined,
  })
  const ask = (who: string, at: string): boolean =>
    limiter.admit({ method: 'GET', url: `https://vendor.test${at}`, headers: { authorization: who } }, 0).ok
  const asked = [ask('a', '/x?object=1'), ask('a', '/x?object=2'), ask('a', '/y?object=1'), ask('b', '/x?object=1')]
  expect(asked).toEqual(
    {
      app: [true, false, false, false],
      connection: [true, false, false, true],
      family: [true, false, true, true],
      object: [true, true, false, true],
    }[scope],
  )
})

it('counts reads and writes apart, as a profile says', () => {
  const limiter = createLimiter({
    limits: [
      { ...limit('fixed'), name: 'reads', limit: 1, counts: 'reads' },
      { ...limit('fixed'), name: 'writes', limit: 2, counts: 'writes' },
    ],
  })
  const asked = ['GET', 'POST', 'HEAD', 'DELETE', 'PATCH'].map((method) => {
    const admission = limiter.admit({ ...get, method }, 0)
    return admission.ok ? 'ok' : admission.refusal.limit.name
  })
  expect(asked).toEqual(['ok', 'ok', 'reads', 'ok', 'writes'])
})

it('counts by family, by method, and by what a call costs', () => {
  const limiter = createLimiter({
    limits: [
      { ...limit('fixed'), name: 'search', limit: 1, families: ['search'] },
      { ...limit('fixed'), name: 'writes', limit: 1, methods: ['POST'] },
      { ...limit('fixed'), name: 'points', limit: 10, costs: { POST: 5 } },
    ],
    family: ({ operation }) => (operation.includes('/search') ? 'search' : 'core'),
    cost: ({ url }) => (url.endsWith('dear') ? 3 : 1),
  })
  const ask = (method: string, path: string): string => {
    const admission = limiter.admit({ ...get, method, url: `https://vendor.test${path}` }, 0)
    return admission.ok ? 'ok' : admission.refusal.limit.name
  }
  expect([ask('GET', '/search'), ask('GET', '/search'), ask('GET', '/core')]).toEqual(['ok', 'search', 'ok'])
  expect([ask('POST', '/core'), ask('POST', '/core'), ask('GET', '/dear')]).toEqual(['ok', 'writes', 'ok'])
  expect(ask('GET', '/core')).toBe('points')
})

const now = Date.UTC(2030, 0, 1, 0, 0, 0, 400)
const state = { name: 'main', limit: 40, remaining: 8, windowMs: 60_000, resetsAt: now + 30_000 }
const forms: readonly ResetForm[] = ['epoch-seconds', 'epoch-ms', 'delta-seconds', 'delta-ms', 'iso-8601', 'duration']
const dialects: readonly (readonly [string, TellQuota, QuotaReader])[] = [
  ...forms.map((reset) => [`x-ratelimit, ${reset}`, xRateLimitHeaders({ reset }), xRateLimit({ reset })] as const),
  ['ietf', ietfHeaders(), ietfRateLimit()],
  ['ietf with a prefix', ietfHeaders({ prefix: 'beta-' }), ietfRateLimit({ prefix: 'beta-' })],
  ['used of max', usedOfMaxHeaders({ header: 'x-usage' }), usedOfMax({ header: 'x-usage' })],
  [
    'pairs',
    keyValueHeaders({ header: 'x-quota', reset: 'delta-seconds' }),
    keyValues({ header: 'x-quota', reset: 'delta-seconds' }),
  ],
]

it.each(dialects)('writes what the quota reader reads: %s', (_, write, read) => {
  const told = read({ status: 200, headers: write([state], now), body: new Uint8Array() }, now)?.windows?.[0]
  expect(told).toMatchObject({ limit: 40, remaining: 8 })
  const resetsAt = told?.resetsAtVendor ?? (told?.resetsInMs === undefined ? undefined : now + told.resetsInMs)
  if (resetsAt === undefined) return
  expect(resetsAt).toBeGreaterThanOrEqual(state.resetsAt)
  expect(resetsAt - state.resetsAt).toBeLessThanOrEqual(told?.precisionMs ?? 0)
})

const vendor = (quota: VendorQuota): Simulator => ({
  origin: 'https://vendor.test',
  quota,
  respond: () => Response.json({}),
})

function clientOf(limits: readonly Limit[], mock: ReturnType<typeof mockVendor>): Connector['http'] {
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = {
      name: 'vendor',
      baseUrl: 'https://vendor.test',
      maxConcurrent: 5,
      quota: { limits },
    }
  }
  return new Vendor({ auth: anonymous(), ...mock.options, deadline: 3_600_000 }).http
}

const kinds: readonly WindowKind[] = ['fixed', 'first-call', 'sliding', 'token-bucket', 'leaky-bucket']
it.each(kinds)('a client that knows a limit of kind %s never goes beyond it, and wastes little', async (kind) => {
  const limits = [{ name: 'main', limit: 20, windowMs: 10_000, kind }]
  using mock = mockVendor(vendor({ limits, maxConcurrent: 5 }), { front: 'memory', latencyMs: 50 })
  const http = clientOf(limits, mock)
  await Promise.all(Array.from({ length: 100 }, (_, at) => http.get(`/${at}`)))
  expect([mock.requests.length, mock.violations]).toEqual([100, []])
  // Five windows of twenty; a leaky bucket spreads them, and a full one is spent at once.
  expect(mock.clock.now - Date.UTC(2030, 0, 1)).toBeLessThan(52_000)
})

it('refuses a client that knows nothing, in the vendor’s dialect, and books it', async () => {
  using mock = mockVendor(
    vendor({
      limits: [{ name: 'main', limit: 2, windowMs: 60_000 }],
      tell: xRateLimitHeaders({ reset: 'epoch-seconds' }),
    }),
    { front: 'memory', startAt: Date.UTC(2030, 0, 1, 0, 0, 15) },
  )
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
  }
  const { http } = new Vendor({ auth: anonymous(), ...mock.options, throttle: false })
  const answers = await Promise.all([1, 2, 3].map((at) => http.get(`/${at}`).withResponse()))
  expect(answers.map(({ response }) => response.headers['x-ratelimit-remaining'])).toEqual(['1', '0', '1'])
  expect(mock.clock.slept).toEqual([45_000])
  expect(mock.violations).toEqual([
    { at: Date.UTC(2030, 0, 1, 0, 0, 15), method: 'GET', url: 'https://vendor.test/3', of: 'rate', limit: 'main' },
  ])
  expect(mock.requests[2]?.outcome).toBe('refused')
})

it('lets others use a limit up, and changes one in the middle of a test', async () => {
  using mock = mockVendor(
    vendor({
      limits: [{ name: 'main', limit: 10, windowMs: 60_000 }],
      tell: xRateLimitHeaders({ reset: 'epoch-seconds' }),
    }),
    {
      front: 'memory',
    },
  )
  const http = clientOf([], mock)
  const remaining = async (): Promise<string | undefined> =>
    (await http.get('/').withResponse()).response.headers['x-ratelimit-remaining']
  expect(await remaining()).toBe('9')
  expect(mock.limits.spend('main', 4)).toBe(true)
  expect(await remaining()).toBe('4')
  mock.limits.change('main', 7)
  expect(await remaining()).toBe('0')
  expect(mock.limits.spend('main')).toBe(false)
  expect(() => mock.limits.spend('mane')).toThrow('There is no limit `mane`. There are: main.')
})

it('counts each mock vendor anew, and each credential apart', async () => {
  const simulator = vendor({ limits: [{ name: 'main', limit: 1, windowMs: 60_000 }] })
  for (let time = 0; time < 2; time++) {
    using mock = mockVendor(simulator, { front: 'memory' })
    class Vendor extends Connector {
      static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
    }
    for (const token of ['a-token', 'b-token']) await new Vendor({ auth: bearer(token), ...mock.options }).http.get('/')
    expect(mock.violations).toEqual([])
  }
})
