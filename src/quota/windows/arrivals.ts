/** A call that was answered. */
interface Answered {
  /** What had been charged up to it, itself included. */
  readonly mark: number
  readonly cost: number
  readonly remaining: number
}

/** In which order calls came to the vendor, as far as their answers show it. */
export interface Arrivals {
  /**
   * Notes an answer, at which `charged` had been charged in all. Tells how much was charged after the call and came before
   * it, less what was charged before it and came after: calls that are under way together overtake each other.
   */
  overtaken(call: Answered, charged: number): number
  clear(): void
}

// More are seldom under way together, and each answer is held against all of them.
const mostAnswers = 256

/** Makes a memory of the answers of one window: of calls that were under way together, the one that was left less came later. */
export function createArrivals(): Arrivals {
  return new LateAnswers()
}

class LateAnswers implements Arrivals {
  readonly #answers: (Answered & { readonly charged: number })[] = []

  overtaken({ mark, cost, remaining }: Answered, charged: number): number {
    let sum = 0
    for (const other of this.#answers) {
      if (other.mark > mark && other.remaining > remaining) sum += other.cost
      // Charged after that one's answer, it came after it whatever is told.
      else if (other.mark < mark && mark <= other.charged && other.remaining < remaining) sum -= other.cost
    }
    if (this.#answers.length === mostAnswers) this.#answers.shift()
    this.#answers.push({ mark, cost, remaining, charged })
    return sum
  }

  clear(): void {
    this.#answers.length = 0
  }
}
