import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError } from '../errors.ts'
import type { QuotaReader, QuotaReading } from './reading.ts'

/** An answer as the vendor's documentation shows it, and what it means. */
export interface QuotaSample {
  /** @default 200 */
  readonly status?: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** A JSON value, or text. @default empty */
  readonly body?: unknown
  readonly reads: QuotaReading
}

// Any moment will do, as long as it is the same for every sample.
const sampleTime = Date.UTC(2030, 0, 1)

/**
 * Proves a reader against samples: a reader that misreads its vendor fails where it is defined, not in production.
 *
 * @throws {ConfigurationError} with what was read and what the sample says
 */
export function proven(reader: QuotaReader, ...samples: readonly QuotaSample[]): QuotaReader {
  for (const { status = 200, headers, body = '', reads } of samples) {
    const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
    const read = reader({ status, headers, body: bytes }, sampleTime) ?? {}
    if (!isDeepStrictEqual(withoutGaps(read), withoutGaps(reads))) {
      const found = JSON.stringify(read)
      throw new ConfigurationError(`The quota reader reads ${found}, where its sample means ${JSON.stringify(reads)}.`)
    }
  }
  return reader
}

/** Compares as JSON does: a property that is `undefined` is one that is not there. */
function withoutGaps(reading: QuotaReading): unknown {
  return JSON.parse(JSON.stringify(reading))
}
