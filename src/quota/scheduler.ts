import type { Runtime } from '../runtime.ts'
import type { Gate } from './gate.ts'
import type { Limit } from './limit.ts'
import type { Ask, Lane, Permit } from './state.ts'

/**
 * Decides in which order calls come to the gate.
 *
 * The gate has the last word in either case: whatever a scheduler lets through still waits until every window has room.
 */
export interface Scheduler {
  readonly name: string
  /** Refuses declared limits that it cannot serve. @throws {ConfigurationError} */
  check?(limits: readonly Limit[]): void
  /** Resolves when it is the call's turn. @throws {QuotaExhaustedError} @throws {AbortedError} @throws {TimeoutError} */
  acquire(gate: Gate, lane: Lane, ask: Ask, runtime: Runtime): Permit | Promise<Permit>
  /** The call is over. */
  release?(permit: Permit): void
  /** Hears how much the lane's windows hold, after an answer told it. */
  drive?(lane: Lane, runtime: Runtime): void
}

/** The default: the gate's own queue decides. */
export const gateScheduler: Scheduler = {
  name: 'gate',
  acquire: (gate, lane, ask, runtime) => gate.acquire(lane, ask, runtime),
}
