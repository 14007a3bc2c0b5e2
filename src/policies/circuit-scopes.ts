import { added, find, without, type Few } from '../http/few.ts'
import { oneText } from '../http/one-text.ts'
import type { Circuit } from './circuit.ts'
import type { Rule } from './standard-rule.ts'

/** What fails together: its circuit, and the rule that opens it. */
export interface CircuitScope {
  readonly key: string
  circuit: Circuit
  rule: Rule
  /** Milliseconds since the Unix epoch. */
  lastUsed: number
}

/** The scopes of one breaker. */
export interface CircuitScopes {
  /** Finds a scope for a call that comes now, or makes it. */
  of(key: string, now: number): CircuitScope
}

const closed: Circuit = { at: 'closed' }

// The least recently used scope goes first; far more than the hosts that one client talks to.
const maxScopes = 1000

/** Makes an empty record of scopes. `forgetMs`: how long without a call until a rule begins anew. */
export function createCircuitScopes(makeRule: () => Rule, forgetMs: number): CircuitScopes {
  return new KnownScopes(makeRule, forgetMs)
}

// A class, because every connection may have one.
class KnownScopes implements CircuitScopes {
  readonly #makeRule: () => Rule
  readonly #forgetMs: number
  #known: Few<CircuitScope>

  constructor(makeRule: () => Rule, forgetMs: number) {
    this.#makeRule = makeRule
    this.#forgetMs = forgetMs
  }

  of(key: string, now: number): CircuitScope {
    const scope = find(this.#known, key) ?? {
      key: oneText(key),
      circuit: closed,
      rule: this.#makeRule(),
      lastUsed: now,
    }
    // cockatiel's rules know no time: without this, failures of last night would open the circuit this morning.
    if (scope.circuit.at === 'closed' && now - scope.lastUsed > this.#forgetMs) scope.rule = this.#makeRule()
    scope.lastUsed = now
    if (scope === this.#known) return scope
    // Added anew, it stands last: they are in order of use.
    this.#known = added(without(this.#known, key), scope)
    if (this.#known instanceof Map && this.#known.size > maxScopes) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    return scope
  }
}
