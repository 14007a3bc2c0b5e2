import type { Limit, QuotaFacts } from 'hawser'
import type { LimitState } from './meter.ts'

/** A limit that a simulator keeps. */
export interface SimulatedLimit extends Limit {
  /** It stands in no header, and is told by its refusal alone. @default false */
  readonly secondary?: boolean
  /** The methods that it counts. @default all */
  readonly methods?: readonly string[]
  /** What a request costs of it, by its method. @default the quota's cost */
  readonly costs?: Readonly<Record<string, number>>
}

/** Why a request was refused. */
export interface QuotaRefusal {
  /** `rate`: too many in a time; `concurrency`: too many at once. */
  readonly of: 'rate' | 'concurrency'
  /** The limit that has no room; of `concurrency`, the cap. */
  readonly limit: LimitState
  readonly secondary: boolean
  /** When there is room again. Milliseconds from now. */
  readonly retryAfterMs: number
}

/** Writes how limits stand into the headers of an answer. */
export type TellQuota = (states: readonly LimitState[], now: number) => Readonly<Record<string, string>>

/**
 * A vendor's quota, to be kept by a simulator. What a call costs and where it counts is told as in a profile's `quota`; a
 * connection is who sends the same `Authorization`.
 */
export interface VendorQuota extends Pick<QuotaFacts, 'cost' | 'family' | 'object' | 'maxConcurrent'> {
  readonly limits: readonly SimulatedLimit[]
  /** @default nothing is told */
  readonly tell?: TellQuota
  /** Answers what is refused. @default status 429 with `Retry-After` in seconds */
  readonly refuse?: (refusal: QuotaRefusal, now: number) => Response
}

/** A request that went beyond a limit. */
export interface Violation {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly method: string
  readonly url: string
  readonly of: QuotaRefusal['of']
  /** The limit's name. */
  readonly limit: string
}

/** Gives a refusal's wait as `Retry-After` has it: at least one second, rounded up. */
export function retryAfterSeconds({ retryAfterMs }: Pick<QuotaRefusal, 'retryAfterMs'>): number {
  return Math.max(1, Math.ceil(retryAfterMs / 1000))
}
