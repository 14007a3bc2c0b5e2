import { checkOptions } from '../../check.ts'
import { bodyMentions, bodyText, isSuccess } from '../../http/response.ts'
import { fieldAt, parseJson } from '../../json-value.ts'
import type { QuotaReader, WindowReading } from '../reading.ts'
import { readReset, type ResetForm } from './reset.ts'

/** Options of {@link costBody}. Each but the window's facts is a path into the JSON body, such as `extensions.cost.actualQueryCost`. */
export interface CostBodyOptions {
  /** What the call really cost. */
  readonly cost?: string
  /** What the call asked for. Without a `cost`, and beyond what remains, an answer of success or of status 429 is a refusal. */
  readonly requested?: string
  readonly limit?: string
  readonly remaining?: string
  readonly reset?: string
  /** What stands at `reset`. @default 'iso-8601' */
  readonly resetForm?: ResetForm
  /** How many units come back each second; with it the window is a token bucket. */
  readonly restorePerSecond?: string
  readonly window?: string
  /** Milliseconds. @default that of the declared limit, or what `restorePerSecond` gives */
  readonly windowMs?: number
}

/**
 * Reads the cost of a call and the state of a window from a JSON body, as GraphQL vendors tell them.
 *
 * @throws {ConfigurationError}
 */
export function costBody(options: CostBodyOptions): QuotaReader {
  const known = [
    'cost',
    'requested',
    'limit',
    'remaining',
    'reset',
    'resetForm',
    'restorePerSecond',
    'window',
    'windowMs',
  ]
  checkOptions('costBody', options, known)
  const { window, windowMs, resetForm = 'iso-8601' } = options
  const marks = [options.cost, options.requested, options.limit, options.remaining].flatMap(markOf)
  return function costBody(response, now) {
    // What names none of them is not decoded twice.
    if (!marks.some((mark) => bodyMentions(response, mark))) return undefined
    const body = parseJson(bodyText(response))
    const cost = numberAt(body, options.cost)
    const limit = numberAt(body, options.limit)
    const remaining = numberAt(body, options.remaining)
    const requested = numberAt(body, options.requested) ?? 0
    const restore = numberAt(body, options.restorePerSecond)
    const reset = options.reset === undefined ? undefined : fieldAt(body, options.reset)
    const told: WindowReading = {
      ...(window !== undefined && { name: window }),
      ...(limit !== undefined && { limit }),
      ...(remaining !== undefined && { remaining }),
      ...readReset(typeof reset === 'number' ? String(reset) : text(reset), resetForm, now),
      ...(windowMs !== undefined && { windowMs }),
      // As many units as the bucket holds come back in this time.
      ...(limit !== undefined && restore && { windowMs: (limit / restore) * 1000, kind: 'token-bucket' as const }),
    }
    const speaks = limit !== undefined || remaining !== undefined
    if (!speaks && cost === undefined) return undefined
    // What failed for another reason has no cost either.
    const refused = cost === undefined && (response.status === 429 || isSuccess(response.status))
    const lacking = refused && remaining !== undefined ? requested - remaining : 0
    return {
      ...(speaks && { windows: [told] }),
      ...(cost !== undefined && { cost }),
      ...(lacking > 0 && {
        refusal: {
          ...(window !== undefined && { window }),
          ...(restore && { retryAfterMs: (lacking / restore) * 1000 }),
        },
      }),
    }
  }
}

/** The name that stands in a body where a path leads somewhere. */
function markOf(path: string | undefined): readonly string[] {
  const name = path?.split('.').findLast((part) => !/^\d+$/.test(part))
  return name === undefined ? [] : [`"${name}"`]
}

function numberAt(body: unknown, path: string | undefined): number | undefined {
  const value = path === undefined ? undefined : fieldAt(body, path)
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
