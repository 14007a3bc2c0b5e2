import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'
import { createArrivals } from './arrivals.ts'
import { createHeadroom } from './headroom.ts'

/**
 * Windows that begin full and end at a moment, on a grid of the vendor's clock.
 *
 * Invariants: `ours <= used`; nothing is admitted beyond `allowed` of ours or `total` of all; what was under way when a
 * window ended counts in the next one too, because it may have reached the vendor there.
 */
export function fixedWindow(limit: Limit, share: number): Window {
  const { windowMs } = limit
  const headroom = createHeadroom()
  const arrivals = createArrivals()
  let total = limit.limit
  let nextTotal = total
  /** All use of this window that is known, and how much of it is ours. */
  let used = 0
  let ours = 0
  /** All that was ever charged, and what had been when this window and the last one began: marks tell them by it. */
  let charged = 0
  let chargedBefore = 0
  let chargedBeforeLast = 0
  /** Charged in this window and unanswered when it ends. */
  let pending = 0
  /** What was under way when the last window ended, and so counts in this one until an answer tells otherwise. */
  let carried = 0
  let start = -Infinity
  let end = -Infinity
  /** When this count began: a told end moves `start`, and charges nothing anew. */
  let countedFrom = -Infinity
  /** The vendor has named an end, so that the grid is no longer a guess. */
  let sure = false
  /** How long after its nominal begin a window is trusted. Grows when the vendor refuses at the border. */
  let guardMs = 0

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - ours, total - used)

  /** Where a call under way counts: in this window, in this one too because it was under way at its begin, or no more. */
  function placeOf(mark: number, chargedAt: number): 'here' | 'carried' | 'past' {
    if (mark > chargedBefore || (mark === chargedBefore && chargedAt >= countedFrom)) return 'here'
    return mark > chargedBeforeLast ? 'carried' : 'past'
  }

  function roll(now: number): void {
    if (end === -Infinity) {
      start = Math.floor((now - guardMs) / windowMs) * windowMs
      end = start + windowMs
    }
    if (now < end + guardMs) return
    next()
    if (now < end + guardMs) return
    // Another window or more went by.
    next()
    start += Math.max(0, Math.floor((now - guardMs - start) / windowMs)) * windowMs
    countedFrom = start
    end = start + windowMs
  }

  /** Begins the next window. */
  function next(): void {
    total = nextTotal
    chargedBeforeLast = chargedBefore
    chargedBefore = charged
    used = ours = carried = pending
    pending = 0
    countedFrom = start = end
    end += windowMs
    forget()
  }

  function forget(): void {
    headroom.clear()
    arrivals.clear()
  }

  /** Takes over a told end, which may lie late by `lateMs`; tells whether the vendor has begun a window that we had not. */
  function place(resetsAt: number, lateMs: number, now: number): boolean {
    const opened = sure && resetsAt > end + windowMs / 2
    if (opened) {
      ours = used = pending
      carried = 0
      forget()
    }
    // Rounded up, or told some time before it was heard, an end can only come down within its window.
    if (resetsAt < end || resetsAt > end + lateMs || end <= now) {
      end = resetsAt
      start = end - windowMs
    }
    sure = true
    return opened
  }

  function learnLast(cost: number, mark: number, where: ReturnType<typeof placeOf>): void {
    const mine = where === 'carried' ? Math.min(cost, carried) : 0
    const back = headroom.giveBack(mine, mark)
    carried -= mine
    used -= back
    ours -= back
  }

  return {
    kind: 'fixed',
    windowMs,
    waitMs(cost, now) {
      roll(now)
      // Between an end and the begin that is trusted, nobody can tell in which window a call would count.
      return now < end && Math.min(cost, allowed()) <= left() ? 0 : end + guardMs - now
    },
    projectMs(cost, now) {
      roll(now)
      const beyond = cost - left()
      if (beyond <= 0) return now < end ? 0 : end + guardMs - now
      return end + guardMs - now + (Math.ceil(beyond / allowed()) - 1) * windowMs
    },
    take(cost, now) {
      roll(now)
      used += cost
      ours += cost
      pending += cost
      charged += cost
      return charged
    },
    settle(cost, chargedAt, mark, answeredAt) {
      // A window that ended meanwhile ended with this call under way.
      roll(answeredAt)
      const where = placeOf(mark, chargedAt)
      // Answered after the window's end, it may have come in the next one, even if a guard holds that back.
      if (where === 'here' && answeredAt < start + windowMs) pending = Math.max(0, pending - cost)
    },
    correct(difference, chargedAt, mark) {
      const where = placeOf(mark, chargedAt)
      // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
      charged += Math.max(0, difference)
      // What no longer counts here must not be given back here.
      if (where === 'past') return
      if (where === 'here') pending = Math.max(0, pending + difference)
      else carried = Math.max(0, carried + difference)
      const change = difference < 0 ? -headroom.giveBack(-difference, mark) : difference
      used = Math.max(0, used + change)
      ours = Math.max(0, ours + change)
    },
    learn({ limit, remaining, resetsAt, precisionMs }, { now, chargedAt, cost, mark, idle }) {
      roll(now)
      const where = placeOf(mark, chargedAt)
      // An answer to a call of the last window, unless its reset says clearly that it counted in this one.
      if (sure && resetsAt !== undefined && resetsAt < start + windowMs / 2) return learnLast(cost, mark, where)
      if (resetsAt !== undefined && resetsAt <= now) return
      const unclear = resetsAt === undefined || precisionMs > windowMs / 4
      if (where !== 'here' && unclear && (sure || where === 'past')) return
      const opened = resetsAt !== undefined && place(resetsAt, precisionMs + now - chargedAt, now)
      const fresh = opened || idle
      if (limit !== undefined) {
        nextTotal = limit
        if (limit < total || opened || (fresh && remaining !== undefined)) total = limit
      }
      if (remaining !== undefined) {
        const known = remaining - (charged - mark) + arrivals.overtaken({ mark, cost, remaining }, charged)
        used = Math.max(0, total - headroom.adopt(known, total - used, mark, fresh))
        ours = Math.min(ours, used)
      }
    },
    refused(chargedAt, now, mark) {
      roll(now)
      if (placeOf(mark, chargedAt) !== 'here') return now
      if (left() < 1) return end + guardMs
      if (chargedAt - start <= Math.max(2 * guardMs, windowMs / 50)) {
        guardMs = Math.min(Math.max(2 * guardMs, windowMs / 50), windowMs / 4)
        return start + guardMs
      }
      used = Math.max(used, total)
      return end + guardMs
    },
    state(now) {
      roll(now)
      return { limit: total, remaining: Math.max(0, left()), resetsAt: end }
    },
  }
}
