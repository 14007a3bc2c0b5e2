import type { Limit } from '../limit.ts'
import type { Standing, Told, Window, WindowState } from '../window.ts'
import { createArrivals } from './arrivals.ts'
import { createHeadroom } from './headroom.ts'

/**
 * Windows that begin full and end at a moment, on a grid of the vendor's clock.
 *
 * Invariants: `ours <= used`; nothing is admitted beyond `allowed` of ours or `total` of all; what was under way when a
 * window ended counts in the next one too, because it may have reached the vendor there.
 */
export function fixedWindow(limit: Limit, share: number): Window {
  return new FixedWindow(limit, share)
}

/** Where a call under way counts: in this window, in this one too because it was under way at its begin, or no more. */
type Place = 'here' | 'carried' | 'past'

// A class, as every connection may have one: functions of its own would take 800 of its 1,300 bytes.
class FixedWindow implements Window {
  readonly kind = 'fixed'
  readonly windowMs: number
  readonly #share: number
  readonly #headroom = createHeadroom()
  readonly #arrivals = createArrivals()
  #total: number
  #nextTotal: number
  /** All use of this window that is known, and how much of it is ours. */
  #used = 0
  #ours = 0
  /** All that was ever charged, and what had been when this window and the last one began: marks tell them by it. */
  #charged = 0
  #chargedBefore = 0
  #chargedBeforeLast = 0
  /** Charged in this window and unanswered when it ends. */
  #pending = 0
  /** What was under way when the last window ended, and so counts in this one until an answer tells otherwise. */
  #carried = 0
  #start = -Infinity
  #end = -Infinity
  /** When this count began: a told end moves `start`, and charges nothing anew. */
  #countedFrom = -Infinity
  /** The vendor has named an end, so that the grid is no longer a guess. */
  #sure = false
  /** How long after its nominal begin a window is trusted. Grows when the vendor refuses at the border. */
  #guardMs = 0

  constructor({ limit, windowMs }: Limit, share: number) {
    this.windowMs = windowMs
    this.#share = share
    this.#total = limit
    this.#nextTotal = limit
  }

  waitMs(cost: number, now: number): number {
    this.#roll(now)
    // Between an end and the begin that is trusted, nobody can tell in which window a call would count.
    return now < this.#end && Math.min(cost, this.#allowed()) <= this.#left() ? 0 : this.#end + this.#guardMs - now
  }

  projectMs(cost: number, now: number): number {
    this.#roll(now)
    const beyond = cost - this.#left()
    if (beyond <= 0) return now < this.#end ? 0 : this.#end + this.#guardMs - now
    return this.#end + this.#guardMs - now + (Math.ceil(beyond / this.#allowed()) - 1) * this.windowMs
  }

  take(cost: number, now: number): number {
    this.#roll(now)
    this.#used += cost
    this.#ours += cost
    this.#pending += cost
    this.#charged += cost
    return this.#charged
  }

  settle(cost: number, chargedAt: number, mark: number, answeredAt: number): void {
    // A window that ended meanwhile ended with this call under way.
    this.#roll(answeredAt)
    const where = this.#placeOf(mark, chargedAt)
    // Answered after the window's end, it may have come in the next one, even if a guard holds that back.
    if (where === 'here' && answeredAt < this.#start + this.windowMs) this.#pending = Math.max(0, this.#pending - cost)
  }

  correct(difference: number, chargedAt: number, mark: number): void {
    const where = this.#placeOf(mark, chargedAt)
    // In doubt whether it was charged before or after a call that is under way: after, which leaves less.
    this.#charged += Math.max(0, difference)
    // What no longer counts here must not be given back here.
    if (where === 'past') return
    if (where === 'here') this.#pending = Math.max(0, this.#pending + difference)
    else this.#carried = Math.max(0, this.#carried + difference)
    const change = difference < 0 ? -this.#headroom.giveBack(-difference, mark) : difference
    this.#used = Math.max(0, this.#used + change)
    this.#ours = Math.max(0, this.#ours + change)
  }

  learn(told: Told, { now, chargedAt, cost, mark, idle }: Standing): void {
    const { limit, remaining, resetsAt, precisionMs } = told
    this.#roll(now)
    const where = this.#placeOf(mark, chargedAt)
    // An answer to a call of the last window, unless its reset says clearly that it counted in this one.
    if (this.#sure && resetsAt !== undefined && resetsAt < this.#start + this.windowMs / 2)
      return this.#learnLast(cost, mark, where)
    if (resetsAt !== undefined && resetsAt <= now) return
    const unclear = resetsAt === undefined || precisionMs > this.windowMs / 4
    if (where !== 'here' && unclear && (this.#sure || where === 'past')) return
    const opened = resetsAt !== undefined && this.#place(resetsAt, precisionMs + now - chargedAt, now)
    const fresh = opened || idle
    if (limit !== undefined) {
      this.#nextTotal = limit
      if (limit < this.#total || opened || (fresh && remaining !== undefined)) this.#total = limit
    }
    if (remaining !== undefined) {
      const overtaken = this.#arrivals.overtaken({ mark, cost, remaining }, this.#charged)
      const known = remaining - (this.#charged - mark) + overtaken
      // None is left that could have overtaken another.
      if (idle) this.#arrivals.clear()
      this.#used = Math.max(0, this.#total - this.#headroom.adopt(known, this.#total - this.#used, mark, fresh))
      this.#ours = Math.min(this.#ours, this.#used)
    }
  }

  refused(chargedAt: number, now: number, mark: number): number {
    this.#roll(now)
    if (this.#placeOf(mark, chargedAt) !== 'here') return now
    if (this.#left() < 1) return this.#end + this.#guardMs
    if (chargedAt - this.#start <= Math.max(2 * this.#guardMs, this.windowMs / 50)) {
      this.#guardMs = Math.min(Math.max(2 * this.#guardMs, this.windowMs / 50), this.windowMs / 4)
      return this.#start + this.#guardMs
    }
    this.#used = Math.max(this.#used, this.#total)
    return this.#end + this.#guardMs
  }

  state(now: number): WindowState {
    this.#roll(now)
    return { limit: this.#total, remaining: Math.max(0, this.#left()), resetsAt: this.#end }
  }

  #allowed(): number {
    return Math.max(1, Math.floor(this.#total * this.#share))
  }

  #left(): number {
    return Math.min(this.#allowed() - this.#ours, this.#total - this.#used)
  }

  #placeOf(mark: number, chargedAt: number): Place {
    if (mark > this.#chargedBefore || (mark === this.#chargedBefore && chargedAt >= this.#countedFrom)) return 'here'
    return mark > this.#chargedBeforeLast ? 'carried' : 'past'
  }

  #roll(now: number): void {
    if (this.#end === -Infinity) {
      this.#start = Math.floor((now - this.#guardMs) / this.windowMs) * this.windowMs
      this.#end = this.#start + this.windowMs
    }
    if (now < this.#end + this.#guardMs) return
    this.#next()
    if (now < this.#end + this.#guardMs) return
    // Another window or more went by.
    this.#next()
    this.#start += Math.max(0, Math.floor((now - this.#guardMs - this.#start) / this.windowMs)) * this.windowMs
    this.#countedFrom = this.#start
    this.#end = this.#start + this.windowMs
  }

  /** Begins the next window. */
  #next(): void {
    this.#total = this.#nextTotal
    this.#chargedBeforeLast = this.#chargedBefore
    this.#chargedBefore = this.#charged
    this.#used = this.#ours = this.#carried = this.#pending
    this.#pending = 0
    this.#countedFrom = this.#start = this.#end
    this.#end += this.windowMs
    this.#forget()
  }

  #forget(): void {
    this.#headroom.clear()
    this.#arrivals.clear()
  }

  /** Takes over a told end, which may lie late by `lateMs`; tells whether the vendor has begun a window that we had not. */
  #place(resetsAt: number, lateMs: number, now: number): boolean {
    const opened = this.#sure && resetsAt > this.#end + Math.max(lateMs, this.windowMs / 2)
    if (opened) {
      this.#ours = this.#used = this.#pending
      this.#carried = 0
      this.#forget()
    }
    // Rounded up, or told some time before it was heard, an end can only come down within its window.
    if (resetsAt < this.#end || resetsAt > this.#end + lateMs || this.#end <= now) {
      this.#end = resetsAt
      this.#start = this.#end - this.windowMs
    }
    this.#sure = true
    return opened
  }

  #learnLast(cost: number, mark: number, where: Place): void {
    const mine = where === 'carried' ? Math.min(cost, this.#carried) : 0
    const back = this.#headroom.giveBack(mine, mark)
    this.#carried -= mine
    this.#used -= back
    this.#ours -= back
  }
}
