import { checkOptions } from '../../check.ts'
import { parseItems, type ListItem } from './structured-list.ts'
import type { QuotaReader, WindowReading } from '../reading.ts'

/** Options of {@link ietfRateLimit}. */
export interface IetfRateLimitOptions {
  /** What stands before both names, such as `beta-`. @default none */
  readonly prefix?: string
}

/** The window that counts calls at once, whatever the vendor calls it. */
const concurrencyName = 'concurrency'

/**
 * Reads `RateLimit` and `RateLimit-Policy`: lists of windows, each with its quota, its length and what remains.
 *
 * A policy of unit `concurrent-requests` sets the concurrency cap; `content-bytes` is no count of calls and is left out.
 *
 * @throws {ConfigurationError}
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function ietfRateLimit(options: IetfRateLimitOptions = {}): QuotaReader {
  checkOptions('ietfRateLimit', options, ['prefix'])
  const { prefix = '' } = options
  return function ietfRateLimit({ headers }) {
    const policies = parseItems(headers[`${prefix}ratelimit-policy`])
    const states = new Map(parseItems(headers[`${prefix}ratelimit`]).map((item) => [item.value, item.parameters]))
    const names = new Set([...policies.map(({ value }) => value), ...states.keys()])
    const windows = [...names].flatMap((name) => {
      const policy = policies.find(({ value }) => value === name)?.parameters
      return readWindow(name, policy ?? new Map(), states.get(name) ?? new Map()) ?? []
    })
    return windows.length === 0 ? undefined : { windows }
  }
}

function readWindow(
  name: string,
  policy: ListItem['parameters'],
  state: ListItem['parameters'],
): WindowReading | undefined {
  const unit = policy.get('qu') ?? 'requests'
  const limit = count(policy.get('q'))
  if (unit === 'concurrent-requests') return limit === undefined ? undefined : { name: concurrencyName, limit }
  if (unit !== 'requests') return undefined
  const seconds = count(policy.get('w'))
  const remaining = count(state.get('r'))
  const resetSeconds = count(state.get('t'))
  return {
    name,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(resetSeconds !== undefined && { resetsInMs: resetSeconds * 1000, precisionMs: 1000 }),
    ...(seconds !== undefined && { windowMs: seconds * 1000 }),
  }
}

/** The draft has integers only; a field that holds something else is ignored. */
function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
