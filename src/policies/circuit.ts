import type { Verdict } from './verdict.ts'

/** A circuit lets calls through, refuses them until a moment, or lets one trial through to find out. */
export type Circuit =
  | { readonly at: 'closed' }
  | { readonly at: 'open'; readonly until: number }
  | { readonly at: 'half-open'; readonly trial: 'none' | 'out' }

/** What happens to a circuit. */
export type CircuitInput =
  /** A call asks to pass. */
  | { readonly type: 'ask'; readonly now: number }
  /** A call came back that was let through in the present state. `trip`: the failures so far are too many. */
  | {
      readonly type: 'verdict'
      readonly verdict: Verdict
      readonly trip: boolean
      readonly now: number
      readonly openMs: number
    }

/** Gives the next state. A call that asked has passed where the answer is closed, or newly `half-open` with its trial out. */
export function step(circuit: Circuit, input: CircuitInput): Circuit {
  if (input.type === 'ask') {
    if (circuit.at === 'open' && input.now >= circuit.until) return { at: 'half-open', trial: 'out' }
    if (circuit.at === 'half-open' && circuit.trial === 'none') return { at: 'half-open', trial: 'out' }
    return circuit
  }
  const { verdict, trip, now, openMs } = input
  if (circuit.at === 'closed') return trip ? { at: 'open', until: now + openMs } : circuit
  if (circuit.at === 'open') return circuit
  if (verdict === 'healthy') return { at: 'closed' }
  if (verdict === 'failing') return { at: 'open', until: now + openMs }
  // The trial learned nothing: a throttle or an abort neither closes the circuit nor opens it again. The next call tries.
  return { at: 'half-open', trial: 'none' }
}
