import type { ReauthorizationCause } from '../errors.ts'
import type { TokenRecord } from './token-record.ts'
import type { TokenWindows } from './token-windows.ts'
import type { Tokens } from './tokens.ts'

/** What there is, and what is asked of it. */
export interface TokenMoment {
  /** The name of the token that is asked for. */
  readonly name: string
  /** `undefined` where nothing is stored. */
  readonly record: TokenRecord | undefined
  /** The token of that name, and its windows. */
  readonly tokens: Tokens | undefined
  readonly windows: TokenWindows | undefined
  /** The access token that the vendor has just refused. */
  readonly failed: string | undefined
  /** Whether tokens can be had without any that were there before. */
  readonly unattended: boolean
  /** Who we are in leases; `undefined` while we have none. */
  readonly owner: string | undefined
  readonly now: number
}

/** What to do for a token. */
export type TokenDecision =
  | { readonly do: 'use'; readonly tokens: Tokens; readonly refreshSoon: boolean }
  | { readonly do: 'refresh' }
  /** Somebody else is at it, until `until` at the latest. */
  | { readonly do: 'wait'; readonly until: number }
  | { readonly do: 'cool-down'; readonly retryAt: number }
  | { readonly do: 'reauthorize'; readonly because: ReauthorizationCause }

/**
 * Decides what is done for a token. Pure; every way of a connection goes through here.
 *
 * A token that still lives is used while others refresh it or the token endpoint is down; only its very end makes calls wait.
 */
export function decideToken(moment: TokenMoment): TokenDecision {
  const { name, record, tokens, windows, failed, now } = moment
  const ended = record?.ended?.[name]
  if (ended) return { do: 'reauthorize', because: ended }

  const blocked = whatBlocks(moment)
  if (tokens !== undefined && windows !== undefined && tokens.accessToken !== failed) {
    if (now < windows.mandatoryAt) return { do: 'use', tokens, refreshSoon: now >= windows.advisoryAt && !blocked }
    if (blocked && now < windows.expiresAt) return { do: 'use', tokens, refreshSoon: false }
  }
  return blocked ?? { do: 'refresh' }
}

function whatBlocks({ record, tokens, unattended, owner, now }: TokenMoment): TokenDecision | undefined {
  const dead = unattended ? undefined : whyNoRefresh(tokens, now)
  if (dead) return { do: 'reauthorize', because: dead }
  const { lease, retryAt = 0 } = record ?? {}
  if (lease && lease.owner !== owner && lease.until > now) return { do: 'wait', until: lease.until }
  return retryAt > now ? { do: 'cool-down', retryAt } : undefined
}

function whyNoRefresh(tokens: Tokens | undefined, now: number): ReauthorizationCause | undefined {
  if (!tokens) return 'no-tokens'
  if (tokens.refreshToken === undefined) return 'no-refresh-token'
  const { refreshExpiresAt = Infinity } = tokens
  return refreshExpiresAt <= now ? 'refresh-token-expired' : undefined
}
