import { checkOptions } from '../../check.ts'
import type { WindowKind } from '../limit.ts'
import type { QuotaReader, WindowReading } from '../reading.ts'
import { readCount, readReset, type ResetForm } from './reset.ts'

/** Options of {@link xRateLimit}. */
export interface XRateLimitOptions {
  /** What the reset header holds. */
  readonly reset: ResetForm
  /** How long the window lasts, or each window by name; the headers do not say. Milliseconds. @default that of the declared limit */
  readonly windowMs?: number | Readonly<Record<string, number>>
  /** The vendor's name for the window. @default the first window of the call */
  readonly window?: string
  /** The header that names the window, such as `x-ratelimit-resource`. */
  readonly windowHeader?: string
  /** @default 'fixed' */
  readonly kind?: WindowKind
  /** The headers' names. @default `x-ratelimit-limit`, `x-ratelimit-remaining`, `x-ratelimit-reset` */
  readonly headers?: { readonly limit?: string; readonly remaining?: string; readonly reset?: string }
}

/**
 * Reads a limit, what remains of it and its reset from three headers: the `X-RateLimit-*` family, the older
 * `RateLimit-*` triplet of the IETF draft, and all that look like them.
 *
 * @throws {ConfigurationError}
 */
export function xRateLimit(options: XRateLimitOptions): QuotaReader {
  checkOptions('xRateLimit', options, ['reset', 'windowMs', 'window', 'windowHeader', 'kind', 'headers'])
  const { reset, windowMs, window, windowHeader, kind } = options
  const names = {
    limit: 'x-ratelimit-limit',
    remaining: 'x-ratelimit-remaining',
    reset: 'x-ratelimit-reset',
    ...options.headers,
  }

  return function xRateLimit({ headers }, now) {
    const limit = readCount(headers[names.limit])
    const remaining = readCount(headers[names.remaining])
    if (limit === undefined && remaining === undefined) return undefined
    const name = windowHeader === undefined ? window : (headers[windowHeader] ?? window)
    const lastsMs = typeof windowMs === 'object' ? windowMs[name ?? ''] : windowMs
    const reading: WindowReading = {
      ...(name !== undefined && { name }),
      ...(limit !== undefined && { limit }),
      ...(remaining !== undefined && { remaining }),
      ...readReset(headers[names.reset], reset, now),
      ...(lastsMs !== undefined && { windowMs: lastsMs }),
      ...(kind !== undefined && { kind }),
    }
    return { windows: [reading] }
  }
}
