import { expect, it } from 'vitest'
import { step, type Circuit } from '../../src/policies/circuit.ts'
import type { Verdict } from '../../src/policies/verdict.ts'

const closed: Circuit = { at: 'closed' }
const open: Circuit = { at: 'open', until: 100 }
const idle: Circuit = { at: 'half-open', trial: 'none' }
const trying: Circuit = { at: 'half-open', trial: 'out' }
const ask = (circuit: Circuit, now: number): Circuit => step(circuit, { type: 'ask', now })
const judge = (circuit: Circuit, verdict: Verdict, trip = false): Circuit =>
  step(circuit, { type: 'verdict', verdict, trip, now: 50, openMs: 30 })

it('stays closed when asked, and open until its time has come', () => {
  expect(ask(closed, 0)).toBe(closed)
  expect(ask(open, 99)).toBe(open)
})

it('lets one trial out of an open circuit whose time has come, and no second one beside it', () => {
  expect(ask(open, 100)).toEqual(trying)
  expect(ask(trying, 1_000)).toBe(trying)
  expect(ask(idle, 100)).toEqual(trying)
})

it('opens when its rule says so', () => {
  expect(judge(closed, 'failing', true)).toEqual({ at: 'open', until: 80 })
  expect(judge(closed, 'failing')).toBe(closed)
  expect(judge(closed, 'healthy')).toBe(closed)
  expect(judge(closed, 'neutral')).toBe(closed)
})

it('closes after a trial that went well and opens again after one that did not', () => {
  expect(judge(trying, 'healthy')).toEqual(closed)
  expect(judge(trying, 'failing')).toEqual({ at: 'open', until: 80 })
})

it('learns nothing from a trial that was throttled or aborted, and lets the next one try', () => {
  expect(judge(trying, 'neutral')).toEqual(idle)
})

it('is not moved by a verdict while it is open', () => {
  for (const verdict of ['healthy', 'failing', 'neutral'] as const) expect(judge(open, verdict, true)).toBe(open)
})
