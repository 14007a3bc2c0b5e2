import { waysOf } from '../client-authentication.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import type { ServerState } from '../state.ts'

/**
 * Gives a client a token for itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function clientCredentials(state: ServerState, { incoming: { parameters }, client }: TokenCall): Issued {
  if (waysOf(client).every((way) => way === 'none')) {
    refuse('unauthorized_client', 'A public client cannot speak for itself.')
  }
  const scope = parameters.get('scope') ?? ''
  const audience = [...parameters.getAll('resource'), ...parameters.getAll('audience')]
  const grant = state.ledger.open({ clientId: client.id, subject: client.id, scope, audience })
  return issueTokens(state, grant, { refresh: false })
}
