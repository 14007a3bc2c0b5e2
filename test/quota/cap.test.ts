import { expect, it } from 'vitest'
import { stepCap, type Cap } from '../../src/quota/cap.ts'
import { concurrencyWindow } from '../../src/quota/windows/concurrency.ts'

const ramp: Cap = { at: 'ramp', calls: 10 }
const held: Cap = { at: 'hold', calls: 20, until: 60_000 }

const afterSuccesses = (cap: Cap, count: number, now: number, wanted = 0): Cap =>
  count === 0 ? cap : afterSuccesses(stepCap(cap, { type: 'success', now, wanted }), count - 1, now, wanted)

it('grows by one in each round while it ramps', () => {
  expect(afterSuccesses(ramp, 10, 0).calls).toBeCloseTo(11, 1)
})

it('grows by a quarter in each round where it takes more to use a quota up in time', () => {
  expect(afterSuccesses(ramp, 10, 0, 30)).toEqual({ at: 'ramp', calls: 12.5 })
  expect(afterSuccesses(ramp, 100, 0, 12).calls).toBeLessThan(20)
})

it('holds one less than were under way with the call that was refused', () => {
  expect(stepCap(ramp, { type: 'refusal', now: 5, atOnce: 8 })).toEqual({ at: 'hold', calls: 7, until: 60_005 })
  expect(stepCap(held, { type: 'refusal', now: 5, atOnce: 18 })).toEqual({ at: 'hold', calls: 17, until: 60_005 })
})

it('is not raised by a refusal, and never falls below one call', () => {
  expect(stepCap(held, { type: 'refusal', now: 5, atOnce: 90 })).toMatchObject({ calls: 19 })
  expect(stepCap(held, { type: 'refusal', now: 5, atOnce: 1 })).toMatchObject({ calls: 1 })
})

it('stays where it is until its time, and then grows by one in each round', () => {
  expect(stepCap(held, { type: 'success', now: 59_999, wanted: 30 })).toBe(held)
  expect(afterSuccesses(held, 20, 60_000).calls).toBeCloseTo(21, 1)
})

/** Fills the window and answers all of it, as often as is said; gives how many calls went at once in the last round. */
function rounds(window: ReturnType<typeof concurrencyWindow>, count: number, now: number): number {
  let atOnce = 0
  for (let round = 0; round < count; round++) {
    for (atOnce = 0; window.waitMs(1, now) === 0; atOnce++) window.take(1, now)
    for (let call = 0; call < atOnce; call++) window.settle(1, now, 1, now, 0)
  }
  return atOnce
}

it('begins with as many as the vendor is sure to serve, until it refuses', () => {
  expect(stepCap(ramp, { type: 'sure', calls: 42 })).toEqual({ at: 'ramp', calls: 42 })
  expect(stepCap(ramp, { type: 'sure', calls: 4 })).toBe(ramp)
  expect(stepCap(held, { type: 'sure', calls: 42 })).toBe(held)
})

it('grows only while all of it is made use of', () => {
  const window = concurrencyWindow(Infinity, 10)
  for (let call = 0; call < 1000; call++) {
    window.take(1, 0)
    window.settle(1, 0, 1, 0, 0)
  }
  expect(window.state(0)).toEqual({ remaining: 10 })
  expect(rounds(window, 1, 0)).toBe(10)
})

it('never grows beyond what is declared', () => {
  const window = concurrencyWindow(4)
  expect(rounds(window, 50, 1e9)).toBe(4)
  expect(window.state(0)).toEqual({ limit: 4, remaining: 4 })
})

it('tells no limit while nobody spoke of one', () => {
  expect(concurrencyWindow(Infinity).state(0)).toEqual({ remaining: Infinity })
  expect(concurrencyWindow(Infinity, 10).state(0)).toEqual({ remaining: 10 })
})

it('takes a told cap for the truth, but not above what was refused', () => {
  const told = (limit: number) =>
    [
      { limit, precisionMs: 0 },
      { now: 0, chargedAt: 0, cost: 1, asked: 1, mark: 1, idle: true },
    ] as const
  const window = concurrencyWindow(Infinity, 10)
  window.learn(...told(30))
  expect(window.state(0)).toEqual({ limit: 30, remaining: 30 })
  for (let call = 0; call < 21; call++) window.take(1, 0)
  window.refused(0, 0, 0)
  window.learn(...told(40))
  expect(window.state(0).limit).toBe(20)
  window.learn(...told(15))
  expect(window.state(0).limit).toBe(15)
})

it('finds the cap of a flight of refusals, whichever of its calls are refused', () => {
  const window = concurrencyWindow(Infinity)
  for (let call = 0; call < 50; call++) window.take(1, 0)
  for (let refused = 0; refused < 30; refused++) {
    window.refused(0, 10, 0)
    window.settle(1, 0, 0, 10, 10)
  }
  expect(window.state(10).limit).toBe(20)
})

it('finds the same cap where the refusals come after the answers to all that was served', () => {
  const window = concurrencyWindow(Infinity)
  for (let call = 0; call < 50; call++) window.take(1, 0)
  for (let served = 0; served < 20; served++) window.settle(1, 0, 0, 5, 5)
  for (let refused = 0; refused < 30; refused++) {
    window.refused(0, 10, 0)
    window.settle(1, 0, 0, 10, 5)
  }
  expect(window.state(10).limit).toBe(20)
})
