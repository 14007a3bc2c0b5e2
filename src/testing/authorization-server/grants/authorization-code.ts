import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { sha256 } from '../keys.ts'
import { refuse } from '../refusal.ts'
import type { AuthorizationRequest, ServerState } from '../state.ts'

/**
 * Exchanges a code, once.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function authorizationCode(state: ServerState, call: TokenCall): Issued {
  const { ledger, journal, runtime, codes } = state
  const { incoming, client, jkt } = call
  const { parameters } = incoming
  const issued = codes.get(required(parameters, 'code'))
  if (issued?.asked.client.id !== client.id)
    return refuse('invalid_grant', 'The code is unknown, or of another client.')
  if (issued.grant) {
    journal.reused()
    ledger.tell(issued.grant, { type: 'revoke' })
    refuse('invalid_grant', 'The code was used before; the tokens that it gave are revoked.')
  }
  if (runtime.now() >= issued.expiresAt) refuse('invalid_grant', 'The code has expired.')
  const { asked, subject, scope } = issued
  checkRedirectUri(asked, parameters.get('redirect_uri'))
  checkVerifier(asked.codeChallenge, parameters.get('code_verifier'))
  if (asked.jkt !== undefined && asked.jkt !== jkt) refuse('invalid_grant', 'The code is bound to another key.')
  const grant = ledger.open({ clientId: client.id, subject, scope, audience: parameters.getAll('resource') })
  issued.grant = grant
  return issueTokens(state, call, grant, { refresh: asked.offline, user: { nonce: asked.nonce } })
}

function checkRedirectUri({ redirectUri, redirectUriNamed }: AuthorizationRequest, sent: string | null): void {
  if (sent === redirectUri || (sent === null && !redirectUriNamed)) return
  refuse('invalid_grant', 'redirect_uri is not the one that the code was asked for with.')
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6 and https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2 */
function checkVerifier(challenge: string | undefined, verifier: string | null): void {
  if (challenge === undefined) {
    return verifier === null ? undefined : refuse('invalid_grant', 'The code was asked for without a code_challenge.')
  }
  if (!/^[\w.~-]{43,128}$/.test(verifier ?? '')) {
    refuse('invalid_request', 'code_verifier is missing, or not 43 to 128 unreserved characters.')
  }
  if (sha256(verifier ?? '') !== challenge) refuse('invalid_grant', 'code_verifier does not fit the code_challenge.')
}
