import { ConfigurationError, axiosTransport, checkOptions, type Runtime, type Transport } from 'hawser'
import { fakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
import { faultQueue, type FaultOptions } from './faults/fault-queue.ts'
import type { Fault, StatusFault } from './faults/fault.ts'
import type { Front, VendorSide } from './fronts/front.ts'
import { loopbackFront } from './fronts/loopback.ts'
import { memoryFront } from './fronts/memory.ts'
import { mswFront } from './fronts/msw.ts'
import type { ReceivedRequest } from './journal/received-request.ts'
import type { Limiter } from './limits/limiter.ts'
import type { Violation } from './limits/vendor-quota.ts'
import type { Simulator } from './simulator.ts'
import { vendorSide, type BookedVendorSide } from './vendor-side.ts'

/** Options of {@link mockVendor}. */
export interface MockVendorOptions extends FakeClockOptions {
  /**
   * How requests get to the simulator: `msw` catches them below the real transport, `memory` replaces the transport and is
   * the quickest, `loopback` sends them over real sockets. @default 'msw'
   */
  readonly front?: 'msw' | 'memory' | 'loopback'
  /** A clock that others use too. @default one of its own */
  readonly clock?: FakeClock
  /** How long each answer takes to its headers. Virtual milliseconds. @default 0 */
  readonly latencyMs?: number
  /** What sends over the sockets of the front `loopback`. @default `axiosTransport()` */
  readonly transport?: Transport
}

/** The limits of a mock vendor, from the vendor's own seat. */
export interface VendorLimits {
  /** Uses a limit up by so much, as somebody else does who shares it; tells whether it fitted. */
  spend(limit: string, cost?: number): boolean
  /** Changes a limit from now on. */
  change(limit: string, to: number): void
}

/** A vendor on the test's side of the network. `using` cleans it up. */
export interface MockVendor extends Disposable {
  /** What to give to a connector beside `auth`: `new GitHub({ auth, ...vendor.options })`. */
  readonly options: { readonly transport: Transport; readonly runtime: Runtime }
  readonly clock: FakeClock
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** How many requests were under way at once, at most. */
  readonly mostConcurrent: number
  /** Requests that went beyond a limit. */
  readonly violations: readonly Violation[]
  readonly limits: VendorLimits
  /** Lets a fault strike the next requests. */
  fault(fault: Fault, options?: FaultOptions): void
  /** Answers the next requests with a status of failure. */
  fail(status: number, options?: FaultOptions & Omit<StatusFault, 'kind' | 'status'>): void
  /** Breaks the connection of the next requests before an answer. */
  reset(options?: FaultOptions): void
  /** Never answers the next requests; the clock runs on to their time limit. */
  hang(options?: FaultOptions): void
  /** Where the front `loopback` listens, for clients that are not given `options`. @throws {ConfigurationError} on other fronts */
  address(): Promise<string>
}

/**
 * Puts a vendor on the test's side of the network, and a client's clock on virtual time: waits take no time.
 *
 * @throws {ConfigurationError} where an option is unknown or has no meaning with the front
 */
export function mockVendor(simulator: Simulator | readonly Simulator[], options: MockVendorOptions = {}): MockVendor {
  checkOptions('mockVendor', options, ['front', 'clock', 'latencyMs', 'transport', 'startAt', 'random'])
  const { front: name = 'msw', clock = fakeClock(options), latencyMs = 0 } = options
  const faults = faultQueue()
  const simulators = 'respond' in simulator ? [simulator] : simulator
  const side = vendorSide({ clock, simulators, nextFault: faults.next, latencyMs })
  const front = frontOf(name, side, options.transport)
  let disposed = false

  const send: Transport = async (request) => {
    if (disposed) throw new Error('This mock vendor was disposed of; its client is used after the end of the test.')
    return front.send(request)
  }

  return {
    options: {
      transport: Object.assign(send, { settings: { name: 'mockVendor', front: name } }),
      runtime: clock.runtime,
    },
    clock,
    requests: side.requests,
    get mostConcurrent() {
      return side.mostConcurrent
    },
    violations: side.violations,
    limits: {
      spend: (limit, cost = 1) => limiterOf(side).spend(limit, cost, clock.now),
      change: (limit, to) => limiterOf(side).change(limit, to),
    },
    fault: faults.add,
    fail: (status, { times, on, ...answer } = {}) =>
      faults.add(
        { kind: 'status', status, ...answer },
        { ...(times !== undefined && { times }), ...(on !== undefined && { on }) },
      ),
    reset: (strikes) => faults.add({ kind: 'reset' }, strikes),
    hang: (strikes) => faults.add({ kind: 'stall' }, strikes),
    address() {
      if (!front.address) throw new ConfigurationError("Only `front: 'loopback'` has an address.")
      return front.address()
    },
    [Symbol.dispose]: () => {
      disposed = true
      front.close()
    },
  }
}

function limiterOf({ limiters: [limiter, second] }: BookedVendorSide): Limiter {
  if (limiter && !second) return limiter
  throw new ConfigurationError('`limits` is for a vendor with one simulator that has a `quota`.')
}

function frontOf(name: NonNullable<MockVendorOptions['front']>, side: VendorSide, transport?: Transport): Front {
  if (name === 'loopback') return loopbackFront(side, transport ?? axiosTransport({ proxy: false }))
  if (transport) throw new ConfigurationError("`transport` belongs to `front: 'loopback'`.")
  return name === 'memory' ? memoryFront(side) : mswFront(side)
}
