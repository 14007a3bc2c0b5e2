import { Readable } from 'node:stream'
import { aborted } from '../abort.ts'
import { checkNumber, checkOptions } from '../check.ts'
import { ConfigurationError, NetworkError, isHawserError } from '../errors.ts'
import { begin, described, rejecting, sendBy, type Passage, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { systemRuntime, type Runtime } from '../runtime.ts'
import { createClockOffset, type ClockOffset } from '../http/clock-offset.ts'
import { amend } from './permit.ts'
import { learn } from './learn.ts'
import type { BucketState } from './bucket-state.ts'
import { quota as createQuota, quotaOptionNames, type Quota, type QuotaOptions } from './quota.ts'
import { gateScheduler, type Scheduler } from './scheduler.ts'
import type { Lane, Permit } from './state.ts'

/** Options of {@link throttle}: those of a quota of its own, or a quota that it shares. */
export interface ThrottleOptions extends QuotaOptions {
  /** The quota to share with other clients. @default one of its own, made from the other options */
  readonly quota?: Quota
  /** Whom the vendor counts apart, such as an account. Clients that give the same name share its windows. @default one of its own */
  readonly connection?: string
  /** How much this connection gets of what it shares with others, in proportion to theirs. @default 1 */
  readonly weight?: number
  /** @default the gate's own queue */
  readonly scheduler?: Scheduler
}

/** A throttle that tells the state of its quota. */
export interface QuotaThrottle extends Policy {
  readonly quota: () => readonly BucketState[]
  /** The quota that it keeps: its own, or the one that it shares. */
  readonly keeps: Quota
}

/**
 * Lets each call through when all of its vendor's windows have room, and learns from every answer how they stand.
 *
 * A refusal pauses the window that was violated, for everyone, until the latest moment that is known. A wait that cannot
 * end before the deadline is refused at once, and a daily or longer quota that is used up is never waited for.
 *
 * @throws {ConfigurationError} where it is made
 * @throws {QuotaExhaustedError} @throws {TimeoutError} (`limit: 'deadline'`) @throws {AbortedError} from a call
 */
export function throttle(options: ThrottleOptions = {}): QuotaThrottle {
  const own = ['quota', 'connection', 'weight', 'scheduler']
  checkOptions('throttle', options, [...own, ...quotaOptionNames])
  const { quota: shared, connection: named, weight = 1, scheduler = gateScheduler, ...rest } = options
  if (shared && Object.keys(rest).length > 0) {
    throw new ConfigurationError('`throttle` takes a shared `quota` or the options of one of its own, not both.')
  }
  checkNumber('throttle.weight', weight, Number.MIN_VALUE)
  const quota = shared ?? createQuota(rest)
  scheduler.check?.(quota.limits)
  const clock = createClockOffset()
  let connection = named
  let clockOfClient: Runtime = systemRuntime()

  const policy: Policy = (next, runtime) => {
    clockOfClient = runtime
    connection ??= quota.nextConnection()
    return sendBy(sendWithinQuota, { quota, scheduler, connection, weight, clock, next, runtime })
  }
  const settings = { name: 'throttle', scheduler: scheduler.name, share: quota.share, limits: quota.limits, weight }
  return Object.assign(described(settings, policy), { quota: () => quota.states(clockOfClient.now()), keeps: quota })
}

/** What one client's calls pass through. The functions of it take it: each that it had of its own would take 60 bytes of every client. */
interface Way extends Passage {
  readonly quota: Quota
  readonly scheduler: Scheduler
  readonly connection: string
  readonly weight: number
  readonly clock: ClockOffset
}

function sendWithinQuota(this: Way, request: HttpRequest): Promise<HttpResponse> {
  return rejecting(enter, request, this)
}

function enter(request: HttpRequest, way: Way): Promise<HttpResponse> {
  const { quota, scheduler, runtime } = way
  const lane = quota.lane(way.connection, way.weight, request, runtime.now())
  const { operation, priority = 0, deadline, signal } = request
  const ask = { operation, cost: quota.costOf(request), priority, deadline, signal }
  const taken = scheduler.acquire(quota.gate, lane, ask, runtime)
  lane.present++
  if (!(taken instanceof Promise)) return carry(request, taken, way)
  return waited(taken, lane, operation, runtime).then((permit) => carry(request, permit, way))
}

function carry(request: HttpRequest, permit: Permit, way: Way): Promise<HttpResponse> {
  const { signal } = request
  if (signal?.aborted) {
    // The abort came between the call's turn and its start.
    amend(permit, 0)
    end(permit, way.runtime.now(), way)
    throw aborted(signal)
  }
  return begin(way.next, request).then(
    (response) => answered(request, permit, response, way),
    (error: unknown) => failed(permit, error, way),
  )
}

function answered(request: HttpRequest, permit: Permit, response: HttpResponse, way: Way): HttpResponse {
  const { quota, scheduler, clock, runtime } = way
  const now = runtime.now()
  try {
    learn(quota, permit, request, response, clock, now, runtime)
  } catch (error) {
    failed(permit, error, way)
  }
  const { lane } = permit
  scheduler.drive?.(lane, runtime)
  if (response.status < 400) lane.quickestMs = Math.min(lane.quickestMs ?? Infinity, now - permit.chargedAt)
  if (response.body instanceof Readable && !response.body.closed) {
    response.body.once('close', () => end(permit, now, way))
  } else end(permit, now, way)
  return response
}

function failed(permit: Permit, error: unknown, way: Way): never {
  if (neverSent(error)) amend(permit, 0)
  end(permit, way.runtime.now(), way)
  throw error
}

/** The call is over. */
function end(permit: Permit, answeredAt: number, { quota, scheduler, runtime }: Way): void {
  permit.lane.present--
  quota.gate.release(permit, answeredAt, runtime)
  scheduler.release?.(permit)
}

async function waited(permit: Promise<Permit>, lane: Lane, operation: string, runtime: Runtime): Promise<Permit> {
  const since = runtime.now()
  const taken = await permit.catch((error: unknown) => {
    lane.present--
    throw error
  })
  const at = runtime.now()
  runtime.emit?.({ type: 'wait', in: 'throttle', operation, at, waitedMs: at - since })
  return taken
}

/** What the vendor has not seen, it has not counted. */
function neverSent(error: unknown): boolean {
  if (error instanceof NetworkError) return error.phase === 'connect'
  return isHawserError(error) && error.code === 'BULKHEAD_FULL'
}
