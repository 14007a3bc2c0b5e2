import { stepProbe, type Probe } from '../probe.ts'
import type { Window, WindowState } from '../window.ts'

// A timer that fires late, or a pause, must not slow the pace down for good: this much lost time is made up for.
const catchUpMs = 200
const firstPauseMs = 100
const longestPauseMs = 30_000

const open: Probe = { at: 'open' }
const scout: Probe = { at: 'scout' }

/**
 * A pace in the place of a limit that nobody states, see {@link Probe}. Gives way to a real window as soon as an answer
 * tells a limit.
 *
 * After a refusal one call alone tries again, later each time. `startPerSecond` is the pace after the first answer;
 * `Infinity` keeps none until the vendor refuses.
 */
export function probingWindow(startPerSecond: number): Window {
  return new ProbingWindow(startPerSecond)
}

/** How many refusals came in a row, and when the first and the last of them did. */
interface Refusals {
  inRow: number
  since: number
  at: number
}

// A class, as every connection has one until its limit is known: functions of its own would take 700 of its 800 bytes.
class ProbingWindow implements Window {
  readonly #startPerSecond: number
  #probe: Probe
  #nextAt = -Infinity
  #underWay = 0
  /** Absent until the first one. */
  #refusals: Refusals | undefined
  /** What was served since the last row of refusals began, and in the present second. */
  #served = 0
  #second = 0
  #servedInSecond = 0

  constructor(startPerSecond: number) {
    this.#startPerSecond = startPerSecond
    this.#probe = startPerSecond === Infinity ? open : scout
  }

  get kind(): string {
    return 'probing'
  }

  get windowMs(): number {
    return 0
  }

  waitMs(_cost: number, now: number): number {
    if (this.#probe.at === 'open') return 0
    if (this.#underWay > 0 && (this.#probe.at === 'scout' || this.#refusals?.inRow)) return Infinity
    return Math.max(0, Math.ceil(this.#nextAt - now))
  }

  projectMs(cost: number, now: number): number {
    const spacingMs = this.#spacingMs()
    return spacingMs === 0 ? 0 : Math.max(0, this.#nextAt - now) + (cost - 1) * spacingMs
  }

  take(cost: number, now: number): number {
    this.#underWay += cost
    this.#nextAt = Math.max(this.#nextAt, now - catchUpMs) + cost * this.#spacingMs()
    return this.#underWay
  }

  settle(cost: number, chargedAt: number, _mark: number, answeredAt: number): void {
    this.#underWay = Math.max(0, this.#underWay - cost)
    this.#served++
    const present = Math.floor(answeredAt / 1000)
    this.#servedInSecond = present === this.#second ? this.#servedInSecond + 1 : 1
    this.#second = present
    if (this.#refusals) {
      if (chargedAt <= this.#refusals.at) return
      this.#refusals.inRow = 0
    }
    // Only a pace that is made use of may grow: an idle client learns nothing about the vendor.
    const used = this.#probe.at === 'scout' || this.#nextAt > answeredAt - 2 * this.#spacingMs() - catchUpMs
    if (used) this.#probe = stepProbe(this.#probe, { type: 'success', startPerSecond: this.#startPerSecond })
  }

  correct(difference: number): void {
    this.#underWay = Math.max(0, this.#underWay + difference)
  }

  learn(): void {}

  refused(chargedAt: number, now: number): number {
    // It is settled like any call; what the vendor refused it has not served.
    this.#served--
    this.#servedInSecond--
    // Calls that were under way at a refusal are part of the same one.
    this.#refusals ??= { inRow: 0, since: -Infinity, at: -Infinity }
    const refusals = this.#refusals
    if (chargedAt > refusals.at) {
      if (refusals.inRow === 0) {
        this.#probe = stepProbe(this.#probe, { type: 'refusal', served: this.#servedPerSecond(refusals.since, now) })
        refusals.since = now
        this.#served = 1 - this.#underWay
      }
      refusals.inRow++
      refusals.at = now
    }
    return now + Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, refusals.inRow - 1))
  }

  state(now: number): WindowState {
    return { remaining: this.#probe.at === 'open' ? Infinity : this.waitMs(0, now) > 0 ? 0 : 1 }
  }

  #spacingMs(): number {
    return 'perSecond' in this.#probe ? 1000 / this.#probe.perSecond : 0
  }

  /** What is under way with the refused call has passed the vendor's count before it. */
  #servedPerSecond(refusedSince: number, now: number): number {
    // Before the first refusal the pace was still rising, and an average would hide where it got to.
    if (refusedSince === -Infinity) return this.#servedInSecond + this.#underWay - 1
    return ((this.#served + this.#underWay - 1) * 1000) / Math.max(1, now - refusedSince)
  }
}
