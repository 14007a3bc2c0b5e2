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
  readonly makeRule: () => Rule
  /** How long without a call until a rule begins anew. Milliseconds. */
  readonly forgetMs: number
  known: Few<CircuitScope>
}

const closed: Circuit = { at: 'closed' }

// The least recently used scope goes first; far more than the hosts that one client talks to.
const maxScopes = 1000

/** Finds a scope for a call that comes now, or makes it. */
export function scopeOf(scopes: CircuitScopes, key: string, now: number): CircuitScope {
  const { makeRule, forgetMs } = scopes
  const scope = find(scopes.known, key) ?? { key: oneText(key), circuit: closed, rule: makeRule(), lastUsed: now }
  // cockatiel's rules know no time: without this, failures of last night would open the circuit this morning.
  if (scope.circuit.at === 'closed' && now - scope.lastUsed > forgetMs) scope.rule = makeRule()
  scope.lastUsed = now
  if (scope === scopes.known) return scope
  // Added anew, it stands last: they are in order of use.
  const known = added(without(scopes.known, key), scope)
  scopes.known = known
  if (known instanceof Map && known.size > maxScopes) {
    const [oldest] = known.keys()
    if (oldest !== undefined) known.delete(oldest)
  }
  return scope
}
