import { problemOf } from '../assertion.ts'
import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { asymmetric, parseJwt } from '../jwt.ts'
import { refuse } from '../refusal.ts'
import { askedScope } from '../scope.ts'
import type { ServerState } from '../state.ts'

/**
 * Takes a JWT that a trusted issuer signed for a user's word.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-2.1
 */
export function jwtBearer(state: ServerState, call: TokenCall): Issued {
  const jwt = parseJwt(required(call.incoming.parameters, 'assertion'))
  const issuer = String(jwt?.claims['iss'])
  const key = state.settings.trustedIssuers.get(issuer)
  if (!jwt || !key) return refuse('invalid_grant', 'The assertion is no JWT of an issuer that the server trusts.')
  const expected = { issuer, keys: [key], algorithms: asymmetric, claims: ['sub'] }
  const problem = problemOf(state, call.incoming, jwt, expected)
  if (problem !== undefined) refuse('invalid_grant', problem)
  return forSubject(state, call, String(jwt.claims['sub']))
}

/**
 * Takes a SAML assertion for a user's word, where the test says so.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7522#section-2.1
 */
export function samlBearer(state: ServerState, call: TokenCall): Issued {
  const assertion = Buffer.from(required(call.incoming.parameters, 'assertion'), 'base64url').toString()
  const subject = state.settings.samlSubject(assertion)
  return subject === undefined
    ? refuse('invalid_grant', 'The assertion is not good.')
    : forSubject(state, call, subject)
}

function forSubject(state: ServerState, call: TokenCall, subject: string): Issued {
  const scope = askedScope(state.settings, call.incoming.parameters.get('scope'))
  const grant = state.ledger.open({ clientId: call.client.id, subject, scope })
  return issueTokens(state, call, grant, { refresh: false })
}
