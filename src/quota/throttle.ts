import { Readable } from 'node:stream'
import { aborted } from '../abort.ts'
import { checkNumber, checkOptions } from '../check.ts'
import { ConfigurationError, NetworkError, isHawserError } from '../errors.ts'
import { begin, described, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { systemRuntime, type Runtime } from '../runtime.ts'
import { createClockOffset } from '../http/clock-offset.ts'
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
  let connection = named
  const clock = createClockOffset()
  let clockOfClient: Runtime = systemRuntime()

  const policy: Policy = (next, runtime) => {
    clockOfClient = runtime
    const name = (connection ??= quota.nextConnection())

    function throttle(request: HttpRequest): Promise<HttpResponse> {
      const lane = quota.lane(name, weight, request, runtime.now())
      const { operation, priority = 0, deadline, signal } = request
      const ask = { operation, cost: quota.costOf(request), priority, deadline, signal }
      const taken = scheduler.acquire(quota.gate, lane, ask, runtime)
      lane.present++
      if (!(taken instanceof Promise)) return carry(request, taken)
      return waited(taken, lane, operation, runtime).then((permit) => carry(request, permit))
    }

    function carry(request: HttpRequest, permit: Permit): Promise<HttpResponse> {
      const { signal } = request
      if (signal?.aborted) {
        // The abort came between the call's turn and its start.
        amend(permit, 0)
        end(quota, scheduler, permit, runtime.now(), runtime)
        throw aborted(signal)
      }
      return begin(next, request).then(
        (response) => answered(request, permit, response),
        (error: unknown) => failed(permit, error),
      )
    }

    function answered(request: HttpRequest, permit: Permit, response: HttpResponse): HttpResponse {
      try {
        learn(quota, permit, request, response, clock, runtime)
      } catch (error) {
        failed(permit, error)
      }
      const { lane } = permit
      scheduler.drive?.(lane, runtime)
      const now = runtime.now()
      if (response.status < 400) lane.quickestMs = Math.min(lane.quickestMs ?? Infinity, now - permit.chargedAt)
      if (response.body instanceof Readable && !response.body.closed) {
        response.body.once('close', () => end(quota, scheduler, permit, now, runtime))
      } else end(quota, scheduler, permit, now, runtime)
      return response
    }

    function failed(permit: Permit, error: unknown): never {
      if (neverSent(error)) amend(permit, 0)
      end(quota, scheduler, permit, runtime.now(), runtime)
      throw error
    }

    return (request) => begin(throttle, request)
  }
  const settings = { name: 'throttle', scheduler: scheduler.name, share: quota.share, limits: quota.limits, weight }
  return Object.assign(described(settings, policy), { quota: () => quota.states(clockOfClient.now()) })
}

/** The call is over. */
function end({ gate }: Quota, scheduler: Scheduler, permit: Permit, answeredAt: number, runtime: Runtime): void {
  permit.lane.present--
  gate.release(permit, answeredAt, runtime)
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
