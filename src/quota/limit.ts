import { checkNumber, checkOptions } from '../check.ts'
import { ConfigurationError } from '../errors.ts'

/**
 * How a vendor counts.
 *
 * - `fixed`: windows stand on a grid of the vendor's clock, and each begins full.
 * - `first-call`: a window begins with the first call after the last one ended. Counted as a log until an answer tells its end.
 * - `sliding`: any stretch of time as long as the window holds no more than the limit.
 * - `token-bucket`: the limit comes back evenly, up to `burst` at once. What a vendor's bucket that leaks, and refuses when full, is too.
 * - `leaky-bucket`: calls leave evenly spaced, never two at once.
 */
export type WindowKind = 'fixed' | 'first-call' | 'sliding' | 'token-bucket' | 'leaky-bucket'

/**
 * Who shares a limit: all connections of the app, one connection, or within a connection one family of endpoints or one
 * object (a channel, a payment).
 */
export type QuotaScope = 'app' | 'connection' | 'family' | 'object'

/** One limit of a vendor, as its documentation states it. */
export interface Limit {
  /** What the vendor calls it, such as `core`, `burst` or `daily`. One name within a quota. */
  readonly name: string
  /** How much may be used in one window, in the unit of a call's cost. */
  readonly limit: number
  /** How long a window lasts. Milliseconds. */
  readonly windowMs: number
  /** @default 'fixed' */
  readonly kind?: WindowKind
  /** How much of a token bucket may be used at once. @default `limit` */
  readonly burst?: number
  /** @default 'connection' */
  readonly scope?: QuotaScope
  /** The families of endpoints it is about. @default all */
  readonly families?: readonly string[]
  /** The calls it is about: those that may change something (see {@link isWrite}), or all others. @default both */
  readonly counts?: 'reads' | 'writes'
}

/** From this length on, a used-up window is never waited for in the process: one day. */
export const longWindowMs: number = 24 * 3_600_000

/**
 * Checks a declared limit.
 *
 * @throws {ConfigurationError}
 */
export function checkLimit(limit: Limit): void {
  checkOptions('A quota limit', limit, ['name', 'limit', 'windowMs', 'kind', 'burst', 'scope', 'families', 'counts'])
  checkNumber(`limits.${limit.name}.limit`, limit.limit, 1)
  checkNumber(`limits.${limit.name}.windowMs`, limit.windowMs, 1)
  if (limit.counts !== undefined && !['reads', 'writes'].includes(limit.counts)) {
    throw new ConfigurationError(`\`limits.${limit.name}.counts\` is \`reads\` or \`writes\`; leave it out for both.`)
  }
  if (limit.burst !== undefined) {
    checkNumber(`limits.${limit.name}.burst`, limit.burst, 1)
    if (limit.kind !== 'token-bucket')
      throw new ConfigurationError('`burst` belongs to a limit of kind `token-bucket`.')
  }
}

/** The name of the bucket for a limit that nobody has stated yet. */
export const placeholder = 'unknown'

/** The name of the bucket that counts calls at once. */
export const concurrency = 'concurrency'
