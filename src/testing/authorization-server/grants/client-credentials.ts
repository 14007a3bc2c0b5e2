import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import { askedScope } from '../scope.ts'
import type { ServerState } from '../state.ts'

/**
 * Gives a client a token for itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function clientCredentials(state: ServerState, call: TokenCall): Issued {
  const { parameters } = call.incoming
  const { id, ways } = call.client
  if (ways.every((way) => way === 'none')) refuse('unauthorized_client', 'A public client cannot speak for itself.')
  const scope = askedScope(state.settings, parameters.get('scope'))
  const audience = [...parameters.getAll('resource'), ...parameters.getAll('audience')]
  const grant = state.ledger.open({ clientId: id, subject: id, scope, audience })
  return issueTokens(state, call, grant, { refresh: false })
}
