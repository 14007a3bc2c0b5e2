import { stepCap, type Cap } from '../cap.ts'
import type { Window } from '../window.ts'

/**
 * How many calls may be under way at once, whatever each costs: up to `max`, see {@link Cap}. With a `start` below it, how
 * many it really is has to be found.
 */
export function concurrencyWindow(max: number, start: number = max): Window {
  let most = max
  let cap: Cap = start < max ? { at: 'ramp', calls: start } : { at: 'hold', calls: max, until: -Infinity }
  let active = 0
  /** How many at once it takes to use up in time what was told to remain. */
  let wanted = 0

  const allowed = (): number => Math.min(most, Math.floor(cap.calls))

  return {
    kind: 'concurrency',
    windowMs: 0,
    waitMs: () => (active < allowed() ? 0 : Infinity),
    projectMs: () => 0,
    take: () => ++active,
    settle(_cost, _chargedAt, _mark, answeredAt) {
      if (active >= allowed() && cap.calls < most) cap = stepCap(cap, { type: 'success', now: answeredAt, wanted })
      active--
    },
    correct() {},
    learn({ limit, servesAtOnce = 0, wantsAtOnce = wanted }) {
      wanted = wantsAtOnce
      cap = stepCap(cap, { type: 'sure', calls: servesAtOnce })
      if (limit === undefined || limit === most) return
      most = limit
      // What a refusal has shown counts for more than what is told.
      if (cap.at === 'ramp' || cap.until === -Infinity) cap = { at: 'hold', calls: limit, until: -Infinity }
    },
    refused(_chargedAt, now) {
      cap = stepCap(cap, { type: 'refusal', now, active })
      return undefined
    },
    state() {
      const limit = cap.at === 'hold' && Number.isFinite(cap.calls) ? { limit: allowed() } : {}
      return { ...limit, remaining: Math.max(0, allowed() - active) }
    },
  }
}
