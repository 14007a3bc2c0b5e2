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
  /** Forgets the oldest entries that count no more. */
  expire(now: number): void
  /** How long until enough entries have expired that what is left of ours and of others fits; `Infinity` if none helps. */
  waitMs(now: number, fits: (ours: number, others: number) => boolean): number
}

/** Makes an empty log. `endOf`: when an entry counts no more; entries within `grainMs` stand together. */
export function createUseLog(grainMs: number, endOf: (entry: Entry) => number): UseLog {
  let entries: Entry[] = []
  let first = 0
  let ours = 0
  let others = 0
  const latest = (): Entry | undefined => (entries.length > first ? entries[entries.length - 1] : undefined)

  return {
    get ours() {
      return ours
    },
    get others() {
      return others
    },
    get oldest() {
      return entries[first]
    },
    get latest() {
      return latest()
    },
    add(at, notBefore, mine, foreign) {
      ours += mine
      others += foreign
      const moment = Math.ceil(at / grainMs) * grainMs
      const last = latest()
      if (last && last.at >= moment) {
        last.notBefore = Math.max(last.notBefore, notBefore)
        last.ours += mine
        last.others += foreign
      } else entries.push({ at: moment, notBefore, ours: mine, others: foreign })
    },
    expire(now) {
      for (let entry = entries[first]; entry && endOf(entry) <= now; entry = entries[++first]) {
        ours -= entry.ours
        others -= entry.others
      }
      if (first > 64 && first * 2 > entries.length) {
        entries = entries.slice(first)
        first = 0
      }
    },
    waitMs(now, fits) {
      let mine = ours
      let foreign = others
      // An entry that began later may end sooner; it goes no sooner than those before it.
      let until = now
      for (let index = first; index < entries.length; index++) {
        const entry = entries[index]
        if (!entry) break
        until = Math.max(until, endOf(entry))
        mine -= entry.ours
        foreign -= entry.others
        if (fits(mine, foreign)) return until - now
      }
      return Infinity
    },
  }
}
