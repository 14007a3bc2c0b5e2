import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import { narrowedScope } from '../scope.ts'
import type { ServerState } from '../state.ts'

/**
 * Exchanges a refresh token, by the rules of the server's rotation.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function refreshToken(state: ServerState, call: TokenCall): Issued {
  const { ledger, journal, runtime } = state
  const { incoming, client, jkt, x5t } = call
  const token = ledger.find(required(incoming.parameters, 'refresh_token'))
  if (token?.kind !== 'refresh' || token.grant.clientId !== client.id) {
    return refuse('invalid_grant', 'The refresh token is unknown, or of another client.')
  }
  const now = runtime.now()
  if (now >= token.expiresAt) refuse('invalid_grant', 'The refresh token has expired.')
  if ((token.jkt ?? jkt) !== jkt || (token.x5t ?? x5t) !== x5t) {
    refuse('invalid_grant', 'The refresh token is bound to another key.')
  }
  const scope = narrowedScope(incoming.parameters.get('scope'), token.grant.scope)
  const verdict = ledger.tell(token.grant, { type: 'refresh', generation: token.generation, now })
  if (verdict === 'reused') {
    journal.reused()
    refuse('invalid_grant', 'The refresh token was used before.')
  }
  if (verdict === 'refused') refuse('invalid_grant', 'The grant was revoked.')
  journal.refreshed(verdict === 'reissued')
  return issueTokens(state, call, token.grant, { refresh: verdict !== 'kept', user: {}, narrowed: { scope } })
}
