/** The error codes that the server answers with, each as its RFC spells it. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'invalid_scope'
  | 'invalid_target'
  | 'access_denied'
  | 'authorization_pending'
  | 'slow_down'
  | 'expired_token'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'unsupported_token_type'

/** Ends a request inside the server; it leaves it as an answer. */
export class Refusal extends Error {
  readonly code: OAuthErrorCode
  /** Of the answer, beside what every answer has. */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: OAuthErrorCode, description: string, headers: Readonly<Record<string, string>> = {}) {
    // Nothing else may stand in a description, which may repeat what was sent.
    super(description.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?'))
    this.code = code
    this.headers = headers
  }
}

/** Refuses the request at hand. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export function refuse(code: OAuthErrorCode, description: string, headers?: Readonly<Record<string, string>>): never {
  throw new Refusal(code, description, headers)
}

/** Runs something and gives its refusal as a value. */
export function attempt<T>(run: () => T): T | Refusal {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
