import { isOffline } from '../authorize.ts'
import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import { askedScope } from '../scope.ts'
import type { ServerState } from '../state.ts'

/**
 * Takes a user's password, where the server is told to.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3
 */
export function password(state: ServerState, call: TokenCall): Issued {
  const { settings, ledger } = state
  const { parameters } = call.incoming
  const { passwords } = settings
  if (!passwords) return refuse('unsupported_grant_type', 'The server takes no passwords: give it `passwords`.')
  const subject = required(parameters, 'username')
  if (!Object.hasOwn(passwords, subject) || passwords[subject] !== required(parameters, 'password')) {
    refuse('invalid_grant', 'The user is unknown, or the password is wrong.')
  }
  const scope = askedScope(settings, parameters.get('scope'))
  const grant = ledger.open({ clientId: call.client.id, subject, scope })
  return issueTokens(state, call, grant, { refresh: isOffline(settings, parameters, scope), user: {} })
}
