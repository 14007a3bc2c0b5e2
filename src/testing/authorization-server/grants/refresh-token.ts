import { required } from '../incoming.ts'
import { issueTokens, narrowedScope, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import type { ServerState } from '../state.ts'

/**
 * Exchanges a refresh token, by the rules of the server's rotation.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-6
 */
export function refreshToken(state: ServerState, { incoming: { parameters }, client }: TokenCall): Issued {
  const { ledger, journal, runtime } = state
  const token = ledger.find(required(parameters, 'refresh_token'))
  if (token?.kind !== 'refresh' || token.grant.clientId !== client.id) {
    return refuse('invalid_grant', 'The refresh token is unknown, or another client’s.')
  }
  const now = runtime.now()
  if (now >= token.expiresAt) refuse('invalid_grant', 'The refresh token has expired.')
  const scope = narrowedScope(parameters.get('scope'), token.grant.scope)
  const verdict = ledger.tell(token.grant, { type: 'refresh', generation: token.generation, now })
  if (verdict === 'reused') {
    journal.reused()
    refuse('invalid_grant', 'The refresh token was used before.')
  }
  if (verdict === 'refused') refuse('invalid_grant', 'The grant was revoked.')
  journal.refreshed()
  return issueTokens(state, token.grant, { refresh: verdict !== 'kept', narrowed: { scope } })
}
