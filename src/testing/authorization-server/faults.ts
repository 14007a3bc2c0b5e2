import { checkNumber } from 'hawser'
import { seeded } from './seeded.ts'

/** Whether a request was worked on when something went wrong: `after` means that a refresh token is rotated already. */
export type FaultMoment = 'before' | 'after'

/** Something that goes wrong at the token endpoint. */
export type TokenFault =
  /** The work is done at once, the answer comes later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The connection ends without an answer. */
  | { readonly kind: 'drop'; readonly when: FaultMoment }
  /** Another answer comes. */
  | {
      readonly kind: 'answer'
      readonly when: FaultMoment
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** The answer's `Date` is off. */
  | { readonly kind: 'skew'; readonly ms: number }

/** Makers of the faults that vendors are known for. */
export const tokenFaults: {
  slow(ms: number): TokenFault
  /** Nothing was done. */
  dropBefore(): TokenFault
  /** Tokens were given out, and the refresh token rotated, but nobody learns them. */
  dropAfter(): TokenFault
  /** As `dropAfter`, but with a status 500 that looks as if nothing was done. */
  crashAfterRotate(): TokenFault
  rateLimited(retryAfterSeconds: number): TokenFault
  unavailable(status?: number): TokenFault
  /** A gateway's page. */
  badGateway(): TokenFault
  /** A status 200 whose JSON ends too early; the work is done. */
  garbage(): TokenFault
  redirect(location: string): TokenFault
  skewedDate(ms: number): TokenFault
} = {
  slow: (ms) => ({ kind: 'slow', ms }),
  dropBefore: () => ({ kind: 'drop', when: 'before' }),
  dropAfter: () => ({ kind: 'drop', when: 'after' }),
  crashAfterRotate: () => json('after', 500, '{"error":"server_error"}'),
  rateLimited: (seconds) => json('before', 429, '{"error":"rate_limited"}', { 'retry-after': String(seconds) }),
  unavailable: (status = 503) => json('before', status, '{"error":"temporarily_unavailable"}'),
  badGateway: () => ({
    kind: 'answer',
    when: 'before',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html><head><title>502 Bad Gateway</title></head></html>',
  }),
  garbage: () => json('after', 200, '{"access_token":"at'),
  redirect: (location) => ({ kind: 'answer', when: 'before', status: 302, headers: { location } }),
  skewedDate: (ms) => ({ kind: 'skew', ms }),
}

function json(when: FaultMoment, status: number, body: string, headers: Record<string, string> = {}): TokenFault {
  return { kind: 'answer', when, status, body, headers: { 'content-type': 'application/json', ...headers } }
}

/** Faults by chance: the same seed strikes the same requests. */
export interface TokenChaos {
  readonly seed: number
  /** One at most strikes a request; their probabilities add up to 1 or less. */
  readonly faults: readonly {
    readonly fault: TokenFault
    /** From 0 to 1. */
    readonly probability: number
  }[]
  /** Strikes requests of this `grant_type` only. @default all */
  readonly grant?: string
}

/** What strikes which request. */
export interface FaultPlan {
  add(fault: TokenFault, times: number, grant: string | undefined): void
  next(grant: string): TokenFault | undefined
}

/** Makes a plan: first what is scripted, in its order; then chance. */
export function faultPlan(chaos: TokenChaos | undefined): FaultPlan {
  const queue: { readonly fault: TokenFault; readonly grant: string | undefined; left: number }[] = []
  for (const { probability } of chaos?.faults ?? []) checkNumber('probability', probability, 0)
  const random = seeded(chaos?.seed ?? 0)

  function byChance(grant: string): TokenFault | undefined {
    if (!chaos || (chaos.grant !== undefined && chaos.grant !== grant)) return undefined
    let left = random()
    return chaos.faults.find(({ probability }) => (left -= probability) < 0)?.fault
  }

  return {
    add: (fault, times, grant) => void queue.push({ fault, grant, left: times }),
    next(grant) {
      const scripted = queue.find((one) => one.left > 0 && (one.grant === undefined || one.grant === grant))
      if (!scripted) return byChance(grant)
      scripted.left--
      return scripted.fault
    },
  }
}
