import { ConfigurationError, axiosTransport, checkNumber, checkOptions, type Runtime, type Transport } from 'hawser'
import { fakeClock, type FakeClock, type FakeClockOptions } from './fake-clock.ts'
import type { Chaos } from './faults/chaos.ts'
import { faultQueue, type FaultOptions } from './faults/fault-queue.ts'
import type { Fault, StatusFault } from './faults/fault.ts'
import type { Front } from './fronts/front.ts'
import { loopbackFront } from './fronts/loopback.ts'
import { memoryFront } from './fronts/memory.ts'
import { mswHandlers, type MswHandler } from './fronts/msw-handlers.ts'
import { mswFront } from './fronts/msw.ts'
import { journalOf, type Journal } from './journal/journal.ts'
import type { ReceivedRequest } from './journal/received-request.ts'
import { vendorLimits, type VendorLimits } from './limits/vendor-limits.ts'
import type { Violation } from './limits/vendor-quota.ts'
import type { Simulator } from './simulator.ts'
import { vendorSide } from './vendor-side.ts'
import { webhookSender, type Deliver, type WebhookSettings } from './webhooks/sender.ts'

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
  /** Faults by a seed, for all requests that no other fault strikes. @default none */
  readonly chaos?: Chaos
  /** Where `deliver` sends to, and with which secrets. @default what each `deliver` says */
  readonly webhooks?: Partial<WebhookSettings>
  /** Handlers of MSW's own, which are asked before the simulators; for `front: 'msw'`. @default none */
  readonly handlers?: readonly MswHandler[]
  /** What sends over the sockets of `front: 'loopback'`. @default `axiosTransport()` */
  readonly transport?: Transport
}

/** A vendor on the test's side of the network. `using` cleans it up. */
export interface MockVendor extends Disposable {
  /** What to give to a connector beside `auth`: `new GitHub({ auth, ...vendor.options })`. */
  readonly options: { readonly transport: Transport; readonly runtime: Runtime }
  readonly clock: FakeClock
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** Questions about the requests, and assertions. */
  readonly journal: Journal
  /** How many requests were under way at once, at most. */
  readonly mostConcurrent: number
  /** Requests that went beyond a limit. */
  readonly violations: readonly Violation[]
  /** The limits that the simulators keep. */
  readonly limits: VendorLimits
  /** Lets a fault strike the next requests. */
  fault(fault: Fault, options?: FaultOptions): void
  /** Answers the next requests with a status of failure. */
  fail(status: number, options?: FaultOptions & Omit<StatusFault, 'kind' | 'status'>): void
  /** Breaks the connection of the next requests before an answer. */
  reset(options?: FaultOptions): void
  /** Never answers the next requests; the clock runs on to their time limit. */
  hang(options?: FaultOptions): void
  /** Sends webhooks, true ones and bad ones. */
  readonly deliver: Deliver
  /**
   * Resolves when requests of other clients are caught as well, on the front `msw`; until then, or until the first request of a
   * client with `options`, they go to the network. @throws {ConfigurationError} on other fronts, and where MSW cannot be loaded
   */
  ready(): Promise<void>
  /** Where the front `loopback` listens, for clients that are not given `options`. @throws {ConfigurationError} on other fronts */
  address(): Promise<string>
}

const optionNames = [
  'front',
  'clock',
  'latencyMs',
  'chaos',
  'webhooks',
  'handlers',
  'transport',
  'startAt',
  'random',
] satisfies readonly (keyof MockVendorOptions)[]

/**
 * Puts vendors on the test's side of the network, and a client's clock on virtual time: waits take no time.
 *
 * @throws {ConfigurationError} where an option is unknown or has no meaning with the front
 */
export function mockVendor(simulator: Simulator | readonly Simulator[], options: MockVendorOptions = {}): MockVendor {
  checkOptions('mockVendor', options, optionNames)
  const { front: name = 'msw', latencyMs = 0, chaos, handlers, startAt, random } = options
  const clock = options.clock ?? fakeClock({ ...(startAt !== undefined && { startAt }), ...(random && { random }) })
  const simulators = 'respond' in simulator ? [simulator] : simulator
  const faults = faultQueue()
  const side = vendorSide({
    clock,
    simulators,
    nextFault: (request) => faults.next(request) ?? chaos?.next(request),
    answerFirst: handlers && mswHandlers(handlers),
    latencyMs: checkNumber('mockVendor.latencyMs', latencyMs, 0),
  })
  const front = frontOf(options)(side)
  const source = simulators.find(({ webhooks }) => webhooks)?.webhooks
  let disposed = false

  const checkInUse = (): void => {
    if (disposed) throw new Error('This mock vendor was disposed of; its client is used after the end of the test.')
  }

  const send: Transport = async (request) => {
    checkInUse()
    return front.send(request)
  }

  return {
    options: {
      transport: Object.assign(send, { settings: { name: 'mockVendor', front: name } }),
      runtime: clock.runtime,
    },
    clock,
    requests: side.requests,
    journal: journalOf(side.requests),
    get mostConcurrent() {
      return side.mostConcurrent
    },
    violations: side.violations,
    limits: vendorLimits(side.limiters, clock),
    fault: faults.add,
    fail: (status, { times = 1, on, ...answer } = {}) =>
      faults.add({ kind: 'status', status, ...answer }, { times, ...(on !== undefined && { on }) }),
    reset: (strikes) => faults.add({ kind: 'reset' }, strikes),
    hang: (strikes) => faults.add({ kind: 'stall' }, strikes),
    deliver: webhookSender(clock, { ...(source && { source }), ...options.webhooks }),
    async ready() {
      checkInUse()
      if (!front.ready) throw new ConfigurationError("Only `front: 'msw'` catches what other clients send.")
      await front.ready()
    },
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

function frontOf({
  front = 'msw',
  transport,
  handlers,
}: MockVendorOptions): (side: ReturnType<typeof vendorSide>) => Front {
  if (transport && front !== 'loopback') throw new ConfigurationError("`transport` belongs to `front: 'loopback'`.")
  if (handlers && front !== 'msw') throw new ConfigurationError("`handlers` belong to `front: 'msw'`.")
  switch (front) {
    case 'msw':
      return mswFront
    case 'memory':
      return memoryFront
    case 'loopback':
      return (side) => loopbackFront(side, transport ?? axiosTransport({ proxy: false }))
    default:
      throw new ConfigurationError("`front` is 'msw', 'memory' or 'loopback'.")
  }
}
