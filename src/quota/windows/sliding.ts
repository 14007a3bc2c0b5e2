import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'
import { createHeadroom } from './headroom.ts'
import { createToldEnds } from './told-ends.ts'
import { createUseLog, type Entry } from './use-log.ts'

/** The part of the quickest answer that its way to the vendor may have taken. */
const wayThere = 0.05

/**
 * A window of which any stretch holds no more than the limit (`sliding`), or which begins with the first call after the last
 * one ended (`first-call`): of that, too, no stretch holds more, as far as nobody tells where it ends.
 *
 * A call counts from the latest moment at which it can have reached the vendor, so it is known only after the answer;
 * until then it counts without end. Entries of one thousandth of the window stand together.
 */
export function slidingWindow(limit: Limit, share: number): Window {
  const { windowMs } = limit
  const ends = limit.kind === 'first-call' ? createToldEnds(windowMs) : undefined
  const log = createUseLog(Math.max(1, windowMs / 1000), endOf)
  const headroom = createHeadroom()
  let total = limit.limit
  let nextTotal = total
  let underWay = 0
  /** All use of others that was ever noticed: what one answer told is not counted again by the next. */
  let noticed = 0
  let toldAt = -Infinity
  /** All that was ever charged, and all that was given back. */
  let charged = 0
  let refunded = 0
  /** How much longer an entry counts, for what the estimates above miss. Grows at a refusal. */
  let guardMs = windowMs / 500
  /** How long before its answer a call has reached the vendor at the latest. */
  let aheadMs = 0

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const roomBeside = (ours: number, others: number): number =>
    Math.min(allowed() - underWay - ours, total - underWay - ours - others)
  const left = (): number => roomBeside(log.ours, log.others)
  const roomOfAll = (): number => total - underWay - log.ours - log.others

  function endOf(entry: Entry): number {
    const latest = Math.max(entry.notBefore, entry.at - aheadMs) + windowMs + guardMs
    return ends?.endOf(entry, latest) ?? latest
  }

  function roll(now: number): void {
    if (ends?.roll(now)) begin()
    log.expire(now)
  }

  function begin(): void {
    total = nextTotal
    headroom.clear()
  }

  function notice(foreign: number): void {
    noticed += foreign
    log.add(toldAt, toldAt, 0, foreign)
  }

  return {
    kind: ends ? 'first-call' : 'sliding',
    windowMs,
    waitMs(cost, now) {
      roll(now)
      const need = Math.min(cost, allowed())
      return need <= left() ? 0 : log.waitMs(now, (ours, others) => need <= roomBeside(ours, others))
    },
    projectMs(cost, now) {
      roll(now)
      const beyond = cost - left()
      if (beyond <= 0) return 0
      const firstMs = log.oldest ? endOf(log.oldest) - now : windowMs
      return firstMs + (Math.ceil(beyond / allowed()) - 1) * windowMs
    },
    take(cost, now) {
      roll(now)
      underWay += cost
      charged += cost
      return ends ? charged : underWay - cost + log.ours + log.others - noticed + refunded
    },
    settle(cost, chargedAt, _mark, answeredAt, quickestMs) {
      underWay = Math.max(0, underWay - cost)
      // The first answers are slow; what later ones teach holds for the earlier entries too.
      aheadMs = Math.min(quickestMs * (1 - wayThere), windowMs)
      log.add(answeredAt, chargedAt, cost, 0)
    },
    correct(difference, chargedAt) {
      underWay = Math.max(0, underWay + difference)
      // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
      charged += Math.max(0, difference)
      if (difference > 0) return
      refunded -= difference
      // The vendor's figure may have told of it already; then what was taken for ours is the use of others.
      const kept = -difference - headroom.giveBack(-difference, chargedAt)
      if (kept > 0) notice(kept)
    },
    learn({ limit, remaining, resetsAt, precisionMs }, { now, cost, asked, mark, idle, chargedAt }) {
      roll(now)
      const where = ends?.place({ resetsAt, lateMs: precisionMs + now - chargedAt, chargedAt, now })
      if (where === 'past') return
      if (where === 'next') begin()
      log.expire(now)
      if (limit !== undefined) {
        nextTotal = limit
        if (limit < total || (idle && remaining !== undefined)) total = limit
      }
      if (remaining === undefined) return
      // In a log, use that counted when the answer was written may count no more; in a window it does until the end.
      const foreign = ends
        ? roomOfAll() - (remaining - (charged - mark))
        : (limit ?? total) - remaining - (mark - (refunded - Math.max(0, asked - cost)) + cost) - noticed
      const room = roomOfAll()
      toldAt = now
      const kept = room - headroom.adopt(room - foreign, room, chargedAt, false)
      if (kept > 0) notice(kept)
    },
    refused(_chargedAt, now) {
      roll(now)
      const room = roomOfAll()
      if (room > 0) {
        guardMs = Math.min(2 * guardMs, windowMs / 4)
        log.add(now, now, 0, room)
      }
      return log.oldest ? endOf(log.oldest) : now + windowMs
    },
    state(now) {
      roll(now)
      const resetsAt = log.latest && endOf(log.latest)
      return { limit: total, remaining: Math.max(0, left()), ...(resetsAt !== undefined && { resetsAt }) }
    },
  }
}
