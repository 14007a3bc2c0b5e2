import { expect, it } from 'vitest'
import { optimalMs, scenarios, type Scenario } from '../../bench/quota/scenarios.ts'
import { stack } from '../../src/http/policy.ts'
import { retry } from '../../src/policies/retry.ts'
import { readAll, type QuotaReader } from '../../src/quota/reading.ts'
import { ietfRateLimit } from '../../src/quota/readers/ietf.ts'
import { refusalWhen } from '../../src/quota/readers/refusal-when.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock, type ManualClock } from './clock.ts'
import { fixedVendor, slidingVendor } from './vendors.ts'

const phases = [0.1, 0.5, 0.8, 0.3, 0.7]
const refusesAtOnce = refusalWhen({ body: 'concurrency', of: 'concurrency' })
const fractions = readAll(
  xRateLimit({ reset: 'delta-seconds', headers: { reset: 'x-ratelimit-reset-after' } }),
  refusesAtOnce,
)
const wholeSeconds = readAll(xRateLimit({ reset: 'epoch-seconds' }), refusesAtOnce)
const draft = readAll(ietfRateLimit(), refusesAtOnce)

/** How long each call is on its way. */
type Wire = () => number
const steady = (): Wire => () => 1
/** On which calls overtake each other, the same in every run. */
function unsteady(): Wire {
  let seed = 7
  return () => {
    seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
    return 1 + (seed / 2 ** 32) * 8
  }
}

/** The vendor of the benchmark, on a clock of its own. */
function vendorOf(scenario: Scenario, clock: ManualClock) {
  const { kind, cap = Infinity, change, perSecond } = scenario
  const since = clock.now
  const before = kind === 'fixed' ? fixedVendor(perSecond, 1000) : slidingVendor(perSecond, 1000)
  // Lower from a moment on: what is over the new limit is refused, and counts no less.
  const limitAt = (now: number): number => (change && now - since >= change.afterMs ? change.perSecond : perSecond)
  const remaining = (now: number): number => before.remaining(now) - (perSecond - limitAt(now))
  let active = 0
  let served = 0
  const stats = { refused: 0 }
  function headers(now: number): Record<string, string> {
    const [limit, left, resetMs] = [limitAt(now), Math.max(0, remaining(now)), before.resetMs(now)]
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(left),
      'x-ratelimit-reset': String(Math.ceil((now + resetMs) / 1000)),
      'x-ratelimit-reset-after': (resetMs / 1000).toFixed(3),
      'ratelimit-policy': `"default";q=${limit};w=1`,
      ratelimit: `"default";r=${left};t=${Math.ceil(resetMs / 1000)}`,
    }
  }
  async function answer() {
    const { now } = clock
    const busy = active >= cap
    if (busy || remaining(now) < 1 || !before.admit(now)) {
      stats.refused++
      const retryAfter = String(Math.max(1, Math.ceil(before.resetMs(now) / 1000)))
      const body = new TextEncoder().encode(busy ? 'concurrency' : 'rate')
      return { status: 429, headers: { ...headers(now), 'retry-after': retryAfter }, body }
    }
    const told = headers(now)
    active++
    // The same in every run, between 40 and 60 ms.
    await clock.runtime.sleep(40 + ((served++ * 7) % 21))
    active--
    return { status: 200, headers: told, body: new Uint8Array() }
  }
  return { stats, answer }
}

interface Result {
  readonly utilisation: number
  readonly refused: number
}

async function run(scenario: Scenario, phase: number, options: ThrottleOptions, wireMs: Wire): Promise<Result> {
  const clock = manualClock(Date.UTC(2030, 0, 1) + phase * 1000)
  const since = clock.now
  const vendor = vendorOf(scenario, clock)
  let endedAt = since
  const send = stack(
    [retry({ maxAttempts: 20 }), throttle(options)],
    async () => {
      await clock.runtime.sleep(wireMs())
      const answer = await vendor.answer()
      await clock.runtime.sleep(wireMs())
      return answer
    },
    clock.runtime,
  )
  const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation: 'GET /' }
  const calls = Array.from({ length: scenario.calls }, async () => {
    const { status } = await send(request)
    expect(status).toBe(200)
    endedAt = clock.now
  })
  await clock.pass(60_000)
  await Promise.all(calls)
  return { utilisation: optimalMs(scenario, phase) / (endedAt - since), refused: vendor.stats.refused }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}

async function medians(
  id: string,
  optionsFor: (scenario: Scenario) => ThrottleOptions,
  wire: () => Wire = steady,
): Promise<Result> {
  const scenario = scenarios.find((each) => each.id === id)
  if (!scenario) throw new Error(`There is no scenario ${id}.`)
  const results: Result[] = []
  for (const phase of phases) results.push(await run(scenario, phase, optionsFor(scenario), wire()))
  if (process.env['SHOW']) console.log(id, results.map((r) => `${r.utilisation.toFixed(3)}/${r.refused}`).join(' '))
  return {
    utilisation: median(results.map(({ utilisation }) => utilisation)),
    refused: median(results.map(({ refused }) => refused)),
  }
}

const given = ({ cap, kind, perSecond, headers }: Scenario): ThrottleOptions => ({
  limits: [{ name: 'default', limit: perSecond, windowMs: 1000, kind }],
  reader: headers === 'coarse' ? wholeSeconds : fractions,
  ...(cap !== undefined && { maxConcurrent: cap }),
})
const learnedBy = (reader: QuotaReader) => (): ThrottleOptions => ({ reader })

for (const id of ['S1', 'S2', 'S4', 'S5', 'S8']) {
  it(`reaches 0.95 of what is possible in ${id}, with one refusal at most, with the limit given`, async () => {
    const { utilisation, refused } = await medians(id, given)
    expect(utilisation).toBeGreaterThanOrEqual(0.95)
    expect(refused).toBeLessThanOrEqual(1)
  })

  it(`reaches 0.95 of what is possible in ${id}, with one refusal at most, and nothing told but the headers`, async () => {
    const { utilisation, refused } = await medians(id, learnedBy(id === 'S8' ? wholeSeconds : fractions))
    expect(utilisation).toBeGreaterThanOrEqual(0.95)
    expect(refused).toBeLessThanOrEqual(1)
  })
}

for (const id of ['S1', 'S2', 'S5', 'S8']) {
  it(`reaches 0.95 of what is possible in ${id}, where calls overtake each other, with nothing told but the headers`, async () => {
    const { utilisation, refused } = await medians(id, learnedBy(id === 'S8' ? wholeSeconds : fractions), unsteady)
    expect(utilisation).toBeGreaterThanOrEqual(0.95)
    expect(refused).toBeLessThanOrEqual(1)
  })
}

for (const id of ['S1', 'S2', 'S4', 'S5']) {
  it(`reaches 0.95 of what is possible in ${id}, with one refusal at most, by the draft’s headers alone`, async () => {
    const { utilisation, refused } = await medians(id, learnedBy(draft))
    expect(utilisation).toBeGreaterThanOrEqual(0.95)
    expect(refused).toBeLessThanOrEqual(1)
  })
}

for (const [how, options] of [
  ['with the limit given', given],
  ['with nothing told but the headers', learnedBy(fractions)],
  ['by the draft’s headers alone', learnedBy(draft)],
] as const) {
  it(`reaches 0.9 of what is possible at 1000/s, ${how}`, { timeout: 120_000 }, async () => {
    const { utilisation, refused } = await medians('S6', options)
    expect(utilisation).toBeGreaterThanOrEqual(0.9)
    expect(refused).toBeLessThanOrEqual(40)
  })
}

for (const [how, options] of [
  ['with the limit given', given],
  ['with nothing told but the headers', learnedBy(fractions)],
] as const) {
  it(`reaches 0.9 of what is possible of a log, where calls overtake each other, ${how}`, async () => {
    const { utilisation, refused } = await medians('S4', options, unsteady)
    expect(utilisation).toBeGreaterThanOrEqual(0.9)
    expect(refused).toBeLessThanOrEqual(1)
  })
}
