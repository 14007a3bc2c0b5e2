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
  /** All use of this window that is known, and how much of it is ours; `charged` never goes back. */
  let used = 0
  let ours = 0
  let charged = 0
  /** Charged in this window and unanswered. */
  let pending = 0
  /** What was under way when the last window ended, and so counts in this one until an answer tells otherwise. */
  let carried = 0
  let carriedSince = -Infinity
  let start = -Infinity
  let end = -Infinity
  let open = false
  /** The vendor has named an end, so that the grid is no longer a guess. */
  let sure = false
  /** How long after its nominal begin a window is trusted. Grows when the vendor refuses at the border. */
  let guardMs = 0

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - ours, total - used)

  function roll(now: number): void {
    if (open && now < end + guardMs) return
    total = nextTotal
    used = ours = carried = pending
    pending = 0
    carriedSince = start
    open = onGrid
    if (!onGrid) return
    const origin = Number.isFinite(end) ? end : 0
    start = origin + Math.floor((now - guardMs - origin) / windowMs) * windowMs
    end = start + windowMs
  }

  /** Takes over a told end, which may lie late by `lateMs`; tells whether the vendor has begun a window that we had not. */
  function place(resetsAt: number, lateMs: number): boolean {
    const opened = sure && resetsAt > end + windowMs / 2
    if (opened) ours = used = pending
    // Rounded up, or told some time before it was heard, an end can only come down within its window.
    if (resetsAt < end || resetsAt > end + lateMs) {
      end = resetsAt
      start = end - windowMs
    }
    open = sure = true
    return opened
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
    settle(cost, chargedAt, answeredAt, quickestMs) {
      if (chargedAt < start) return
      pending = Math.max(0, pending - cost)
      // The vendor's window began when the opening call reached it, which took at most half of the quickest answer.
      if (!onGrid && !sure && chargedAt === start) end = Math.max(end, answeredAt - quickestMs / 2 + windowMs)
    },
    correct(difference, chargedAt) {
      if (chargedAt >= start) pending = Math.max(0, pending + difference)
      else if (carried > 0 && chargedAt >= carriedSince) carried = Math.max(0, carried + difference)
      // What no longer counts here must not be given back here.
      else return
      used = Math.max(0, used + difference)
      ours = Math.max(0, ours + difference)
    },
    learn({ limit, remaining, resetsAt, precisionMs }, { now, chargedAt, cost, mark, idle }) {
      roll(now)
      // An answer to a call of the last window, unless its reset says clearly that it counted in this one.
      if (sure && resetsAt !== undefined && resetsAt < start + windowMs / 2) {
        const back = chargedAt < start ? Math.min(cost, carried) : 0
        carried -= back
        used -= back
        ours -= back
        return
      }
      if (sure && chargedAt < start && (resetsAt === undefined || precisionMs > windowMs / 4)) return
      const fresh = (resetsAt !== undefined && resetsAt > now && place(resetsAt, precisionMs + now - chargedAt)) || idle
      if (limit !== undefined) {
        nextTotal = limit
        if (limit < total || fresh) total = limit
      }
      if (remaining !== undefined) {
        const known = remaining - (charged - mark)
        if (known < total - used || fresh) used = Math.max(0, total - known)
        ours = Math.min(ours, used)
      }
    },
    refused(chargedAt, now) {
      roll(now)
      if (chargedAt < start) return now
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
