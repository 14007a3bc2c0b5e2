import { expect, it } from 'vitest'
import { createClockOffset } from '../../src/http/clock-offset.ts'

const date = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toUTCString()

it('takes the clocks to agree while nothing speaks against it', () => {
  const offset = createClockOffset()
  expect(offset.ms).toBe(0)
  offset.observe(date(10_400), 10_390, 10_410)
  expect(offset.ms).toBe(0)
  offset.observe(undefined, 0, 0)
  offset.observe('yesterday', 0, 0)
  expect(offset.toLocal(5000)).toBe(5000)
})

it('narrows the offset down with each answer', () => {
  const offset = createClockOffset()
  for (let now = 100_000; now < 103_000; now += 130) offset.observe(date(now + 7_300), now, now + 20)
  expect(Math.abs(offset.ms - 7_300)).toBeLessThan(150)
})

it('begins anew when a clock is set', () => {
  const offset = createClockOffset()
  offset.observe(date(200_000), 100_000, 100_010)
  offset.observe(date(100_500), 100_500, 100_510)
  expect(offset.ms).toBe(0)
})
