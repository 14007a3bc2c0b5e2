/** How far a count may rise when something that was charged earlier is given back. */
export interface Headroom {
  /** Notes that the room, when all up to `mark` had been charged, was no more than `spare` above the count. */
  note(mark: number, spare: number): void
  /** Gives back of `amount`, charged at `mark`, what may come back; tells how much that is. */
  giveBack(amount: number, mark: number): number
  /**
   * Takes over that `known` was left once all up to `mark` had been charged, where the count had it at `room`: less at once,
   * more only if that is the whole truth (`fresh`). Returns the room to go on with.
   */
  adopt(known: number, room: number, mark: number, fresh: boolean): number
  clear(): void
}

interface Bound {
  mark: number
  spare: number
}

// A refund looks at all of them.
const mostBounds = 256

/**
 * Makes a memory of the moments at which the room was known: full, or told by the vendor. What is given back later may be
 * part of the vendor's figure already, so it lifts the count no further than what was known once it had been charged.
 */
export function createHeadroom(): Headroom {
  return new NotedBounds()
}

// A class, as nearly every window has one: functions of its own would take 250 of its 380 bytes.
class NotedBounds implements Headroom {
  /** In the order of their marks. One that is followed by one with less spare decides nothing. */
  readonly #bounds: Bound[] = []

  note(mark: number, spare: number): void {
    const bounds = this.#bounds
    let end = bounds.length
    while ((bounds[end - 1]?.mark ?? -Infinity) > mark) end--
    if ((bounds[end]?.spare ?? Infinity) <= spare) return
    let from = end
    while ((bounds[from - 1]?.spare ?? -Infinity) >= spare) from--
    const last = bounds[from - 1]
    // Too strict for the refund of what was charged in between, and for nothing else.
    if (last && from === mostBounds) last.mark = Math.max(last.mark, mark)
    else bounds.splice(from, end - from, { mark, spare })
  }

  adopt(known: number, room: number, mark: number, fresh: boolean): number {
    const next = fresh ? known : Math.min(known, room)
    // What was known before stays where it is, further above a count that falls.
    if (known < room) for (const bound of this.#bounds) bound.spare += room - known
    else if (fresh) this.clear()
    this.note(mark, known - next)
    return next
  }

  giveBack(amount: number, mark: number): number {
    const later = this.#bounds.filter((bound) => bound.mark >= mark)
    const given = later.reduce((least, { spare }) => Math.min(least, spare), amount)
    for (const bound of later) bound.spare -= given
    return given
  }

  clear(): void {
    this.#bounds.length = 0
  }
}
