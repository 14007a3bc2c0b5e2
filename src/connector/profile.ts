import type { OAuthVendor } from '../auth/oauth-vendor.ts'
import type { ErrorReading } from '../client/failure.ts'
import type { ArrayStyle, DateStyle } from '../http/query.ts'
import type { ReadStatus } from '../http/status-when.ts'
import { throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import type { IdempotencyOptions } from '../policies/idempotency.ts'
import type { QuotaFacts } from '../quota/facts.ts'
import { throttledBy } from '../quota/throttled-by.ts'
import type { Probe } from './connection-check.ts'
import type { TenantPatterns } from './tenant.ts'

/** The facts about a vendor, each with its source beside it. All that differs between vendors is said here. */
export interface VendorProfile {
  /** Lower case, as in `github`. */
  readonly name: string
  /**
   * Where its API is, up to and without the first path that differs. `{version}` is the version; other names in braces are
   * filled from the option `tenant`.
   */
  readonly baseUrl: string
  /** What each name in `baseUrl` may be, such as `{ shop: /^[a-z0-9][a-z0-9-]*$/ }`. @default none */
  readonly tenant?: TenantPatterns
  /** Other origins of the vendor's that may get the credential. @default none */
  readonly origins?: readonly string[]
  /** Patterns of further hosts of the vendor's, such as those that a token answer names; each from `^` to `$`. @default none */
  readonly hosts?: readonly RegExp[]
  /** Its ways with OAuth 2. Absent where it has none. */
  readonly oauth?: OAuthVendor
  /** The API version that the types were written for. Without a `header` it stands in `baseUrl`. */
  readonly version?: { readonly header?: string; readonly value: string }
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** How lists are written in queries and forms. @default 'repeat' */
  readonly arrays?: ArrayStyle
  /** How dates are written in queries and forms. @default 'iso-8601' */
  readonly dates?: DateStyle
  /** The paths whose bodies `request(route, …)` writes as forms, such as `/^\/v1\//`. @default none: as JSON */
  readonly forms?: RegExp
  /** How it recognises a repeated write. Absent where it does not. */
  readonly idempotency?: IdempotencyOptions
  /** The response header with which it says `true` or `false` to a retry. */
  readonly retryHintHeader?: string
  /** Statuses beyond 408 and 5xx after which the same call may succeed, such as 409. @default none */
  readonly transientStatuses?: readonly number[]
  /** Its limits, and how its answers tell them. @default a status 429 pauses, and its rate is found by probing */
  readonly quota?: QuotaFacts
  /** Which answers are throttles, and how long to wait. @default what the quota's reader takes for refusals, and status 429 with `Retry-After` */
  readonly throttled?: ReadThrottle
  /** How many requests it takes at once. @default 50 */
  readonly maxConcurrent?: number
  /** What to do with a redirect to an origin that is not the vendor's. @default 'refuse' */
  readonly redirectElsewhere?: 'refuse' | 'anonymous'
  /** Which answers are failures whose status says success, such as `statusWhen({ field: 'ok', is: false, … })`. @default none */
  readonly status?: ReadStatus
  /** Where an error body says what. */
  readonly errors?: ErrorReading
  /** The read with which `check()` tests a connection. */
  readonly probe?: Probe
}

/** Gives what a profile takes for throttles. */
export function throttledOf({ throttled, quota }: VendorProfile): ReadThrottle {
  if (throttled) return throttled
  return quota?.reader ? throttledBy(quota.reader) : throttledByStatus
}
