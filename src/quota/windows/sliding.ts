import type { Limit } from '../limit.ts'
import type { Standing, Told, Window, WindowState } from '../window.ts'
import { createArrivals } from './arrivals.ts'
import { createHeadroom } from './headroom.ts'
import { createToldEnds, type ToldEnds } from './told-ends.ts'
import { createUseLog, type Entry, type UseLog } from './use-log.ts'

/** The part of the quickest answer that its way to the vendor may have taken. */
const wayThere = 0.05

// Enough for an even pace.
const mostSteps = 20

/**
 * A window of which any stretch holds no more than the limit (`sliding`), or which begins with the first call after the last
 * one ended (`first-call`): of that, too, no stretch holds more, as far as nobody tells where it ends.
 *
 * A call counts from the latest moment at which it can have reached the vendor, so it is known only after the answer;
 * until then it counts without end. Entries of one thousandth of the window stand together.
 */
export function slidingWindow(limit: Limit, share: number): Window {
  return new SlidingWindow(limit, share)
}

// A class, as every connection may have one: functions of its own would take 800 of its 1,400 bytes.
class SlidingWindow implements Window {
  readonly kind: 'first-call' | 'sliding'
  readonly windowMs: number
  readonly #share: number
  readonly #ends: ToldEnds | undefined
  readonly #log: UseLog
  readonly #headroom = createHeadroom()
  readonly #arrivals = createArrivals()
  /** By the marks of calls under way: what was counted when they were charged, less all that was noticed. */
  readonly #counts = new Map<number, number>()
  #total: number
  #nextTotal: number
  #underWay = 0
  /** All use of others that was ever noticed: what one answer told is not counted again by the next. */
  #noticed = 0
  /** What refunds since the last figure left to others, in doubt. */
  #kept = 0
  #toldAt = -Infinity
  /** All that was ever charged, and all that was given back. */
  #charged = 0
  #refunded = 0
  /** How much longer an entry counts, for what the estimates above miss. Grows at a refusal. */
  #guardMs: number
  /** How long before its answer a call has reached the vendor at the latest. */
  #aheadMs = 0

  constructor({ kind, windowMs, limit }: Limit, share: number) {
    this.kind = kind === 'first-call' ? 'first-call' : 'sliding'
    this.windowMs = windowMs
    this.#share = share
    this.#ends = kind === 'first-call' ? createToldEnds(windowMs) : undefined
    this.#log = createUseLog(Math.max(1, windowMs / 1000), (entry) => this.#endOf(entry))
    this.#total = limit
    this.#nextTotal = limit
    this.#guardMs = windowMs / 500
  }

  waitMs(cost: number, now: number): number {
    this.#roll(now)
    const need = Math.min(cost, this.#allowed())
    return need <= this.#left() ? 0 : this.#log.waitMs(now, (ours, others) => need <= this.#roomBeside(ours, others))
  }

  projectMs(cost: number, now: number): number {
    this.#roll(now)
    const beyond = cost - this.#left()
    if (beyond <= 0) return 0
    const { oldest } = this.#log
    const firstMs = oldest ? this.#endOf(oldest) - now : this.windowMs
    return firstMs + (Math.ceil(beyond / this.#allowed()) - 1) * this.windowMs
  }

  take(cost: number, now: number): number {
    this.#roll(now)
    this.#underWay += cost
    this.#charged += cost
    if (!this.#ends) {
      const counted = this.#underWay - cost + this.#log.ours + this.#log.others - this.#noticed + this.#refunded
      this.#counts.set(this.#charged, counted)
    }
    return this.#charged
  }

  settle(cost: number, chargedAt: number, mark: number, answeredAt: number, quickestMs: number): void {
    this.#underWay = Math.max(0, this.#underWay - cost)
    this.#counts.delete(mark)
    // The first answers are slow; what later ones teach holds for the earlier entries too.
    this.#aheadMs = Math.min(quickestMs * (1 - wayThere), this.windowMs)
    this.#log.add(answeredAt, chargedAt, cost, 0)
  }

  correct(difference: number, chargedAt: number): void {
    this.#underWay = Math.max(0, this.#underWay + difference)
    // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
    this.#charged += Math.max(0, difference)
    if (difference > 0) return
    this.#refunded -= difference
    // The vendor's figure may have told of it already; then what was taken for ours is the use of others.
    const kept = -difference - this.#headroom.giveBack(-difference, chargedAt)
    this.#kept += kept
    if (kept > 0) this.#notice(kept)
  }

  learn(told: Told, { now, cost, asked, mark, idle, chargedAt }: Standing): void {
    const { limit, remaining, resetsAt, precisionMs } = told
    this.#roll(now)
    const where = this.#ends?.place({ resetsAt, lateMs: precisionMs + now - chargedAt, chargedAt, now })
    if (where === 'past') return
    if (where === 'next') this.#begin()
    this.#log.expire(now)
    if (limit !== undefined) {
      this.#nextTotal = limit
      if (limit < this.#total || (idle && remaining !== undefined)) this.#total = limit
    }
    if (remaining === undefined) return
    const before = this.#counts.get(mark)
    // Of a call that was charged nothing, nobody knows what was counted before it.
    if (before === undefined && !this.#ends) return
    const overtaken = this.#arrivals.overtaken({ mark, cost, remaining }, this.#charged)
    const room = this.#roomOfAll()
    const counted = (before ?? 0) - (this.#refunded - Math.max(0, asked - cost)) + cost
    // What the call itself cost beyond its estimate was charged by its answer, and is no later use.
    const later = this.#charged - mark - Math.max(0, cost - asked)
    // In a log, use that counted when the answer was written may count no more; in a window it does until the end.
    const foreign = this.#ends
      ? room - (remaining - later) - overtaken
      : (limit ?? this.#total) - remaining - counted - this.#noticed - Math.max(0, overtaken)
    this.#toldAt = now
    // What this figure tells of too may have come since the one before.
    const late = Math.min(this.#kept, foreign + this.#kept)
    this.#kept = 0
    if (late > 0) {
      this.#notice(-late)
      this.#notice(late)
    }
    const kept = room - this.#headroom.adopt(room - foreign, room, chargedAt, false)
    if (kept > 0) this.#notice(kept)
    if (!idle) return
    this.#arrivals.clear()
    // With no call under way, what was taken for the use of others only because calls had overtaken each other shows.
    if (foreign < 0 && !this.#ends) this.#notice(-Math.min(-foreign, this.#log.others))
  }

  refused(_chargedAt: number, now: number, _mark: number, toldAt?: number): number {
    this.#roll(now)
    const room = this.#roomOfAll()
    if (room > 0) {
      this.#guardMs = Math.min(2 * this.#guardMs, this.windowMs / 4)
      if (toldAt === undefined) this.#log.add(now, now, 0, room)
      else this.#fill(room, toldAt)
    }
    if (toldAt !== undefined) return toldAt
    const { oldest } = this.#log
    return oldest ? this.#endOf(oldest) : now + this.windowMs
  }

  state(now: number): WindowState {
    this.#roll(now)
    const { latest } = this.#log
    const known = { limit: this.#total, remaining: Math.max(0, this.#left()) }
    return latest ? { ...known, resetsAt: this.#endOf(latest) } : known
  }

  #allowed(): number {
    return Math.max(1, Math.floor(this.#total * this.#share))
  }

  #roomBeside(ours: number, others: number): number {
    return Math.min(this.#allowed() - this.#underWay - ours, this.#total - this.#underWay - ours - others)
  }

  #left(): number {
    return this.#roomBeside(this.#log.ours, this.#log.others)
  }

  #roomOfAll(): number {
    return this.#total - this.#underWay - this.#log.ours - this.#log.others
  }

  #endOf(entry: Entry): number {
    const latest = Math.max(entry.notBefore, entry.at - this.#aheadMs) + this.windowMs + this.#guardMs
    return this.#ends?.endOf(entry, latest) ?? latest
  }

  #roll(now: number): void {
    if (this.#ends?.roll(now)) this.#begin()
    this.#log.expire(now)
  }

  #begin(): void {
    this.#total = this.#nextTotal
    this.#headroom.clear()
    this.#arrivals.clear()
  }

  /** Takes the room for the use of others, of which the first ends when the vendor says, and the rest as fast as a full log empties. */
  #fill(room: number, firstEndsAt: number): void {
    const step = Math.ceil(room / mostSteps)
    for (let filled = 0; filled < room; filled += step) {
      const endsAt = firstEndsAt + (filled / this.#total) * this.windowMs
      this.#log.insert(endsAt - this.windowMs - this.#guardMs, Math.min(step, room - filled))
    }
  }

  #notice(foreign: number): void {
    this.#noticed += foreign
    if (foreign > 0) this.#log.add(this.#toldAt, this.#toldAt, 0, foreign)
    else this.#log.dropOthers(-foreign)
  }
}
