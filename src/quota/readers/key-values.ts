import { checkOptions } from '../../check.ts'
import type { QuotaReader } from '../reading.ts'
import { readCount, readReset, type ResetForm } from './reset.ts'

/** Options of {@link keyValues}. */
export interface KeyValuesOptions {
  /** Lower case, such as `zendesk-ratelimit-tickets-index`. */
  readonly header: string
  /** The keys. @default `total`, `remaining`, `resets` */
  readonly keys?: { readonly limit?: string; readonly remaining?: string; readonly reset?: string }
  readonly reset: ResetForm
  readonly window?: string
  /** Milliseconds. @default that of the declared limit */
  readonly windowMs?: number
}

/**
 * Reads a header of pairs, such as `total=100; remaining=99; resets=41`.
 *
 * @throws {ConfigurationError}
 */
export function keyValues(options: KeyValuesOptions): QuotaReader {
  checkOptions('keyValues', options, ['header', 'keys', 'reset', 'window', 'windowMs'])
  const { header, reset, window, windowMs } = options
  const keys = { limit: 'total', remaining: 'remaining', reset: 'resets', ...options.keys }
  return function keyValues({ headers }, now) {
    const pairs = new Map((headers[header] ?? '').split(/[;,]/).map(pair))
    const limit = readCount(pairs.get(keys.limit))
    const remaining = readCount(pairs.get(keys.remaining))
    if (limit === undefined && remaining === undefined) return undefined
    return {
      windows: [
        {
          ...(window !== undefined && { name: window }),
          ...(limit !== undefined && { limit }),
          ...(remaining !== undefined && { remaining }),
          ...readReset(pairs.get(keys.reset), reset, now),
          ...(windowMs !== undefined && { windowMs }),
        },
      ],
    }
  }
}

function pair(text: string): [string, string] {
  const [key = '', value = ''] = text.split('=')
  return [key.trim(), value.trim()]
}
