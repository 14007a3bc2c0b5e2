import { expect, it } from 'vitest'
import { proven, type QuotaSample } from '../../src/quota/proven.ts'
import { costBody } from '../../src/quota/readers/cost-body.ts'
import { ietfRateLimit } from '../../src/quota/readers/ietf.ts'
import { keyValues } from '../../src/quota/readers/key-values.ts'
import { refusalWhen } from '../../src/quota/readers/refusal-when.ts'
import { readReset } from '../../src/quota/readers/reset.ts'
import { usedOfMax } from '../../src/quota/readers/used-of-max.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import type { QuotaReader } from '../../src/quota/reading.ts'

const now = Date.UTC(2030, 0, 1)
const holds = (reader: QuotaReader, ...samples: readonly QuotaSample[]): void => {
  expect(proven(reader, ...samples)).toBe(reader)
}

it('reads a reset in each form', () => {
  const epoch = now / 1000 + 60
  expect(readReset(String(epoch), 'epoch-seconds', now)).toEqual({ resetsAtVendor: now + 60_000, precisionMs: 1000 })
  expect(readReset(String(now + 5), 'epoch-ms', now)).toEqual({ resetsAtVendor: now + 5, precisionMs: 0 })
  expect(readReset('41', 'delta-seconds', now)).toEqual({ resetsInMs: 41_000, precisionMs: 1000 })
  expect(readReset('0.713', 'delta-seconds', now)).toEqual({ resetsInMs: 713, precisionMs: 0 })
  expect(readReset('900', 'delta-ms', now)).toEqual({ resetsInMs: 900, precisionMs: 0 })
  expect(readReset('2030-01-01T00:05Z', 'iso-8601', now)).toEqual({
    resetsAtVendor: now + 300_000,
    precisionMs: 60_000,
  })
  expect(readReset('6m0s', 'duration', now)).toEqual({ resetsInMs: 360_000, precisionMs: 1000 })
  expect(readReset('1h2m3.5s', 'duration', now)).toEqual({ resetsInMs: 3_723_500, precisionMs: 0 })
  expect(readReset('20ms', 'duration', now)).toEqual({ resetsInMs: 20, precisionMs: 0 })
})

it('reads nothing from a reset that has another form or cannot be meant', () => {
  expect(readReset(undefined, 'delta-seconds', now)).toEqual({})
  expect(readReset('-1', 'delta-seconds', now)).toEqual({})
  expect(readReset('soon', 'duration', now)).toEqual({})
  expect(readReset('60', 'epoch-seconds', now)).toEqual({})
  expect(readReset(String(now / 1000), 'delta-seconds', now)).toEqual({})
  expect(readReset('1893456000', 'iso-8601', now)).toEqual({})
})

it('reads three headers, with the window’s name and length', () => {
  holds(xRateLimit({ reset: 'delta-seconds', windowHeader: 'x-kind', windowMs: { search: 60_000 } }), {
    headers: { 'x-ratelimit-limit': '30', 'x-ratelimit-remaining': '29', 'x-ratelimit-reset': '7', 'x-kind': 'search' },
    reads: {
      windows: [{ name: 'search', limit: 30, remaining: 29, resetsInMs: 7000, precisionMs: 1000, windowMs: 60_000 }],
    },
  })
})

it('reads the older triplet of the draft', () => {
  const headers = { limit: 'ratelimit-limit', remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' }
  holds(xRateLimit({ reset: 'delta-seconds', headers, windowMs: 60_000 }), {
    headers: { 'ratelimit-limit': '100', 'ratelimit-remaining': '50', 'ratelimit-reset': '50' },
    reads: { windows: [{ limit: 100, remaining: 50, resetsInMs: 50_000, precisionMs: 1000, windowMs: 60_000 }] },
  })
})

it('reads the draft’s lists, each window with its own state', () => {
  holds(
    ietfRateLimit(),
    {
      headers: {
        'ratelimit-policy': '"burst";q=100;w=60,"daily";q=1000;w=86400',
        ratelimit: '"daily";r=50;t=30',
      },
      reads: {
        windows: [
          { name: 'burst', limit: 100, windowMs: 60_000 },
          { name: 'daily', limit: 1000, remaining: 50, resetsInMs: 30_000, precisionMs: 1000, windowMs: 86_400_000 },
        ],
      },
    },
    {
      headers: { 'ratelimit-policy': '"open";q=20;qu="concurrent-requests", "size";q=9;qu="content-bytes";w=1' },
      reads: { windows: [{ name: 'concurrency', limit: 20 }] },
    },
  )
})

it('reads nothing from lists that are malformed', () => {
  const reader = ietfRateLimit()
  const read = (headers: Record<string, string>): unknown =>
    reader({ status: 200, headers, body: new Uint8Array() }, now)
  expect(read({ ratelimit: '"a;r=5' })).toBeUndefined()
  expect(read({ ratelimit: '"a";r=5 garbage, "b";r=1' })).toBeUndefined()
  expect(read({ ratelimit: '"a";r=-5;t=x' })).toEqual({ windows: [{ name: 'a' }] })
  expect(read({})).toBeUndefined()
})

it('takes a prefix before the draft’s names', () => {
  holds(ietfRateLimit({ prefix: 'beta-' }), {
    headers: { 'beta-ratelimit': '"tenant";r=17842;t=2107', 'beta-ratelimit-policy': '"tenant";q=100100;w=3600' },
    reads: {
      windows: [
        {
          name: 'tenant',
          limit: 100_100,
          remaining: 17_842,
          resetsInMs: 2_107_000,
          precisionMs: 1000,
          windowMs: 3_600_000,
        },
      ],
    },
  })
})

it('reads what is used of what there is', () => {
  holds(usedOfMax({ header: 'x-call-limit', kind: 'token-bucket', windowMs: 20_000 }), {
    headers: { 'x-call-limit': '32/40' },
    reads: { windows: [{ limit: 40, remaining: 8, windowMs: 20_000, kind: 'token-bucket' }] },
  })
  holds(usedOfMax({ header: 'limit-info', after: 'api-usage=', window: 'daily' }), {
    headers: { 'limit-info': 'per-app=1/2; api-usage=113/5000000' },
    reads: { windows: [{ name: 'daily', limit: 5_000_000, remaining: 4_999_887 }] },
  })
})

it('reads pairs', () => {
  holds(keyValues({ header: 'vendor-tickets', reset: 'delta-seconds', window: 'tickets', windowMs: 60_000 }), {
    headers: { 'vendor-tickets': 'total=100; remaining=99; resets=41' },
    reads: {
      windows: [
        { name: 'tickets', limit: 100, remaining: 99, resetsInMs: 41_000, precisionMs: 1000, windowMs: 60_000 },
      ],
    },
  })
})

it('reads cost and state from a body', () => {
  const status = 'extensions.cost.throttleStatus'
  holds(
    costBody({
      cost: 'extensions.cost.actualQueryCost',
      limit: `${status}.maximumAvailable`,
      remaining: `${status}.currentlyAvailable`,
      restorePerSecond: `${status}.restoreRate`,
    }),
    {
      headers: {},
      body: {
        extensions: {
          cost: {
            actualQueryCost: 12,
            throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 1988, restoreRate: 100 },
          },
        },
      },
      reads: { windows: [{ limit: 2000, remaining: 1988, windowMs: 20_000, kind: 'token-bucket' }], cost: 12 },
    },
    { headers: {}, body: 'no JSON', reads: {} },
  )
})

it('recognises a refusal by status, header and body, all together', () => {
  const reader = refusalWhen({
    status: [403, 429],
    header: { name: 'reason', is: /^concurrency/ },
    body: 'slow down',
    of: 'concurrency',
    pauseMs: 5,
  })
  holds(
    reader,
    {
      status: 403,
      headers: { reason: 'concurrency-global' },
      body: 'slow down',
      reads: { refusal: { of: 'concurrency', retryAfterMs: 5 } },
    },
    { status: 403, headers: { reason: 'rate' }, body: 'slow down', reads: {} },
    { status: 403, headers: { reason: 'concurrency' }, body: 'no', reads: {} },
    { status: 200, headers: { reason: 'concurrency' }, body: 'slow down', reads: {} },
  )
})

it('fails where it is defined if it misreads a sample', () => {
  const wrong = xRateLimit({ reset: 'epoch-seconds' })
  const headers = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '30' }
  const reads = { windows: [{ limit: 10, remaining: 9, resetsInMs: 30_000, precisionMs: 1000 }] }
  expect(() => proven(wrong, { headers, reads })).toThrow('where its sample means')
})

it('takes a call without a cost that asked for more than remains for refused, until the rest is there', () => {
  const read = costBody({
    cost: 'spent',
    requested: 'asked',
    limit: 'limit',
    remaining: 'left',
    restorePerSecond: 'restore',
    window: 'points',
  })
  const told = (body: object): unknown =>
    read({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) }, 0)?.refusal
  const state = { limit: 1000, left: 100, restore: 50 }
  expect(told({ ...state, asked: 600, spent: null })).toEqual({ window: 'points', retryAfterMs: 10_000 })
  expect(told({ limit: 1000, left: 100, asked: 600 })).toEqual({ window: 'points' })
  expect(told({ ...state, asked: 600, spent: 500 })).toBeUndefined()
  expect(told({ ...state, asked: 100, spent: null })).toBeUndefined()
})
