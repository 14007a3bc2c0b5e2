import type { Cancel, Runtime } from '../runtime.ts'

/** Sets time limits as a runtime does. */
export type Limits = Pick<Runtime, 'limit'>

/** A limit that was set, between those that were set before and after it. */
interface Limit {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly end: () => void
  before: Limit | undefined
  after: Limit | undefined
  over: boolean
}

/**
 * Makes limits that share one timer: nearly every call ends before its own, and a timer for each, set and cleared, takes a twentieth of what
 * the standard stack costs. The timer is there while a limit is, and goes off too early for those that outlast the first.
 */
export function createLimitPool(runtime: Runtime): Limits {
  return new LimitPool(runtime)
}

/** The timer of a pool. */
interface Timer {
  readonly cancel: Cancel
  /** When it goes off. Milliseconds since the Unix epoch. */
  readonly at: number
}

class LimitPool implements Limits {
  readonly #runtime: Runtime
  #last: Limit | undefined
  #timer: Timer | undefined

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  limit(ms: number, end: () => void): Cancel {
    const at = this.#runtime.now() + ms
    const limit: Limit = { at, end, before: this.#last, after: undefined, over: false }
    if (this.#last) this.#last.after = limit
    this.#last = limit
    this.#wake(at, ms)
    return () => this.#remove(limit)
  }

  #wake(at: number, ms: number): void {
    if (this.#timer && this.#timer.at <= at) return
    this.#timer?.cancel()
    this.#timer = { at, cancel: this.#runtime.limit(ms, () => this.#end(at)) }
  }

  #end(at: number): void {
    this.#timer = undefined
    // The timer may be late, or early by the millisecond of another clock.
    const now = Math.max(at, this.#runtime.now())
    const due: Limit[] = []
    for (let limit = this.#last; limit; limit = limit.before) if (limit.at <= now) due.unshift(limit)
    try {
      for (const limit of due) {
        if (limit.over) continue
        this.#remove(limit)
        limit.end()
      }
    } finally {
      // Also where one throws: the others are not to be forgotten for it.
      let next = Infinity
      for (let limit = this.#last; limit; limit = limit.before) next = Math.min(next, limit.at)
      if (next !== Infinity) this.#wake(next, Math.max(0, next - now))
    }
  }

  #remove(limit: Limit): void {
    if (limit.over) return
    limit.over = true
    if (limit.before) limit.before.after = limit.after
    if (limit.after) limit.after.before = limit.before
    else this.#last = limit.before
    // What is over must not keep its neighbours: of calls that outlive a collection, each would keep all that came after it.
    limit.before = limit.after = undefined
    if (this.#last) return
    this.#timer?.cancel()
    this.#timer = undefined
  }
}
