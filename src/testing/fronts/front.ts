import type { Transport } from 'hawser'
import type { Answer } from '../answer.ts'
import type { FakeClock } from '../fake-clock.ts'

/** A request on the vendor's side of a front. */
export interface Arrival {
  readonly method: string
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Which simulators it may be for: those of its origin, or all where the address is the front's own. */
  readonly to: 'origin' | 'any'
}

/** The vendor's side, which is the same behind every front. */
export interface VendorSide {
  readonly clock: FakeClock
  /** Tells whether a simulator is at that address. */
  serves(url: string): boolean
  /**
   * Takes a request in and gives what goes back. `leave` is called when the answer has gone.
   *
   * @throws {UnhandledRequestError} where no simulator answers, and whatever a simulator throws.
   */
  arrive(arrival: Arrival): Promise<{ readonly answer: Answer; readonly leave: () => void }>
}

/** How requests get from a client to the vendor's side. */
export interface Front {
  readonly send: Transport
  /** Resolves when what other clients of the process send arrives as well; without it that never does. */
  ready?(): Promise<unknown>
  /** The front's own address, for clients that are not given `vendor.options`. */
  address?(): Promise<string>
  close(): void
}
