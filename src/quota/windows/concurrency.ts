import { stepCap, type Cap } from '../cap.ts'
import type { Told, Window, WindowState } from '../window.ts'

/**
 * How many calls may be under way at once, whatever each costs: up to `max`, see {@link Cap}. With a `start` below it, how
 * many it really is has to be found.
 */
export function concurrencyWindow(max: number, start: number = max): Window {
  return new ConcurrencyWindow(max, start)
}

// A class, as every connection has one: functions of its own would take 600 of its 700 bytes.
class ConcurrencyWindow implements Window {
  #most: number
  #cap: Cap
  #active = 0
  #settled = 0
  /** How many at once it takes to use up in time what was told to remain. */
  #wanted = 0

  constructor(max: number, start: number) {
    this.#most = max
    this.#cap = start < max ? { at: 'ramp', calls: start } : max === Infinity ? uncapped : told(max)
  }

  get kind(): string {
    return 'concurrency'
  }

  get windowMs(): number {
    return 0
  }

  waitMs(): number {
    return this.#active < this.#allowed() ? 0 : Infinity
  }

  projectMs(): number {
    return 0
  }

  take(): number {
    this.#active++
    return this.#settled
  }

  settle(_cost: number, _chargedAt: number, _mark: number, answeredAt: number): void {
    const cap = this.#cap
    if (this.#active >= this.#allowed() && cap.calls < this.#most) {
      this.#cap = stepCap(cap, { type: 'success', now: answeredAt, wanted: this.#wanted })
    }
    this.#active--
    this.#settled++
  }

  correct(): void {}

  learn({ limit, servesAtOnce = 0, wantsAtOnce = this.#wanted }: Told): void {
    this.#wanted = wantsAtOnce
    const cap = stepCap(this.#cap, { type: 'sure', calls: servesAtOnce })
    this.#cap = cap
    if (limit === undefined || limit === this.#most) return
    this.#most = limit
    // What a refusal has shown counts for more than what is told.
    if (cap.at === 'ramp' || cap.until === -Infinity) this.#cap = told(limit)
  }

  refused(_chargedAt: number, now: number, mark: number): undefined {
    // With those that were answered meanwhile: refusals may come later than what the vendor served.
    const atOnce = this.#active + this.#settled - mark
    this.#cap = stepCap(this.#cap, { type: 'refusal', now, atOnce })
    return undefined
  }

  state(): WindowState {
    const { at, calls } = this.#cap
    const limit = at === 'hold' && Number.isFinite(calls) ? { limit: this.#allowed() } : {}
    return { ...limit, remaining: Math.max(0, this.#allowed() - this.#active) }
  }

  #allowed(): number {
    return Math.min(this.#most, Math.floor(this.#cap.calls))
  }
}

function told(calls: number): Cap {
  return { at: 'hold', calls, until: -Infinity }
}

const uncapped = told(Infinity)
