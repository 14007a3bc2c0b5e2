import type { ClockOffset } from '../http/clock-offset.ts'
import type { Runtime } from '../runtime.ts'
import type { TokenBundle, Tokens } from './tokens.ts'

/** What a grant is told. */
export interface GrantRequest {
  /** The name of the token that is wanted. */
  readonly name: string
  /** The tokens to be replaced. */
  readonly current: Tokens | undefined
  /** When the answer must be there; later, another process may try. Milliseconds since the Unix epoch. */
  readonly deadline: number
  /** The vendor's clock, for what is signed; takes the `Date` of every answer. */
  readonly clock: ClockOffset
  readonly runtime: Runtime
}

/** An answer that holds tokens. Kept as it came before anything in it is judged, since it may hold the only refresh token. */
export interface TokenAnswer {
  /** The body as it came. */
  readonly raw: string
  /**
   * Reads the tokens.
   *
   * @throws {OAuthError} `protocol`, or what the answer says instead of tokens
   */
  read(): TokenBundle
  /** Checks what does not decide whether the tokens are kept: the id_token, the scopes. Runs after they are stored. */
  validate?(): Promise<void>
}

/** A way to get tokens: from a refresh token, a client's secret, a signed assertion … */
export interface Grant {
  /** What `describe()` shows, such as `client_credentials`. */
  readonly kind: string
  /** Whether it gets tokens without any that were there before. Where it does not, an end is the user's to mend. */
  readonly unattended: boolean
  /**
   * Asks for tokens. Nobody's abort ends it: a refresh that was sent must be heard out.
   *
   * @throws {OAuthError} whose `failure` says what to do
   */
  obtain(request: GrantRequest): Promise<TokenAnswer>
}
