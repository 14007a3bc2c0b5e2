import { stepProbe, type Probe } from '../probe.ts'
import type { Window } from '../window.ts'

// A timer that fires late, or a pause, must not slow the pace down for good: this much lost time is made up for.
const catchUpMs = 200
const firstPauseMs = 100
const longestPauseMs = 30_000

/**
 * A pace in the place of a limit that nobody states, see {@link Probe}. Gives way to a real window as soon as an answer
 * tells a limit.
 *
 * After a refusal one call alone tries again, later each time. `startPerSecond` is the pace after the first answer;
 * `Infinity` keeps none until the vendor refuses.
 */
export function probingWindow(startPerSecond: number): Window {
  let probe: Probe = { at: startPerSecond === Infinity ? 'open' : 'scout' }
  let nextAt = -Infinity
  let underWay = 0
  /** How many refusals came in a row, and when the first and the last of them did. */
  let refusals = 0
  let refusedSince = -Infinity
  let refusedAt = -Infinity
  /** What was served since the last row of refusals began, and in the present second. */
  let served = 0
  let second = 0
  let servedInSecond = 0

  const spacingMs = (): number => ('perSecond' in probe ? 1000 / probe.perSecond : 0)

  /** What is under way with the refused call has passed the vendor's count before it. */
  function servedPerSecond(now: number): number {
    // Before the first refusal the pace was still rising, and an average would hide where it got to.
    if (refusedSince === -Infinity) return servedInSecond + underWay - 1
    return ((served + underWay - 1) * 1000) / Math.max(1, now - refusedSince)
  }

  function waitMs(now: number): number {
    if (probe.at === 'open') return 0
    if (underWay > 0 && (probe.at === 'scout' || refusals > 0)) return Infinity
    return Math.max(0, Math.ceil(nextAt - now))
  }

  return {
    kind: 'probing',
    windowMs: 0,
    waitMs: (_cost, now) => waitMs(now),
    projectMs(cost, now) {
      return spacingMs() === 0 ? 0 : Math.max(0, nextAt - now) + (cost - 1) * spacingMs()
    },
    take(cost, now) {
      underWay += cost
      nextAt = Math.max(nextAt, now - catchUpMs) + cost * spacingMs()
      return underWay
    },
    settle(cost, chargedAt, _mark, answeredAt) {
      underWay = Math.max(0, underWay - cost)
      served++
      const present = Math.floor(answeredAt / 1000)
      servedInSecond = present === second ? servedInSecond + 1 : 1
      second = present
      if (chargedAt <= refusedAt) return
      refusals = 0
      // Only a pace that is made use of may grow: an idle client learns nothing about the vendor.
      const used = probe.at === 'scout' || nextAt > answeredAt - 2 * spacingMs() - catchUpMs
      if (used) probe = stepProbe(probe, { type: 'success', startPerSecond })
    },
    correct(difference) {
      underWay = Math.max(0, underWay + difference)
    },
    learn() {},
    refused(chargedAt, now) {
      // It is settled like any call; what the vendor refused it has not served.
      served--
      servedInSecond--
      // Calls that were under way at a refusal are part of the same one.
      if (chargedAt > refusedAt) {
        if (refusals === 0) {
          probe = stepProbe(probe, { type: 'refusal', served: servedPerSecond(now) })
          refusedSince = now
          served = 1 - underWay
        }
        refusals++
        refusedAt = now
      }
      return now + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, refusals - 1))
    },
    state: (now) => ({ remaining: probe.at === 'open' ? Infinity : waitMs(now) > 0 ? 0 : 1 }),
  }
}
