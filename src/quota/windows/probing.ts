import { stepProbe, type Probe } from '../probe.ts'
import type { Window } from '../window.ts'

// A timer that fires late must not slow the pace down: this much lost time is made up for.
const slackMs = 20
const firstPauseMs = 100
const longestPauseMs = 30_000

/**
 * A pace in the place of a limit that nobody states, see {@link Probe}. Gives way to a real window as soon as an answer
 * tells a limit.
 *
 * `startPerSecond` is the pace after the first answer; `Infinity` keeps none until the vendor refuses.
 */
export function probingWindow(startPerSecond: number): Window {
  let probe: Probe = { at: startPerSecond === Infinity ? 'open' : 'scout' }
  let nextAt = -Infinity
  let underWay = 0
  let refusals = 0
  let refusedAt = -Infinity
  /** Successes of the present second and of the one before. */
  let second = 0
  let successes = 0
  let before = 0

  function count(now: number): void {
    const present = Math.floor(now / 1000)
    if (present === second) successes++
    else {
      before = present === second + 1 ? successes : 0
      second = present
      successes = 1
    }
  }

  const spacingMs = (): number => ('perSecond' in probe ? 1000 / probe.perSecond : 0)

  return {
    kind: 'probing',
    waitMs(_cost, now) {
      if (probe.at === 'open') return 0
      if (probe.at === 'scout') return underWay === 0 ? 0 : Infinity
      return Math.max(0, Math.ceil(nextAt - now))
    },
    projectMs(cost, now) {
      return spacingMs() === 0 ? 0 : Math.max(0, nextAt - now) + (cost - 1) * spacingMs()
    },
    take(cost, now) {
      underWay += cost
      nextAt = Math.max(nextAt, now - slackMs) + cost * spacingMs()
      return underWay
    },
    settle(cost, chargedAt, arrivedBy) {
      underWay = Math.max(0, underWay - cost)
      if (refusedAt >= chargedAt) return
      refusals = 0
      count(arrivedBy)
      // Only a pace that is made use of may grow: an idle client learns nothing about the vendor.
      const used = probe.at === 'scout' || nextAt > arrivedBy - 2 * spacingMs() - slackMs
      if (used) probe = stepProbe(probe, { type: 'success', startPerSecond })
    },
    correct() {},
    learn() {},
    refused(chargedAt, now) {
      // Calls that were under way at a refusal are part of the same one.
      if (chargedAt > refusedAt || refusals === 0) {
        if (refusals === 0) probe = stepProbe(probe, { type: 'refusal', lately: Math.max(successes, before) })
        refusals++
        refusedAt = now
      }
      return now + Math.min(longestPauseMs, firstPauseMs * 2 ** (refusals - 1))
    },
    state: (now) => ({
      remaining:
        probe.at === 'open' ? Infinity : probe.at === 'scout' ? Math.max(0, 1 - underWay) : now >= nextAt ? 1 : 0,
    }),
  }
}
