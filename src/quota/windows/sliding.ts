import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'

/** The part of the quickest answer that its way to the vendor may have taken. */
const wayThere = 0.05

/** Use that was answered, or noticed, at one moment, ours or that of others. */
interface Entry {
  at: number
  /** No call of it reached the vendor before this. */
  notBefore: number
  ours: number
  others: number
}

/**
 * A window of which any stretch holds no more than the limit.
 *
 * A call counts from the latest moment at which it can have reached the vendor, so it is known only after the answer;
 * until then it counts without end. Entries of one thousandth of the window stand together, rounded to the later side.
 */
export function slidingWindow(limit: Limit, share: number): Window {
  const { windowMs } = limit
  const grainMs = Math.max(1, windowMs / 1000)
  let total = limit.limit
  let log: Entry[] = []
  let first = 0
  let underWay = 0
  let ours = 0
  let others = 0
  /** All use of others that was ever noticed: what one answer told is not counted again by the next. */
  let noticed = 0
  /** How much longer an entry counts, for what the estimates above miss. Grows at a refusal. */
  let guardMs = windowMs / 500

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - underWay - ours, total - underWay - ours - others)

  /** How long before its answer a call has reached the vendor at the latest. */
  let aheadMs = 0
  const endOf = (entry: Entry): number => Math.max(entry.notBefore, entry.at - aheadMs) + windowMs + guardMs

  function expire(now: number): void {
    for (let entry = log[first]; entry && endOf(entry) <= now; entry = log[++first]) {
      ours -= entry.ours
      others -= entry.others
    }
    if (first > 64 && first * 2 > log.length) {
      log = log.slice(first)
      first = 0
    }
  }

  function add(at: number, notBefore: number, mine: number, foreign: number): void {
    ours += mine
    others += foreign
    const moment = Math.ceil(at / grainMs) * grainMs
    const last = log.length > first ? log[log.length - 1] : undefined
    if (last && last.at >= moment) {
      last.notBefore = Math.max(last.notBefore, notBefore)
      last.ours += mine
      last.others += foreign
    } else log.push({ at: moment, notBefore, ours: mine, others: foreign })
  }

  return {
    kind: 'sliding',
    windowMs,
    waitMs(cost, now) {
      expire(now)
      const need = Math.min(cost, allowed())
      let free = left()
      if (need <= free) return 0
      let mine = underWay + ours
      let all = mine + others
      // An entry that began later may end sooner; it goes no sooner than those before it.
      let until = now
      for (let index = first; index < log.length; index++) {
        const entry = log[index]
        if (!entry) break
        until = Math.max(until, endOf(entry))
        mine -= entry.ours
        all -= entry.ours + entry.others
        free = Math.min(allowed() - mine, total - all)
        if (need <= free) return until - now
      }
      return Infinity
    },
    projectMs(cost, now) {
      expire(now)
      const beyond = cost - left()
      if (beyond <= 0) return 0
      const oldest = log[first]
      const firstMs = oldest ? endOf(oldest) - now : windowMs
      return firstMs + (Math.ceil(beyond / allowed()) - 1) * windowMs
    },
    take(cost, now) {
      expire(now)
      underWay += cost
      return underWay - cost + ours + others - noticed
    },
    settle(cost, chargedAt, _mark, answeredAt, quickestMs) {
      underWay = Math.max(0, underWay - cost)
      // The first answers are slow; what later ones teach holds for the earlier entries too.
      aheadMs = Math.min(quickestMs * (1 - wayThere), windowMs)
      add(answeredAt, chargedAt, cost, 0)
    },
    correct(difference) {
      underWay = Math.max(0, underWay + difference)
    },
    learn({ limit, remaining }, { now, cost, mark, idle }) {
      expire(now)
      if (limit !== undefined && (limit < total || (idle && remaining !== undefined))) total = limit
      if (remaining === undefined) return
      const foreign = (limit ?? total) - remaining - (mark + cost) - noticed
      if (foreign > 0) {
        noticed += foreign
        add(now, now, 0, foreign)
      }
    },
    refused(_chargedAt, now) {
      expire(now)
      const room = total - underWay - ours - others
      if (room > 0) {
        guardMs = Math.min(2 * guardMs, windowMs / 4)
        add(now, now, 0, room)
      }
      const oldest = log[first]
      return oldest ? endOf(oldest) : now + windowMs
    },
    state(now) {
      expire(now)
      const last = log.length > first ? log[log.length - 1] : undefined
      return { limit: total, remaining: Math.max(0, left()), ...(last && { resetsAt: endOf(last) }) }
    },
  }
}
