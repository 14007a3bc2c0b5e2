import type { Incoming } from './incoming.ts'
import type { Grant, Narrowed } from './ledger.ts'
import type { RegisteredClient } from './options.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** A token request whose client is known. */
export interface TokenCall {
  readonly incoming: Incoming
  readonly client: RegisteredClient
}

/** What a token request is answered with, before a vendor's dialect. */
export interface Issued {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP' | 'N_A'
  /** Seconds; absent where the token does not expire. */
  readonly expiresIn: number | undefined
  readonly refreshToken: string | undefined
  readonly scope: string
  readonly grant: Grant
}

/** Turns one kind of grant into tokens. */
export type GrantHandler = (state: ServerState, call: TokenCall) => Issued

/** Makes the tokens of a grant. */
export function issueTokens(
  { ledger }: ServerState,
  grant: Grant,
  { refresh, narrowed }: { readonly refresh: boolean; readonly narrowed?: Narrowed },
): Issued {
  const access = ledger.issue('access', grant, narrowed)
  const seconds = Math.floor((access.expiresAt - access.issuedAt) / 1000)
  return {
    accessToken: access.value,
    tokenType: access.jkt === undefined ? 'Bearer' : 'DPoP',
    expiresIn: Number.isFinite(seconds) ? seconds : undefined,
    refreshToken: refresh ? ledger.issue('refresh', grant).value : undefined,
    scope: access.scope,
    grant,
  }
}

/**
 * Gives the scope that a request asks for, which is all of what there is unless it says less.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function narrowedScope(asked: string | null, granted: string): string {
  if (asked === null || asked === '') return granted
  const has = new Set(granted.split(' '))
  const more = asked.split(' ').find((one) => !has.has(one))
  return more === undefined ? asked : refuse('invalid_scope', `The scope ${more} was not granted.`)
}
