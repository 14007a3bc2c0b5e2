import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'
import { createHeadroom } from './headroom.ts'

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
  /** All that was ever charged. */
  let charged = 0
  const headroom = createHeadroom()

  function fill(now: number): void {
    if (at === -Infinity) at = now
    if (now <= at) return
    tokens = Math.min(capacity, tokens + (now - at) * perMs)
    at = now
    headroom.note(charged, capacity - tokens)
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
      charged += cost
      return charged
    },
    settle() {},
    correct(difference, _chargedAt, mark) {
      tokens += difference < 0 ? headroom.giveBack(-difference, mark) : -difference
      // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
      charged += Math.max(0, difference)
    },
    learn({ limit, remaining }, { now, mark, idle }) {
      fill(now)
      if (limit !== undefined && (limit < total || (limit > total && idle && remaining !== undefined))) {
        total = limit
        if (declared.burst === undefined) capacity = Math.max(1, Math.floor(total * share))
        perMs = (total * share) / windowMs
      }
      if (remaining === undefined) return
      // With a share, the vendor's store holds what is left to others too. When it counted, nobody tells: what came back
      // since then is left out.
      const known = remaining - Math.floor((declared.burst ?? total) * (1 - share)) - (charged - mark)
      tokens = Math.min(capacity, headroom.adopt(known, tokens, mark, idle))
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
