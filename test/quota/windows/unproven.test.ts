import { expect, it } from 'vitest'
import { unprovenWindow } from '../../../src/quota/windows/unproven.ts'

it('lets one call go ahead over a reset, even where more was used than was told to remain, and no answer came', () => {
  const window = unprovenWindow(10, undefined, 1)
  const mark = window.take(1, 10_000)
  const standing = { now: 10_010, chargedAt: 10_000, cost: 1, asked: 1, mark, idle: true }
  window.learn({ limit: 10, remaining: 1, resetsAt: 11_500, precisionMs: 0 }, standing)
  window.settle(1, 10_000, mark, 10_010, 10)
  // Charged without being asked, as calls under way are when a limit is learned.
  const marks = [window.take(1, 10_020), window.take(1, 10_020)]
  for (const failed of marks) window.settle(1, 10_020, failed, 10_100, 10)
  expect(window.waitMs(1, 11_000)).toBe(500)
  expect(window.waitMs(1, 11_500)).toBe(0)
  window.take(1, 11_500)
  expect(window.waitMs(1, 11_500)).toBe(Infinity)
})
