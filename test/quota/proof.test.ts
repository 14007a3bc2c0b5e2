import { expect, it } from 'vitest'
import { logLengthMs, proofOf, type Crossing } from '../../src/quota/proof.ts'

/** A hundred calls in a second, and one more just after the reset. */
const crossing: Crossing = {
  limit: 100,
  cost: 1,
  remaining: 99,
  recent: 100,
  resetAt: 10_000,
  chargedAt: 10_000,
  nextResetAt: 11_000,
  lateMs: 50,
  windowMs: undefined,
  leastMs: 1000,
}

it('takes windows for fixed where all is back at once', () => {
  expect(proofOf(crossing)).toEqual({ kind: 'fixed', windowMs: 1000 })
  expect(proofOf({ ...crossing, windowMs: 1000 })).toEqual({ kind: 'fixed', windowMs: 1000 })
})

it('takes a window for a log where the calls before the reset still count', () => {
  expect(proofOf({ ...crossing, remaining: 0 })).toEqual({ kind: 'sliding' })
  expect(proofOf({ ...crossing, remaining: 20 })).toEqual({ kind: 'sliding' })
})

it('is not misled by a little use by others', () => {
  expect(proofOf({ ...crossing, remaining: 90 })).toMatchObject({ kind: 'fixed' })
  expect(proofOf({ ...crossing, recent: 20, remaining: 85 })).toEqual({ kind: 'sliding' })
})

it('decides nothing by too few calls', () => {
  expect(proofOf({ ...crossing, recent: 9 })).toBeUndefined()
  expect(proofOf({ ...crossing, recent: 9, remaining: 0 })).toBeUndefined()
  expect(proofOf({ ...crossing, limit: 5, remaining: 4, recent: 1 })).toBeUndefined()
})

it('reads the length in whole seconds, as far as the resets are known', () => {
  expect(proofOf({ ...crossing, nextResetAt: 11_030 })).toEqual({ kind: 'fixed', windowMs: 1000 })
  expect(proofOf({ ...crossing, nextResetAt: 12_500 })).toEqual({ kind: 'fixed', windowMs: 2500 })
  expect(proofOf({ ...crossing, nextResetAt: 70_400, lateMs: 1050 })).toEqual({ kind: 'fixed', windowMs: 60_000 })
})

it('decides nothing where whole windows may have passed in between', () => {
  expect(proofOf({ ...crossing, chargedAt: 12_600, nextResetAt: 13_000 })).toBeUndefined()
  expect(proofOf({ ...crossing, chargedAt: 10_400 })).toEqual({ kind: 'fixed', windowMs: 1000 })
  expect(proofOf({ ...crossing, chargedAt: 12_600, nextResetAt: 13_000, windowMs: 1000 })).toMatchObject({
    kind: 'fixed',
  })
})

it('does not take the time until a bucket is full for a window', () => {
  expect(proofOf({ ...crossing, nextResetAt: 10_010 })).toBeUndefined()
  expect(proofOf({ ...crossing, nextResetAt: 12_000, leastMs: 30_000 })).toBeUndefined()
})

it('reads the length of a log from its oldest call and the reset, in whole seconds only', () => {
  expect(logLengthMs(10_000, 11_050, 50)).toBe(1000)
  expect(logLengthMs(10_000, 71_000, 1050)).toBe(61_000)
  expect(logLengthMs(10_000, 10_950, 50)).toBeUndefined()
  expect(logLengthMs(10_000, 11_500, 50)).toBeUndefined()
})
