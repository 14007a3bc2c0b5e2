import type { ResetForm } from 'hawser'
import type { LimitState } from './meter.ts'
import type { TellQuota } from './vendor-quota.ts'

// Each writes what the quota reader of the same form reads.

/** Options of {@link xRateLimitHeaders}; as those of `xRateLimit`. */
export interface XRateLimitHeadersOptions {
  readonly reset: ResetForm
  /** The header that names the window, such as `x-ratelimit-resource`. */
  readonly windowHeader?: string
  /** What is used of the limit, such as `x-ratelimit-used`. @default not told */
  readonly usedHeader?: string
  /** @default `x-ratelimit-limit`, `x-ratelimit-remaining`, `x-ratelimit-reset` */
  readonly headers?: { readonly limit?: string; readonly remaining?: string; readonly reset?: string }
}

/** Tells the first limit of a request in three headers. */
export function xRateLimitHeaders(options: XRateLimitHeadersOptions): TellQuota {
  const { reset, windowHeader, usedHeader } = options
  const names = {
    limit: 'x-ratelimit-limit',
    remaining: 'x-ratelimit-remaining',
    reset: 'x-ratelimit-reset',
    ...options.headers,
  }
  return ([state], now) =>
    state
      ? {
          [names.limit]: String(state.limit),
          [names.remaining]: String(state.remaining),
          [names.reset]: writeReset(state.resetsAt, reset, now),
          ...(windowHeader !== undefined && { [windowHeader]: state.name }),
          ...(usedHeader !== undefined && { [usedHeader]: String(state.limit - state.remaining) }),
        }
      : {}
}

/** Tells all limits of a request. @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
export function ietfHeaders(options: { readonly prefix?: string } = {}): TellQuota {
  const { prefix = '' } = options
  return (states, now) => ({
    [`${prefix}ratelimit-policy`]: states
      .map(({ name, limit, windowMs }) => `"${name}";q=${limit};w=${Math.ceil(windowMs / 1000)}`)
      .join(', '),
    [`${prefix}ratelimit`]: states
      .map(({ name, remaining, resetsAt }) => `"${name}";r=${remaining};t=${seconds(resetsAt - now)}`)
      .join(', '),
  })
}

/** Tells the first limit of a request as used of all, such as `32/40`. */
export function usedOfMaxHeaders(options: { readonly header: string; readonly after?: string }): TellQuota {
  const { header, after = '' } = options
  return ([state]) => (state ? { [header]: `${after}${state.limit - state.remaining}/${state.limit}` } : {})
}

/** Tells the first limit of a request in pairs, such as `total=100; remaining=99; resets=41`. */
export function keyValueHeaders(options: {
  readonly header: string
  readonly reset: ResetForm
  readonly keys?: { readonly limit?: string; readonly remaining?: string; readonly reset?: string }
}): TellQuota {
  const keys = { limit: 'total', remaining: 'remaining', reset: 'resets', ...options.keys }
  const pairs = ({ limit, remaining, resetsAt }: LimitState, now: number): string =>
    [
      [keys.limit, limit],
      [keys.remaining, remaining],
      [keys.reset, writeReset(resetsAt, options.reset, now)],
    ]
      .map((pair) => pair.join('='))
      .join('; ')
  return ([state], now) => (state ? { [options.header]: pairs(state, now) } : {})
}

/** Writes a moment as vendors do: rounded up, so that nobody comes too early. */
function writeReset(at: number, form: ResetForm, now: number): string {
  switch (form) {
    case 'epoch-seconds':
      return String(Math.ceil(at / 1000))
    case 'epoch-ms':
      return String(Math.ceil(at))
    case 'delta-seconds':
      return String(seconds(at - now))
    case 'delta-ms':
      return String(Math.ceil(at - now))
    case 'iso-8601':
      return new Date(Math.ceil(at)).toISOString()
    case 'duration':
      return `${seconds(at - now)}s`
  }
}

function seconds(ms: number): number {
  return Math.max(0, Math.ceil(ms / 1000))
}
