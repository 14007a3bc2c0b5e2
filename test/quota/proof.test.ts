import { expect, it } from 'vitest'
import { kindOf, logLengthMs, windowLengthMs, type Evidence, type Resets } from '../../src/quota/proof.ts'

/** A hundred calls in a second, and one more just after the reset. */
const evidence: Evidence = {
  limit: 100,
  remaining: 99,
  cost: 1,
  recent: 100,
  beside: 0,
  before: 100,
  since: 0,
}

it('takes windows for fixed where all is back at once', () => {
  expect(kindOf(evidence)).toBe('fixed')
  expect(kindOf({ ...evidence, before: 0, since: 100 })).toBe('fixed')
})

it('takes a window for a log where what was used before the reset still counts', () => {
  expect(kindOf({ ...evidence, remaining: 0 })).toBe('sliding')
  expect(kindOf({ ...evidence, remaining: 20 })).toBe('sliding')
})

it('is not misled by a little use by others', () => {
  expect(kindOf({ ...evidence, remaining: 90 })).toBe('fixed')
  expect(kindOf({ ...evidence, recent: 20, before: 20, remaining: 85 })).toBe('sliding')
})

it('decides nothing by too few calls', () => {
  expect(kindOf({ ...evidence, recent: 9, before: 9 })).toBeUndefined()
  expect(kindOf({ ...evidence, recent: 9, before: 9, remaining: 0 })).toBeUndefined()
  expect(kindOf({ ...evidence, limit: 5, remaining: 4, recent: 1, before: 1 })).toBeUndefined()
})

it('does not take for a log what may have been used after the reset', () => {
  expect(kindOf({ ...evidence, before: 40, since: 60, remaining: 35 })).toBeUndefined()
  expect(kindOf({ ...evidence, before: 40, since: 60, remaining: 10 })).toBe('sliding')
})

it('takes what is under way for used', () => {
  expect(kindOf({ ...evidence, recent: 40, beside: 15, remaining: 80 })).toBe('fixed')
})

it('does not take a bucket that fills slowly for a window', () => {
  expect(kindOf({ ...evidence, before: 0, remaining: 60 })).toBeUndefined()
})

const resets: Resets = { at: 10_000, nextAt: 11_000, chargedAt: 10_000, lateMs: 50, leastMs: 1000 }

it('reads the length in whole seconds, as far as the resets are known', () => {
  expect(windowLengthMs(resets)).toBe(1000)
  expect(windowLengthMs({ ...resets, nextAt: 11_030 })).toBe(1000)
  expect(windowLengthMs({ ...resets, nextAt: 12_500 })).toBe(2500)
  expect(windowLengthMs({ ...resets, nextAt: 70_400, lateMs: 1050 })).toBe(60_000)
})

it('reads no length where whole windows may have passed in between', () => {
  expect(windowLengthMs({ ...resets, chargedAt: 12_600, nextAt: 13_000 })).toBeUndefined()
  expect(windowLengthMs({ ...resets, chargedAt: 10_400 })).toBe(1000)
})

it('does not take the time until a bucket is full for a length', () => {
  expect(windowLengthMs({ ...resets, nextAt: 10_010 })).toBeUndefined()
  expect(windowLengthMs({ ...resets, nextAt: 12_000, leastMs: 30_000 })).toBeUndefined()
})

it('reads the length of a log from its oldest call and the reset, in whole seconds only', () => {
  expect(logLengthMs(10_000, 11_050, 50)).toBe(1000)
  expect(logLengthMs(10_000, 71_000, 1050)).toBe(61_000)
  expect(logLengthMs(10_000, 10_950, 50)).toBeUndefined()
  expect(logLengthMs(10_000, 11_500, 50)).toBeUndefined()
})
