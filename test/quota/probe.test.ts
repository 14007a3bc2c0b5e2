import { expect, it } from 'vitest'
import { stepProbe } from '../../src/quota/probe.ts'
import { probingWindow } from '../../src/quota/windows/probing.ts'

const success = { type: 'success', startPerSecond: 10 } as const

it('begins to pace after the scout comes back', () => {
  expect(stepProbe({ at: 'scout' }, success)).toEqual({ at: 'ramp', perSecond: 10 })
})

it('raises a ramp by the same for each success, which multiplies the pace', () => {
  expect(stepProbe({ at: 'ramp', perSecond: 10 }, success)).toEqual({ at: 'ramp', perSecond: 14 })
})

it('holds at what was served when the vendor refuses', () => {
  for (const probe of [
    { at: 'scout' },
    { at: 'open' },
    { at: 'ramp', perSecond: 300 },
    { at: 'hold', perSecond: 90 },
  ] as const) {
    expect(stepProbe(probe, { type: 'refusal', served: 80 })).toEqual({ at: 'hold', perSecond: 80 })
  }
})

it('halves the pace where nothing was served at all', () => {
  expect(stepProbe({ at: 'hold', perSecond: 90 }, { type: 'refusal', served: 0 })).toEqual({
    at: 'hold',
    perSecond: 45,
  })
})

it('grows by a constant each second while it holds', () => {
  let probe = stepProbe({ at: 'open' }, { type: 'refusal', served: 100 })
  for (let call = 0; call < 100; call++) probe = stepProbe(probe, success)
  expect(probe.at === 'hold' && probe.perSecond).toBeCloseTo(108, 0)
})

it('stays open while nobody refuses', () => {
  expect(stepProbe({ at: 'open' }, success)).toEqual({ at: 'open' })
})

it('sends one scout and nobody else until it is back', () => {
  const window = probingWindow(10)
  expect(window.waitMs(1, 0)).toBe(0)
  window.take(1, 0)
  expect(window.waitMs(1, 0)).toBe(Infinity)
  window.settle(1, 0, 1, 50, 50)
  expect(window.waitMs(1, 50)).toBe(0)
})

it('lets one call alone try again after a refusal, later each time', () => {
  const window = probingWindow(Infinity)
  const pauses = [0, 1000, 2000].map((now) => {
    window.take(1, now)
    const until = window.refused(now, now + 1, 1) ?? 0
    window.settle(1, now, 1, now + 1, 1)
    return until - now - 1
  })
  expect(pauses).toEqual([100, 200, 400])
  window.take(1, 5000)
  expect(window.waitMs(1, 5000)).toBe(Infinity)
})
