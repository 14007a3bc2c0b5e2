import { authenticate, type AuthenticateOptions } from '../auth/authenticate.ts'
import { ConfigurationError } from '../errors.ts'
import type { Policy } from '../http/policy.ts'
import { attemptTimeout } from '../policies/attempt-timeout.ts'
import { bulkhead, type BulkheadOptions } from '../policies/bulkhead.ts'
import { circuitBreaker, type CircuitBreakerOptions } from '../policies/circuit-breaker.ts'
import { deadline } from '../policies/deadline.ts'
import { fallback, type FallbackOptions } from '../policies/fallback.ts'
import { idempotency, type IdempotencyOptions } from '../policies/idempotency.ts'
import { redirect, type RedirectOptions } from '../policies/redirect.ts'
import { report } from '../policies/report.ts'
import { restate } from '../policies/restate.ts'
import { revalidate, type RevalidateOptions } from '../policies/revalidate.ts'
import { retry, type RetryOptions } from '../policies/retry.ts'
import { throttle, type ThrottleOptions } from '../quota/throttle.ts'
import { throttledOf, type VendorProfile } from './profile.ts'

/** A place in the standard stack: options, a policy of your own (or one that two clients share), or `false` for none. */
export type Slot<Options> = Options | Policy | false

/** The places of the standard stack. */
export interface PolicySlots {
  /** Milliseconds for the whole call. @default 60_000 */
  readonly deadline?: Slot<number>
  /** @default as the vendor's profile says */
  readonly idempotency?: Slot<IdempotencyOptions>
  /** @default false */
  readonly fallback?: Slot<FallbackOptions>
  /** Asks for what is kept only if it has changed, by its `ETag`: `{}` for the standard options. @default false */
  readonly revalidate?: Slot<RevalidateOptions>
  readonly retry?: Slot<RetryOptions>
  readonly circuitBreaker?: Slot<CircuitBreakerOptions>
  /** Options are laid over the profile's `quota`; a shared `quota` takes its place. */
  readonly throttle?: Slot<ThrottleOptions>
  readonly bulkhead?: Slot<BulkheadOptions>
  /** Options are laid over the profile's. */
  readonly redirect?: Slot<RedirectOptions>
  /** Milliseconds for one attempt. `false` leaves the deadline alone to end it. @default 30_000, or the deadline if that is less */
  readonly attemptTimeout?: Slot<number>
}

/** The slots' names, which are option names of every connector. */
export const slotNames: readonly (keyof PolicySlots)[] = [
  'deadline',
  'idempotency',
  'fallback',
  'revalidate',
  'retry',
  'circuitBreaker',
  'throttle',
  'bulkhead',
  'redirect',
  'attemptTimeout',
]

const noSlots: PolicySlots = {}

/** Picks the slots that are given, which a connector keeps. */
export function slotsOf(options: PolicySlots): PolicySlots {
  const given = slotNames.filter((name) => options[name] !== undefined).map((name) => [name, options[name]] as const)
  return given.length === 0 ? noSlots : Object.fromEntries(given)
}

/**
 * Gives the standard stack, outermost first. Reading it from top to bottom is reading the path of a request.
 *
 * @throws {ConfigurationError} where the limits contradict each other
 */
export function standardPolicies(
  profile: VendorProfile,
  access: AuthenticateOptions,
  slots: PolicySlots,
): readonly Policy[] {
  const { origins, hosts } = access
  const shared = { throttled: throttledOf(profile) }
  const { retryHintHeader: hintHeader, transientStatuses } = profile
  const again = { ...(hintHeader !== undefined && { hintHeader }), ...(transientStatuses && { transientStatuses }) }
  const wire = profile.maxConcurrent === undefined ? {} : { maxConcurrent: profile.maxConcurrent }
  // Where nothing is known of a vendor, nobody is slowed down before it refuses.
  const quota: ThrottleOptions = { startPerSecond: Infinity, ...wire, ...profile.quota }
  const elsewhere = profile.redirectElsewhere ?? 'refuse'
  const totalMs = deadlineOf(slots)
  const attemptMs = attemptLimitOf(slots, totalMs)

  return [
    fill(slots.deadline, deadline, totalMs),
    fill(slots.idempotency, idempotency, profile.idempotency ?? false),
    fill(slots.fallback, (options) => fallback({ ...shared, ...options }), false),
    fill(slots.revalidate, revalidate, false),
    fill(slots.retry, (options) => retry({ ...shared, ...again, ...options }), {}),
    fill(slots.circuitBreaker, (options) => circuitBreaker({ ...shared, ...options }), {}),
    fill(slots.throttle, (options) => throttle({ ...(options.quota ? {} : quota), ...options }), {}),
    fill(slots.bulkhead, (options) => bulkhead({ ...wire, ...options }), {}),
    fill(slots.redirect, (options) => redirect({ origins, hosts, elsewhere, ...options }), {}),
    authenticate(access),
    profile.status && restate(profile.status),
    fill(slots.attemptTimeout || attemptMs, attemptTimeout, attemptMs),
    report(),
  ].filter((policy) => policy !== undefined)
}

function fill<Options>(
  slot: Slot<Options> | undefined,
  make: (options: Options) => Policy,
  standard: Options | false,
): Policy | undefined {
  const chosen = slot ?? standard
  if (chosen === false) return undefined
  if (isPolicy(chosen)) return chosen
  if (typeof chosen !== (typeof standard === 'number' ? 'number' : 'object')) {
    throw new ConfigurationError(
      'A place of the stack takes its options, a policy or `false`; leave it out for the standard.',
    )
  }
  return make(typeof chosen === 'object' ? withoutGaps(chosen) : chosen)
}

/** Leaves out what is given as `undefined`, which would stand in the place of what the profile says. */
function withoutGaps<Options>(options: Options): Options {
  const given: Options = Object.assign({}, options)
  for (const name in given) if (given[name] === undefined) delete given[name]
  return given
}

function isPolicy(slot: unknown): slot is Policy {
  return typeof slot === 'function'
}

/** The limit of a whole call; `Infinity` where a policy of the user's own decides. */
export function deadlineOf({ deadline = 60_000 }: PolicySlots): number {
  return typeof deadline === 'number' ? deadline : Infinity
}

function attemptLimitOf({ attemptTimeout }: PolicySlots, totalMs: number): number {
  // Without a limit of its own, an attempt still ends at the deadline: that is what cuts the connection.
  if (attemptTimeout === false) return totalMs
  if (typeof attemptTimeout !== 'number') return Math.min(30_000, totalMs)
  if (attemptTimeout <= totalMs) return attemptTimeout
  const message = `\`attemptTimeout\` (${attemptTimeout} ms) is above \`deadline\` (${totalMs} ms), which covers all attempts.`
  throw new ConfigurationError(message)
}
