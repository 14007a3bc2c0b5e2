import { expect, it } from 'vitest'
import type { QuotaReader } from '../../src/quota/reading.ts'
import { readAll } from '../../src/quota/reading.ts'
import { ietfRateLimit } from '../../src/quota/readers/ietf.ts'
import { refusalWhen } from '../../src/quota/readers/refusal-when.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock } from './clock.ts'
import { bucketVendor, firstCallVendor, fixedVendor, slidingVendor, type Vendor } from './vendors.ts'

type Headers = (vendor: Vendor, limit: number, now: number) => Record<string, string>

const exact: Headers = (vendor, limit, now) => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(Math.max(0, vendor.remaining(now))),
  'x-ratelimit-reset-after': (vendor.resetMs(now) / 1000).toFixed(3),
})
const coarse: Headers = (vendor, limit, now) => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(Math.max(0, vendor.remaining(now))),
  'x-ratelimit-reset': String(Math.ceil((now + vendor.resetMs(now)) / 1000)),
})
const draft =
  (windowSeconds: number): Headers =>
  (vendor, limit, now) => ({
    'ratelimit-policy': `"default";q=${limit};w=${windowSeconds}`,
    ratelimit: `"default";r=${Math.max(0, vendor.remaining(now))};t=${Math.ceil(vendor.resetMs(now) / 1000)}`,
  })
const readExact = xRateLimit({ reset: 'delta-seconds', headers: { reset: 'x-ratelimit-reset-after' } })
const readCoarse = xRateLimit({ reset: 'epoch-seconds' })
const atOnce = refusalWhen({ body: 'concurrency', of: 'concurrency' })

interface Case {
  readonly vendor: Vendor
  readonly limit: number
  readonly headers?: Headers
  readonly reader?: QuotaReader
  readonly cap?: number
  /** When in a second the client begins. */
  readonly phaseMs?: number
  /** What another client uses of the same limit each 100 ms. */
  readonly others?: number
  readonly options?: ThrottleOptions
}

/** A client that knows nothing but how to read the headers. */
function clientOf({
  vendor,
  limit,
  headers = exact,
  reader = readExact,
  cap = Infinity,
  phaseMs = 0,
  others = 0,
  options = {},
}: Case) {
  const clock = manualClock(Date.UTC(2030, 0, 1) + phaseMs)
  const policy = throttle({ reader: readAll(reader, atOnce), ...options })
  const served: number[] = []
  const refused = { rate: 0, concurrency: 0 }
  let active = 0
  const send = policy(async () => {
    await clock.runtime.sleep(5)
    const told = (): Record<string, string> => headers(vendor, limit, clock.now)
    const busy = active >= cap
    if (busy || !vendor.admit(clock.now)) {
      const reason = busy ? 'concurrency' : 'rate'
      refused[reason]++
      const answer = { status: 429, headers: told(), body: new TextEncoder().encode(reason) }
      await clock.runtime.sleep(5)
      return answer
    }
    served.push(clock.now)
    active++
    const answer = { status: 200, headers: told(), body: new Uint8Array() }
    await clock.runtime.sleep(30 + ((served.length * 7) % 20))
    active--
    await clock.runtime.sleep(5)
    return answer
  }, clock.runtime)
  const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation: 'GET /' }
  if (others > 0) {
    const use = (): void => {
      for (let count = 0; count < others; count++) vendor.admit(clock.now)
      clock.runtime.after(100, use)
    }
    use()
  }
  return {
    clock,
    served,
    window: () => policy.quota()[0],
    cap: () => policy.quota().find(({ name }) => name === 'concurrency')?.limit,
    refused: () => refused.rate,
    refusedAtOnce: () => refused.concurrency,
    /** Makes calls until so many were served, and gives how long it took. Milliseconds. */
    async serve(count: number): Promise<number> {
      const since = clock.now
      const already = served.length
      const one = async (): Promise<void> => {
        while ((await send(request)).status !== 200);
      }
      const all = Promise.all(Array.from({ length: count }, one))
      while (served.length < already + count) await clock.pass(10)
      await clock.pass(100)
      await all
      return (served.at(-1) ?? 0) - since
    },
  }
}

const phases = [0, 130, 510, 890]

it('finds out that windows are fixed, and how long they last, by the first reset it goes over', async () => {
  for (const phaseMs of phases) {
    const client = clientOf({ vendor: fixedVendor(100, 1000), limit: 100, phaseMs })
    const tookMs = await client.serve(500)
    expect(client.window()).toMatchObject({ kind: 'fixed', limit: 100 })
    expect([phaseMs, client.refused()]).toEqual([phaseMs, 0])
    // Six windows at most, and the first may be nearly over when it begins.
    expect(tookMs).toBeLessThan(5_500)
  }
})

it('finds out that a window is a log, and goes by it as fast as by a declared one', async () => {
  for (const phaseMs of phases) {
    const client = clientOf({ vendor: slidingVendor(100, 1000), limit: 100, phaseMs })
    const tookMs = await client.serve(500)
    expect(client.window()).toMatchObject({ kind: 'sliding', limit: 100 })
    expect([phaseMs, client.refused()]).toEqual([phaseMs, 0])
    expect(tookMs).toBeLessThan(5_000)
  }
})

it('finds out windows that the first call opens', async () => {
  const client = clientOf({ vendor: firstCallVendor(50, 2000), limit: 50, phaseMs: 330 })
  await client.serve(300)
  expect(client.window()).toMatchObject({ kind: 'fixed', limit: 50 })
  expect(client.refused()).toBeLessThanOrEqual(1)
})

it('finds out windows from whole seconds', async () => {
  // A log shows there only where the calls before a reset are spread over more than a second, as this cap spreads them.
  for (const [vendor, kind, limit, cap] of [
    [fixedVendor(60, 1000), 'fixed', 60, Infinity],
    [slidingVendor(600, 3000), 'sliding', 600, 12],
  ] as const) {
    const client = clientOf({ vendor, limit, headers: coarse, reader: readCoarse, phaseMs: 410, cap })
    await client.serve(5 * limit)
    expect(client.window()).toMatchObject({ kind, limit })
    expect([kind, client.refused()]).toEqual([kind, 0])
  }
})

it('loses no more than a round trip in a window where whole seconds do not tell its kind', async () => {
  const client = clientOf({
    vendor: fixedVendor(60, 3000),
    limit: 60,
    headers: coarse,
    reader: readCoarse,
    phaseMs: 410,
  })
  const tookMs = await client.serve(300)
  expect(client.window()?.kind).toBe('unproven')
  expect(client.refused()).toBe(0)
  // The last of five windows begins after 11.6 s.
  expect(tookMs).toBeLessThan(12_100)
})

it('goes by the length that the draft’s headers tell, and by the kind where their whole seconds show it', async () => {
  for (const [vendor, seconds, kind] of [
    [fixedVendor(100, 1000), 1, 'fixed'],
    [slidingVendor(100, 1000), 1, 'unproven'],
    [fixedVendor(300, 3000), 3, 'fixed'],
    [slidingVendor(300, 3000), 3, 'sliding'],
  ] as const) {
    const limit = 100 * seconds
    const client = clientOf({ vendor, limit, headers: draft(seconds), reader: ietfRateLimit(), phaseMs: 300, cap: 12 })
    const tookMs = await client.serve(6 * limit)
    expect([kind, client.window()?.kind, client.refused()]).toEqual([kind, kind, 0])
    expect(tookMs).toBeLessThan(6_000 * seconds)
  }
})

it('goes by what it is told where a bucket tells when it is full', async () => {
  const client = clientOf({ vendor: bucketVendor(50, 25), limit: 50, phaseMs: 250 })
  const tookMs = await client.serve(300)
  expect(client.window()?.kind).toBe('unproven')
  expect(client.refused()).toBe(0)
  // 50 at once and 25 a second would take 10 s.
  expect(tookMs).toBeLessThan(14_000)
})

it('decides by the calls of its own, though others use the same limit', async () => {
  for (const [make, kind] of [
    [fixedVendor, 'fixed'],
    [slidingVendor, 'sliding'],
  ] as const) {
    const about = { limit: 100, phaseMs: 130, others: 3 }
    const client = clientOf({ ...about, vendor: make(100, 1000) })
    const limits = [{ name: 'quota', limit: 100, windowMs: 1000, kind }]
    const told = clientOf({ ...about, vendor: make(100, 1000), options: { limits } })
    const [tookMs, leastMs] = [await client.serve(400), await told.serve(400)]
    expect(client.window()).toMatchObject({ kind })
    expect(tookMs).toBeLessThan(leastMs * 1.1)
    // What others take of a log between two answers costs either of them some refusals, and more while the cap is looked for.
    expect(client.refused()).toBeLessThanOrEqual(told.refused() + 12)
  }
})

it('is not held up by a log that others had used before it began, whose length it cannot tell', async () => {
  const vendor = slidingVendor(100, 1000)
  const client = clientOf({ vendor, limit: 100 })
  for (let count = 0; count < 60; count++) vendor.admit(client.clock.now - 10 * count)
  const tookMs = await client.serve(400)
  expect(client.refused()).toBeLessThanOrEqual(1)
  expect(tookMs).toBeLessThan(8_000)
})

it('lets one call go ahead at each reset while it has used too little to tell', async () => {
  const client = clientOf({ vendor: fixedVendor(100, 1000), limit: 100 })
  await client.serve(3)
  await client.clock.pass(2_000)
  await client.serve(3)
  expect(client.window()?.kind).toBe('unproven')
  expect(client.refused()).toBe(0)
})

it('finds the cap on calls at once at the price of a few refusals', async () => {
  const client = clientOf({ vendor: fixedVendor(1000, 60_000), limit: 1000, cap: 20, phaseMs: 500 })
  await client.serve(800)
  // What is on its way is not yet, or no longer, at the vendor.
  expect(client.cap()).toBeGreaterThanOrEqual(20)
  expect(client.cap()).toBeLessThanOrEqual(25)
  expect(client.refusedAtOnce()).toBeLessThanOrEqual(5)
  expect(client.refused()).toBe(0)
})

it('takes the kind from the reader where it states one', async () => {
  const reader = xRateLimit({
    reset: 'delta-seconds',
    kind: 'sliding',
    windowMs: 1000,
    headers: { reset: 'x-ratelimit-reset-after' },
  })
  const client = clientOf({ vendor: slidingVendor(100, 1000), limit: 100, reader })
  await client.serve(50)
  expect(client.window()?.kind).toBe('sliding')
})
