/** Use that was answered, or noticed, at one moment, ours or that of others. */
export interface Entry {
  /** Rounded to the later side. */
  readonly at: number
  /** No call of it reached the vendor before this. */
  notBefore: number
  ours: number
  others: number
}

/** Use, in the order in which it was answered. */
export interface UseLog {
  readonly ours: number
  readonly others: number
  readonly oldest: Entry | undefined
  readonly latest: Entry | undefined
  add(at: number, notBefore: number, ours: number, others: number): void
  /** Adds use of others at a moment that may lie before what is there. */
  insert(at: number, others: number): void
  /** Forgets the oldest entries that count no more. */
  expire(now: number): void
  /** Takes back so much of what was taken for the use of others, the oldest first. */
  dropOthers(amount: number): void
  /** How long until enough entries have expired that what is left of ours and of others fits; `Infinity` if none helps. */
  waitMs(now: number, fits: (ours: number, others: number) => boolean): number
}

/** Makes an empty log. `endOf`: when an entry counts no more; entries within `grainMs` stand together. */
export function createUseLog(grainMs: number, endOf: (entry: Entry) => number): UseLog {
  return new OrderedUse(grainMs, endOf)
}

// A class, as every connection may have one: an object with four getters of its own would take 1,000 bytes more.
class OrderedUse implements UseLog {
  ours = 0
  others = 0
  readonly #grainMs: number
  readonly #endOf: (entry: Entry) => number
  #entries: Entry[] = []
  #first = 0

  constructor(grainMs: number, endOf: (entry: Entry) => number) {
    this.#grainMs = grainMs
    this.#endOf = endOf
  }

  get oldest(): Entry | undefined {
    return this.#entries[this.#first]
  }

  get latest(): Entry | undefined {
    return this.#entries.length > this.#first ? this.#entries[this.#entries.length - 1] : undefined
  }

  add(at: number, notBefore: number, mine: number, foreign: number): void {
    this.ours += mine
    this.others += foreign
    const moment = Math.ceil(at / this.#grainMs) * this.#grainMs
    const last = this.latest
    if (last && last.at >= moment) {
      last.notBefore = Math.max(last.notBefore, notBefore)
      last.ours += mine
      last.others += foreign
    } else this.#entries.push({ at: moment, notBefore, ours: mine, others: foreign })
  }

  insert(at: number, others: number): void {
    this.others += others
    const moment = Math.ceil(at / this.#grainMs) * this.#grainMs
    let index = this.#entries.length
    while (index > this.#first && (this.#entries[index - 1]?.at ?? -Infinity) > moment) index--
    this.#entries.splice(index, 0, { at: moment, notBefore: moment, ours: 0, others })
  }

  expire(now: number): void {
    for (let entry = this.oldest; entry && this.#endOf(entry) <= now; entry = this.#entries[++this.#first]) {
      this.ours -= entry.ours
      this.others -= entry.others
    }
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
  }

  dropOthers(amount: number): void {
    let left = amount
    for (let index = this.#first; left > 0 && index < this.#entries.length; index++) {
      const entry = this.#entries[index]
      const dropped = Math.min(left, entry?.others ?? 0)
      if (!entry || dropped === 0) continue
      entry.others -= dropped
      this.others -= dropped
      left -= dropped
    }
  }

  waitMs(now: number, fits: (ours: number, others: number) => boolean): number {
    let mine = this.ours
    let foreign = this.others
    // An entry that began later may end sooner; it goes no sooner than those before it.
    let until = now
    for (let index = this.#first; index < this.#entries.length; index++) {
      const entry = this.#entries[index]
      if (!entry) break
      until = Math.max(until, this.#endOf(entry))
      mine -= entry.ours
      foreign -= entry.others
      if (fits(mine, foreign)) return until - now
    }
    return Infinity
  }
}
