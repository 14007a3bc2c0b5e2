import { createHash } from 'node:crypto'
import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import type { ServerState } from '../state.ts'

/**
 * Exchanges a code, once.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function authorizationCode(state: ServerState, { incoming: { parameters }, client }: TokenCall): Issued {
  const issued = state.codes.get(required(parameters, 'code'))
  if (!issued) return refuse('invalid_grant', 'The code is unknown.')
  const { asked, subject, scope, expiresAt, grant: before } = issued
  if (asked.client.id !== client.id) refuse('invalid_grant', 'The code is another client’s.')
  if (before) {
    state.journal.reused()
    state.ledger.tell(before, { type: 'revoke' })
    refuse('invalid_grant', 'The code was used before; the tokens that it gave are revoked.')
  }
  if (state.runtime.now() >= expiresAt) refuse('invalid_grant', 'The code has expired.')
  const redirectUri = parameters.get('redirect_uri')
  if (
    asked.redirectUriNamed
      ? redirectUri !== asked.redirectUri
      : redirectUri !== null && redirectUri !== asked.redirectUri
  ) {
    refuse('invalid_grant', 'redirect_uri is not the one that the code was asked with.')
  }
  checkVerifier(required(parameters, 'code_verifier'), asked.codeChallenge)
  const grant = state.ledger.open({ clientId: client.id, subject, scope })
  issued.grant = grant
  return issueTokens(state, grant, { refresh: true })
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6 */
function checkVerifier(verifier: string, challenge: string): void {
  if (!/^[\w.~-]{43,128}$/.test(verifier))
    refuse('invalid_request', 'code_verifier is 43 to 128 unreserved characters.')
  if (createHash('sha256').update(verifier).digest('base64url') !== challenge) {
    refuse('invalid_grant', 'code_verifier does not fit the code_challenge.')
  }
}
