import { expect, it } from 'vitest'
import {
  costBody,
  refusalWhen,
  throttledBy,
  xRateLimit,
  type HttpResponse,
  type QuotaReader,
  type Throttle,
} from 'hawser'

const now = Date.UTC(2030, 0, 1)
const reset = (ms: number): string => String((now + ms) / 1000)
const answer = (status: number, headers: Record<string, string> = {}, body: unknown = ''): HttpResponse => ({
  status,
  headers,
  body: Buffer.from(JSON.stringify(body)),
})
const triplet = xRateLimit({ reset: 'epoch-seconds', windowMs: 60_000 })
const used = (resetMs: number, remaining = 0): Record<string, string> => ({
  'x-ratelimit-limit': '10',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': reset(resetMs),
})
const read = (reader: QuotaReader | readonly QuotaReader[] | undefined, response: HttpResponse): Throttle | undefined =>
  throttledBy(reader)(response, now)

it('takes a 429 for a throttle whatever the reader says, and no other status that the reader does not refuse', () => {
  expect(read(undefined, answer(429, { 'retry-after': '7' }))).toEqual({ retryAfterMs: 7000 })
  expect(read(triplet, answer(429))).toEqual({ retryAfterMs: undefined })
  expect(read(triplet, answer(403, used(5000)))).toBeUndefined()
  expect(read(undefined, answer(503, { 'retry-after': '7' }))).toBeUndefined()
})

it('takes what the reader refuses for a throttle, of whatever status and kind', () => {
  const readers = [
    triplet,
    refusalWhen({ status: 403, body: 'slow down', pauseMs: 60_000 }),
    refusalWhen({ status: 400, body: 'locked', of: 'object' }),
  ]
  expect(read(readers, answer(403, {}, 'slow down'))).toEqual({ retryAfterMs: 60_000 })
  expect(read(readers, answer(403, { 'retry-after': '2' }, 'slow down'))).toEqual({ retryAfterMs: 2000 })
  expect(read(readers, answer(400, {}, 'locked'))).toEqual({ retryAfterMs: undefined })
  expect(read(readers, answer(403, {}, 'forbidden'))).toBeUndefined()
})

it('lasts until the last reset of the windows that are told empty, where the answer asks for no time', () => {
  expect(read(triplet, answer(429, used(5000)))).toEqual({ retryAfterMs: 5000 })
  expect(read(triplet, answer(429, used(5000, 3)))).toEqual({ retryAfterMs: undefined })
  expect(read(triplet, answer(429, { ...used(5000), 'retry-after': '2' }))).toEqual({ retryAfterMs: 2000 })
  const daily = xRateLimit({
    reset: 'delta-seconds',
    window: 'daily',
    headers: { limit: 'daily-limit', remaining: 'daily-remaining', reset: 'daily-reset' },
  })
  const both = { ...used(5000), 'daily-limit': '100', 'daily-remaining': '0', 'daily-reset': '900' }
  expect(read([triplet, daily], answer(429, both))).toEqual({ retryAfterMs: 900_000 })
})

it('holds a moment of the vendor’s clock against the vendor’s own date, and never waits less than nothing', () => {
  const date = new Date(now + 3_600_000).toUTCString()
  expect(read(triplet, answer(429, { ...used(3_605_000), date }))).toEqual({ retryAfterMs: 5000 })
  expect(read(triplet, answer(429, { ...used(5000), date }))).toEqual({ retryAfterMs: 0 })
  const unknown = { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '0' }
  expect(read(triplet, answer(429, unknown))).toEqual({ retryAfterMs: undefined })
})

it('does not wait until a bucket is full again, which has room before', () => {
  const bucket = xRateLimit({ reset: 'epoch-seconds', windowMs: 60_000, kind: 'token-bucket' })
  expect(read(bucket, answer(429, used(60_000)))).toEqual({ retryAfterMs: undefined })
})

it('leaves an answer of success alone, and is silent where the reader fails', () => {
  const refusing: QuotaReader = () => ({ refusal: { retryAfterMs: 1 } })
  expect(read(refusing, answer(200))).toBeUndefined()
  expect(read(refusing, answer(503))).toEqual({ retryAfterMs: 1 })
  const broken: QuotaReader = () => {
    throw new Error('broken')
  }
  expect(read(broken, answer(500))).toBeUndefined()
  expect(read(broken, answer(429))).toEqual({ retryAfterMs: undefined })
})

it('takes no failure for a throttle because its cost is not told', () => {
  const costs = costBody({ cost: 'cost.actual', requested: 'cost.requested', remaining: 'cost.left', limit: 'cost.of' })
  const body = { cost: { requested: 20, left: 12, of: 100 } }
  expect(read(costs, answer(429, {}, body))).toEqual({ retryAfterMs: undefined })
  expect(read(costs, answer(500, {}, body))).toBeUndefined()
  expect(read(costs, answer(403, {}, body))).toBeUndefined()
})
