import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'

/**
 * A store of units that fills evenly, up to `burst`. A cost above the burst waits for a full bucket and leaves a debt.
 *
 * Time counts as the vendor's does only if it is never counted twice: `at` is the moment up to which units came back.
 */
export function tokenBucket(declared: Limit, share: number): Window {
  const { windowMs } = declared
  let total = declared.limit
  let perMs = (total * share) / windowMs
  let capacity = Math.max(1, Math.floor((declared.burst ?? total) * share))
  let tokens = capacity
  let at = -Infinity
  /** All use of others that was ever noticed: what one answer told is not counted again by the next. */
  let noticed = 0

  function fill(now: number): void {
    if (at === -Infinity) at = now
    if (now <= at) return
    tokens = Math.min(capacity, tokens + (now - at) * perMs)
    at = now
  }

  // Sums of fractions come out a hair below the whole they stand for.
  const msUntil = (need: number): number => Math.max(0, Math.ceil((need - tokens - 1e-9) / perMs))

  return {
    kind: declared.kind === 'leaky-bucket' ? 'leaky-bucket' : 'token-bucket',
    windowMs,
    waitMs(cost, now) {
      fill(now)
      return msUntil(Math.min(cost, capacity))
    },
    projectMs(cost, now) {
      fill(now)
      return msUntil(cost)
    },
    take(cost, now) {
      fill(now)
      tokens -= cost
      return tokens + noticed
    },
    settle() {},
    correct(difference) {
      tokens = Math.min(capacity, tokens - difference)
    },
    learn({ limit, remaining }, { now, mark, idle }) {
      fill(now)
      if (limit !== undefined && limit !== total && (limit < total || idle)) {
        total = limit
        if (declared.burst === undefined) capacity = Math.max(1, Math.floor(total * share))
        perMs = (total * share) / windowMs
      }
      if (remaining === undefined) return
      // With a share, the vendor's store holds what is left to others too.
      const known = remaining - Math.floor((declared.burst ?? total) * (1 - share))
      const foreign = mark - noticed - known
      if (foreign > 0) {
        noticed += foreign
        tokens -= foreign
      } else if (idle) tokens = Math.min(capacity, Math.max(tokens, known))
    },
    refused(_chargedAt, now) {
      fill(now)
      tokens = Math.min(tokens, 0)
      return now + msUntil(1)
    },
    state(now) {
      fill(now)
      const resetsAt = tokens < capacity ? at + msUntil(capacity) : undefined
      return { limit: total, remaining: Math.max(0, Math.floor(tokens)), ...(resetsAt !== undefined && { resetsAt }) }
    },
  }
}
