import type { Limit } from '../limit.ts'
import type { Window } from '../window.ts'

/** Use that reached the vendor at one moment, ours or that of others. */
interface Entry {
  at: number
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

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - underWay - ours, total - underWay - ours - others)

  function expire(now: number): void {
    for (let entry = log[first]; entry && entry.at + windowMs <= now; entry = log[++first]) {
      ours -= entry.ours
      others -= entry.others
    }
    if (first > 64 && first * 2 > log.length) {
      log = log.slice(first)
      first = 0
    }
  }

  function add(at: number, mine: number, foreign: number): void {
    ours += mine
    others += foreign
    const moment = Math.ceil(at / grainMs) * grainMs
    const last = log.length > first ? log[log.length - 1] : undefined
    if (last && last.at >= moment) {
      last.ours += mine
      last.others += foreign
    } else log.push({ at: moment, ours: mine, others: foreign })
  }

  return {
    kind: 'sliding',
    waitMs(cost, now) {
      expire(now)
      const need = Math.min(cost, allowed())
      let free = left()
      if (need <= free) return 0
      let mine = underWay + ours
      let all = mine + others
      for (let index = first; index < log.length; index++) {
        const entry = log[index]
        if (!entry) break
        mine -= entry.ours
        all -= entry.ours + entry.others
        free = Math.min(allowed() - mine, total - all)
        if (need <= free) return entry.at + windowMs - now
      }
      return Infinity
    },
    projectMs(cost, now) {
      expire(now)
      const beyond = cost - left()
      if (beyond <= 0) return 0
      const oldest = log[first]
      const firstMs = oldest ? oldest.at + windowMs - now : windowMs
      return firstMs + (Math.ceil(beyond / allowed()) - 1) * windowMs
    },
    take(cost, now) {
      expire(now)
      underWay += cost
      return total - underWay - ours - others + noticed
    },
    settle(cost, _chargedAt, arrivedBy) {
      underWay = Math.max(0, underWay - cost)
      add(arrivedBy, cost, 0)
    },
    correct(difference) {
      const last = log[log.length - 1]
      if (!last) return
      const change = Math.max(-last.ours, difference)
      last.ours += change
      ours += change
    },
    learn({ limit, remaining }, { now, mark, idle }) {
      expire(now)
      if (limit !== undefined && limit !== total && (limit < total || idle)) total = limit
      if (remaining === undefined) return
      const foreign = mark - remaining - noticed
      if (foreign > 0) {
        noticed += foreign
        add(now, 0, foreign)
      }
    },
    refused(_chargedAt, now) {
      expire(now)
      // Whatever fills it, some of it goes after the oldest that is known.
      const oldest = log[first]
      const full = total - underWay - ours - others
      if (full > 0) add(now, 0, full)
      return oldest ? oldest.at + windowMs : now + windowMs
    },
    state(now) {
      expire(now)
      const last = log.length > first ? log[log.length - 1] : undefined
      return { limit: total, remaining: Math.max(0, left()), ...(last && { resetsAt: last.at + windowMs }) }
    },
  }
}
