import { idToken } from './id-token.ts'
import type { Client } from './clients.ts'
import type { Incoming } from './incoming.ts'
import type { Grant, Narrowed } from './ledger.ts'
import { includesScope } from './scope.ts'
import type { ServerState } from './state.ts'

/** A token request whose client is known. */
export interface TokenCall {
  readonly incoming: Incoming
  readonly client: Client
  /** The key that its sender proved to hold, by its thumbprint. */
  readonly jkt: string | undefined
  /** The certificate that its sender showed, by its thumbprint. */
  readonly x5t: string | undefined
}

/** What a token request is answered with, before a vendor's dialect. */
export interface Issued {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  /** Seconds, not whole ones where the test has them so; absent where the token does not expire. */
  readonly expiresIn: number | undefined
  readonly refreshToken: string | undefined
  readonly scope: string
  readonly idToken: string | undefined
  readonly grant: Grant
  /** @see https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1 */
  readonly issuedTokenType?: string
}

/** Which tokens to make. */
export interface IssueOptions {
  readonly refresh: boolean
  /** Whether the user was there, so that `openid` gives an id token; with the nonce to put into it. */
  readonly user?: { readonly nonce?: string | undefined }
  readonly narrowed?: Narrowed
}

/** Turns one kind of grant into tokens. */
export type GrantHandler = (state: ServerState, call: TokenCall) => Issued

/** Makes the tokens of a grant. */
export function issueTokens(
  state: ServerState,
  { client, incoming, jkt, x5t }: TokenCall,
  grant: Grant,
  { refresh, user, narrowed }: IssueOptions,
): Issued {
  const { ledger } = state
  const access = ledger.issue('access', grant, { ...narrowed, jkt, x5t })
  const { value, scope, issuedAt, expiresAt } = access
  const seconds = (expiresAt - issuedAt) / 1000
  // One who proves itself at each refresh may come with another key. @see https://www.rfc-editor.org/rfc/rfc9449#section-5
  const bound = client.ways.every((way) => way === 'none') ? { jkt, x5t } : {}
  return {
    accessToken: value,
    tokenType: jkt === undefined ? 'Bearer' : 'DPoP',
    expiresIn: Number.isFinite(seconds) ? seconds : undefined,
    refreshToken: refresh ? ledger.issue('refresh', grant, bound).value : undefined,
    scope,
    idToken: user && includesScope(scope, 'openid') ? idToken(state, incoming.issuer, access, user.nonce) : undefined,
    grant,
  }
}
