import { checkNumber } from '../check.ts'
import { ConfigurationError } from '../errors.ts'
import type { HttpRequest } from '../http/request.ts'
import { checkLimit, type Limit } from './limit.ts'
import type { QuotaReader } from './reading.ts'

/** What is known of a vendor's quota before the first call. Facts only: two clients can hold the same record. */
export interface QuotaFacts {
  /** The limits that the vendor's documentation states. What answers tell goes before them. */
  readonly limits?: readonly Limit[]
  /** How answers tell the state of the quota. Several are joined. @default status 429 with `Retry-After` only */
  readonly reader?: QuotaReader | readonly QuotaReader[]
  /**
   * How many calls of one connection may be under way at once; `Infinity` says that there is no cap, so that none is looked
   * for. @default none is known: with no limit stated either, it is found from a few calls on
   */
  readonly maxConcurrent?: number
  /** What a call costs, where it does not say itself. @default 1 */
  readonly cost?: (request: HttpRequest) => number
  /** Which of the vendor's families of endpoints a call belongs to. @default one for all */
  readonly family?: (request: HttpRequest) => string
  /** What a limit of scope `object` counts apart, such as a channel's id. @default nothing */
  readonly object?: (request: HttpRequest) => string | undefined
}

/** The names of {@link QuotaFacts}. */
export const quotaFactNames: readonly (keyof QuotaFacts)[] = [
  'limits',
  'reader',
  'maxConcurrent',
  'cost',
  'family',
  'object',
]

/**
 * Checks what is declared.
 *
 * @throws {ConfigurationError}
 */
export function checkFacts({ limits = [], maxConcurrent }: QuotaFacts): void {
  for (const limit of limits) checkLimit(limit)
  if (new Set(limits.map(({ name }) => name)).size < limits.length) {
    throw new ConfigurationError('Each quota limit has a name of its own.')
  }
  if (maxConcurrent !== undefined) checkNumber('maxConcurrent', maxConcurrent, 1)
}
