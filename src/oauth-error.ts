import { HawserError, type CallFacts } from './hawser-error.ts'

/**
 * What a failure at a token endpoint means; nothing else decides what happens next.
 *
 * - `reauthorize`: the user has to allow it anew; nothing else helps.
 * - `configuration`: the client, its secret or its scopes are refused; no connection of a user's is to blame.
 * - `retry`: the server cannot answer now; the tokens are as they were.
 * - `not-sent`: it was not reached; the tokens are as they were.
 * - `ambiguous`: it was reached and gave no whole answer; it may have replaced the refresh token.
 * - `protocol`: it answered what cannot be read.
 */
export type OAuthFailure = 'reauthorize' | 'configuration' | 'retry' | 'not-sent' | 'ambiguous' | 'protocol'

/** What an {@link OAuthError} knows beyond {@link CallFacts}. */
export interface OAuthErrorFacts extends CallFacts {
  readonly failure: OAuthFailure
  /** The server's own code, such as `invalid_grant`. */
  readonly oauthCode?: string | undefined
  /** The connection whose tokens they are. */
  readonly connection?: string | undefined
}

/** No token could be had. */
export class OAuthError extends HawserError {
  override readonly code: 'OAUTH' | 'REAUTHORIZATION_REQUIRED' = 'OAUTH'
  readonly failure: OAuthFailure
  declare readonly oauthCode?: string | undefined
  declare readonly connection?: string | undefined
  override get name(): string {
    return 'OAuthError'
  }

  constructor(message: string, { failure, ...facts }: OAuthErrorFacts) {
    super(message, facts)
    this.failure = failure
  }
}

/** Why a user has to allow it anew, as far as is known. */
export type ReauthorizationCause =
  'refused' | 'no-tokens' | 'no-refresh-token' | 'refresh-token-expired' | 'lost-after-rotation' | 'clock'

/** The connection is at its end: the user has to allow it anew. */
export class ReauthorizationRequiredError extends OAuthError {
  override readonly code = 'REAUTHORIZATION_REQUIRED'
  readonly because: ReauthorizationCause
  override get name(): string {
    return 'ReauthorizationRequiredError'
  }

  constructor(
    message: string,
    { because, ...facts }: Omit<OAuthErrorFacts, 'failure'> & { readonly because: ReauthorizationCause },
  ) {
    super(message, { ...facts, failure: 'reauthorize' })
    this.because = because
  }
}
