import type { Permit } from './state.ts'

/** The calls that were let through and are not over, in their order. */
export interface UnderWay extends Iterable<Permit> {
  add(permit: Permit): void
  /** Takes a call out. One that is not in it is left alone. */
  delete(permit: Permit): void
}

/** Makes an empty list of calls under way. */
export function createUnderWay(): UnderWay {
  return new LinkedPermits()
}

// Linked by the permits themselves: an empty set takes 150 bytes of every quota, and a set costs each call more.
class LinkedPermits implements UnderWay {
  #first: Permit | undefined
  #last: Permit | undefined

  add(permit: Permit): void {
    permit.before = this.#last
    if (this.#last) this.#last.after = permit
    else this.#first = permit
    this.#last = permit
  }

  delete(permit: Permit): void {
    const { before, after } = permit
    if (!before && this.#first !== permit) return
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    // What is over must not keep its neighbours.
    permit.before = undefined
    permit.after = undefined
  }

  *[Symbol.iterator](): IterableIterator<Permit> {
    for (let permit = this.#first; permit; permit = permit.after) yield permit
  }
}
