import type { Window } from '../window.ts'

// Netflix's AIMD limit for clients backs off by the same factor.
// @see https://github.com/Netflix/concurrency-limits
const backoffRatio = 0.9

/**
 * How many calls may be under way at once, whatever each costs.
 *
 * A refusal lowers the cap once for all calls that were under way then; each round of calls that went well raises it by
 * one again, up to `max`. `start` is where it begins.
 */
export function concurrencyWindow(max: number, start: number = max): Window {
  let ceiling = max
  let cap = start
  let active = 0
  let loweredAt = -Infinity
  let credit = 0

  return {
    kind: 'concurrency',
    waitMs: () => (active < Math.floor(cap) ? 0 : Infinity),
    projectMs: () => 0,
    take: () => ++active,
    settle() {
      active--
      credit++
      if (credit < cap) return
      credit = 0
      cap = Math.min(ceiling, cap + 1)
    },
    correct() {},
    learn({ limit }) {
      if (limit === undefined || limit === ceiling) return
      ceiling = limit
      cap = Math.min(cap, ceiling)
    },
    refused(chargedAt, now) {
      if (chargedAt > loweredAt) {
        loweredAt = now
        cap = Math.max(1, Math.floor(Math.min(cap, active) * backoffRatio))
      }
      credit = 0
      return undefined
    },
    state: () => ({ limit: Math.floor(cap), remaining: Math.max(0, Math.floor(cap) - active) }),
  }
}
