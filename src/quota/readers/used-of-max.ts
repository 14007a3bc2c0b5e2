import { checkOptions } from '../../check.ts'
import type { WindowKind } from '../limit.ts'
import type { QuotaReader } from '../reading.ts'

/** Options of {@link usedOfMax}. */
export interface UsedOfMaxOptions {
  /** Lower case, such as `x-shopify-shop-api-call-limit`. */
  readonly header: string
  /** What stands before the figures, such as `api-usage=`. @default nothing */
  readonly after?: string
  readonly window?: string
  /** Milliseconds. @default that of the declared limit */
  readonly windowMs?: number
  /** @default 'fixed' */
  readonly kind?: WindowKind
}

/**
 * Reads a header that tells what is used of what there is, such as `32/40` or `api-usage=113/5000000`.
 *
 * @throws {ConfigurationError}
 */
export function usedOfMax(options: UsedOfMaxOptions): QuotaReader {
  checkOptions('usedOfMax', options, ['header', 'after', 'window', 'windowMs', 'kind'])
  const { header, after = '', window, windowMs, kind } = options
  return function usedOfMax({ headers }) {
    const text = headers[header]?.trim() ?? ''
    const from = after === '' ? 0 : text.indexOf(after)
    const match = from < 0 ? null : /^(\d+)\/(\d+)(?!\d)/.exec(text.slice(from + after.length))
    if (!match) return undefined
    const [used, limit] = [Number(match[1]), Number(match[2])]
    return {
      windows: [
        {
          ...(window !== undefined && { name: window }),
          limit,
          remaining: Math.max(0, limit - used),
          ...(windowMs !== undefined && { windowMs }),
          ...(kind !== undefined && { kind }),
        },
      ],
    }
  }
}
