import { HawserError, type CallFacts } from './hawser-error.ts'

/**
 * Why a token store cannot give or keep tokens. None of them means that there are no tokens, or that a user has to allow
 * anything anew: the tokens are there, and what keeps us from them is the operator's to mend.
 *
 * - `unavailable`: the disk, the database or the network failed; whether a write took place is not known.
 * - `damaged`: what is kept cannot be read.
 * - `not-sealed`: what is kept was not sealed.
 * - `unknown-key`: it was sealed with a key that the keyring does not hold.
 * - `sealed-for-another`: it was sealed for another connection and has been moved here.
 * - `not-authentic`: the key of that name does not open it: another key bears its name, or the text was altered.
 */
export type TokenStoreFailure =
  'unavailable' | 'damaged' | 'not-sealed' | 'unknown-key' | 'sealed-for-another' | 'not-authentic'

/** What a {@link TokenStoreError} knows beyond {@link CallFacts}. */
export interface TokenStoreErrorFacts extends CallFacts {
  readonly reason: TokenStoreFailure
  /** The key under which the tokens are kept. */
  readonly connection?: string | undefined
}

/** A token store failed. It never means that there are no tokens. */
export class TokenStoreError extends HawserError {
  override readonly code = 'TOKEN_STORE'
  readonly reason: TokenStoreFailure
  declare readonly connection?: string | undefined
  override get name(): string {
    return 'TokenStoreError'
  }

  constructor(message: string, { reason, ...facts }: TokenStoreErrorFacts) {
    super(message, facts)
    this.reason = reason
  }
}
