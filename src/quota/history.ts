import type { Window } from './window.ts'

/** Calls that were charged at one moment. */
interface Entry {
  cost: number
  /** What of it is under way. */
  open: number
  answeredAt: number
}

/** When calls were charged, and answered. */
export interface History {
  /** The cost of what is under way. */
  readonly open: number
  charge(cost: number, at: number): void
  settle(cost: number, at: number, answeredAt: number): void
  correct(difference: number, at: number): void
  /** The cost of what was charged after a moment and before another. */
  between(after: number, before: number): number
  /** Of what was charged after a moment, the cost of what was answered by another, and of what was under way then. */
  answeredBy(moment: number, after: number): { readonly answered: number; readonly open: number }
  /** When the oldest was charged of the last calls up to a moment that cost so much together. */
  oldestOf(cost: number, upTo: number): number | undefined
  /** Charges to a window what was charged after a moment. */
  replay(window: Window, after: number): void
  /** Forgets what was charged before a moment, but for what is under way. */
  forget(before: number): void
}

const mostEntries = 10_000

/** Makes an empty history. */
export function createHistory(): History {
  return new ChargedCalls()
}

// A class, as every connection may have one: an object with a getter and functions of its own would take 1,000 bytes more.
class ChargedCalls implements History {
  open = 0
  readonly #entries = new Map<number, Entry>()

  charge(cost: number, at: number): void {
    // Of what is so long ago, less is known: that decides less, and nothing wrong.
    const [oldest] = this.#entries.size < mostEntries ? [] : this.#entries
    if (oldest && oldest[1].open === 0) this.#entries.delete(oldest[0])
    const entry = this.#entries.get(at) ?? { cost: 0, open: 0, answeredAt: at }
    entry.cost += cost
    entry.open += cost
    this.open += cost
    this.#entries.set(at, entry)
  }

  settle(cost: number, at: number, answeredAt: number): void {
    const entry = this.#entries.get(at)
    if (!entry) return
    entry.open -= cost
    entry.answeredAt = answeredAt
    this.open -= cost
  }

  correct(difference: number, at: number): void {
    const entry = this.#entries.get(at)
    if (!entry) return
    entry.cost += difference
    entry.open += difference
    this.open += difference
  }

  between(after: number, before: number): number {
    let sum = 0
    for (const [at, { cost }] of this.#entries) if (at > after && at < before) sum += cost
    return sum
  }

  answeredBy(moment: number, after: number): { readonly answered: number; readonly open: number } {
    const sums = { answered: 0, open: 0 }
    for (const [at, entry] of this.#entries) {
      if (at <= after || at > moment) continue
      sums[entry.open === 0 && entry.answeredAt <= moment ? 'answered' : 'open'] += entry.cost
    }
    return sums
  }

  oldestOf(cost: number, upTo: number): number | undefined {
    let sum = 0
    for (const [at, entry] of [...this.#entries].toReversed()) {
      if (at > upTo) continue
      sum += entry.cost
      if (sum >= cost) return at
    }
    return undefined
  }

  replay(window: Window, after: number): void {
    for (const [at, { cost, open, answeredAt }] of this.#entries) {
      if (at <= after) continue
      const mark = window.take(cost, at)
      if (open < cost) window.settle(cost - open, at, mark, answeredAt, 0)
    }
  }

  forget(before: number): void {
    for (const [at, entry] of this.#entries) if (at < before && entry.open === 0) this.#entries.delete(at)
  }
}
