import { expect, it } from 'vitest'
import { stepPause, type Pause } from '../../src/quota/pause.ts'

const open: Pause = { at: 'open' }
const paused: Pause = { at: 'paused', since: 1000, until: 5000, told: true }
const refusal = { type: 'refusal', now: 1000, chargedAt: 900, until: 5000, told: true, precisionMs: 1000 } as const

it('opens into a pause at a refusal', () => {
  expect(stepPause(open, refusal)).toEqual(paused)
})

it('stays open where the moment is past already', () => {
  expect(stepPause(open, { ...refusal, until: 1000 })).toBe(open)
})

it('ends when its moment comes, and not before', () => {
  expect(stepPause(paused, { type: 'tick', now: 4999 })).toBe(paused)
  expect(stepPause(paused, { type: 'tick', now: 5000 })).toEqual(open)
  expect(stepPause(open, { type: 'tick', now: 5000 })).toBe(open)
})

it('is not extended by calls that were under way when it began', () => {
  expect(stepPause(paused, { ...refusal, now: 1400, until: 5900 })).toBe(paused)
})

it('is extended by a call under way that knows of a clearly later moment', () => {
  expect(stepPause(paused, { ...refusal, now: 1400, until: 60_000 })).toEqual({ ...paused, until: 60_000 })
})

it('is extended by the refusal of a call that was sent after it began', () => {
  expect(stepPause(paused, { ...refusal, now: 1600, chargedAt: 1500, until: 5600 })).toEqual({ ...paused, until: 5600 })
})

it('gives way to a later moment that the vendor names where it was only our own guess', () => {
  const guessed: Pause = { ...paused, told: false }
  expect(stepPause(guessed, { ...refusal, now: 1400, until: 5900 })).toEqual({ ...paused, until: 5900 })
  expect(stepPause(guessed, { ...refusal, now: 1400, until: 5900, told: false })).toBe(guessed)
})

it('is never shortened', () => {
  expect(stepPause(paused, { ...refusal, chargedAt: 1500, until: 2000 })).toBe(paused)
})
