import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'

/**
 * Windows that begin full and end at a moment: on a grid of the vendor's clock (`fixed`), or a window's length after the
 * call that opened it (`first-call`).
 *
 * Invariants: `ours <= used`; nothing is admitted beyond `allowed` of ours or `total` of all; what was under way when a
 * window ended counts in the next one too, because it may have reached the vendor there.
 */
export function fixedWindow(limit: Limit, share: number): Window {
  const { windowMs } = limit
  const onGrid = limit.kind !== 'first-call'
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
  let open = false
  /** The vendor has named an end, so that the grid is no longer a guess. */
  let sure = false
  /** How long after its nominal begin a window is trusted. Grows when the vendor refuses at the border. */
  let guardMs = 0

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - ours, total - used)

  /** Where a call under way counts: in this window, in this one too because it was under way at its begin, or no more. */
  function placeOf(mark: number, chargedAt: number): 'here' | 'carried' | 'past' {
    if (mark > chargedBefore || (mark === chargedBefore && chargedAt >= start)) return 'here'
    return mark > chargedBeforeLast ? 'carried' : 'past'
  }

  function roll(now: number): void {
    if (!open && onGrid) {
      open = true
      start = Math.floor((now - guardMs) / windowMs) * windowMs
      end = start + windowMs
    }
    if (!open || now < end + guardMs) return
    next()
    if (now < end + guardMs) return
    // Another window or more went by.
    next()
    start += Math.max(0, Math.floor((now - guardMs - start) / windowMs)) * windowMs
    end = start + windowMs
  }

  /** Begins the next window, which what is under way may have opened. */
  function next(): void {
    total = nextTotal
    chargedBeforeLast = chargedBefore
    chargedBefore = charged
    used = ours = carried = pending
    pending = 0
    start = end
    end += windowMs
    open = onGrid || carried > 0
  }

  /** Takes over a told end, which may lie late by `lateMs`; tells whether the vendor has begun a window that we had not. */
  function place(resetsAt: number, lateMs: number, now: number): boolean {
    const opened = sure && resetsAt > end + windowMs / 2
    if (opened) {
      ours = used = pending
      carried = 0
    }
    // Rounded up, or told some time before it was heard, an end can only come down within its window.
    if (resetsAt < end || resetsAt > end + lateMs || end <= now) {
      end = resetsAt
      start = end - windowMs
    }
    open = sure = true
    return opened
  }

  function learnLast(cost: number, where: ReturnType<typeof placeOf>): void {
    const back = where === 'carried' ? Math.min(cost, carried) : 0
    carried -= back
    used -= back
    ours -= back
  }

  return {
    kind: onGrid ? 'fixed' : 'first-call',
    windowMs,
    waitMs(cost, now) {
      roll(now)
      return Math.min(cost, allowed()) <= left() ? 0 : end + guardMs - now
    },
    projectMs(cost, now) {
      roll(now)
      const beyond = cost - left()
      if (beyond <= 0) return 0
      const endsInMs = open ? end + guardMs - now : windowMs
      return endsInMs + (Math.ceil(beyond / allowed()) - 1) * windowMs
    },
    take(cost, now) {
      roll(now)
      if (!open) {
        open = true
        start = now
        end = now + windowMs
      }
      used += cost
      ours += cost
      pending += cost
      charged += cost
      return charged
    },
    settle(cost, chargedAt, mark, answeredAt, quickestMs) {
      // A window that ended meanwhile ended with this call under way.
      roll(answeredAt)
      const where = placeOf(mark, chargedAt)
      const opener = where === 'carried' || chargedAt === start
      // The vendor's window began when the opening call reached it, which took at most half of the quickest answer.
      if (!onGrid && !sure && opener) end = Math.max(end, answeredAt - quickestMs / 2 + windowMs)
      // Answered after the window's earliest end, it may have come in the next one, even if that has not begun here.
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
      used = Math.max(0, used + difference)
      ours = Math.max(0, ours + difference)
    },
    learn({ limit, remaining, resetsAt, precisionMs }, { now, chargedAt, cost, mark, idle }) {
      roll(now)
      const where = placeOf(mark, chargedAt)
      // An answer to a call of the last window, unless its reset says clearly that it counted in this one.
      if (sure && resetsAt !== undefined && resetsAt < start + windowMs / 2) return learnLast(cost, where)
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
        const known = remaining - (charged - mark)
        if (known < total - used || fresh) used = Math.max(0, total - known)
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
      return { limit: total, remaining: Math.max(0, left()), ...(open && { resetsAt: end }) }
    },
  }
}
