import { CircuitState, CountBreaker, type IBreaker } from 'cockatiel'

/** What decides when a circuit opens. */
export type Rule = Pick<IBreaker, 'success' | 'failure'>

// How many attempts count.
const size = 20

/** Makes the standard rule: more than half of the last 20 attempts failed, 10 at least. */
export function standardRule(): Rule {
  return new LateCount()
}

/**
 * cockatiel's `CountBreaker`, made with the first failure. Until then, and from a trial that went well on, all that it would know is
 * how many successes there were; its list of them takes 300 bytes of every connection.
 */
class LateCount implements Rule {
  #successes = 0
  #rule: CountBreaker | undefined

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) {
      // It forgets all that was before, as cockatiel's does.
      this.#rule = undefined
      this.#successes = 0
    }
    if (this.#rule) this.#rule.success(state)
    else if (this.#successes < size) this.#successes++
  }

  failure(state: CircuitState): boolean {
    this.#rule ??= countedOn(this.#successes)
    return this.#rule.failure(state)
  }
}

function countedOn(successes: number): CountBreaker {
  const rule = new CountBreaker({ threshold: 0.5, size, minimumNumberOfCalls: 10 })
  for (let left = successes; left > 0; left--) rule.success(CircuitState.Closed)
  return rule
}
