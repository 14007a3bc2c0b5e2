import { asymmetric, parseJwt } from '../jwt.ts'
import { problemOf } from '../assertion.ts'
import { required } from '../incoming.ts'
import { issueTokens, type Issued, type TokenCall } from '../issue.ts'
import { refuse } from '../refusal.ts'
import { narrowedScope } from '../scope.ts'
import type { ServerState } from '../state.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const jwtType = 'urn:ietf:params:oauth:token-type:jwt'

/** Whom a token speaks for. */
interface Party {
  readonly subject: string
  /** What it may do at most; absent where there is no bound. */
  readonly scope?: string
}

/**
 * Gives a token for the one that a client already has.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8693#section-2
 */
export function tokenExchange(state: ServerState, call: TokenCall): Issued {
  const { parameters } = call.incoming
  const subject = party(state, call, 'subject')
  const actor = parameters.has('actor_token') ? party(state, call, 'actor') : undefined
  const wanted = parameters.get('requested_token_type') ?? accessTokenType
  if (wanted !== accessTokenType) refuse('invalid_request', `The server gives no ${wanted}.`)
  const asked = parameters.get('scope')
  const scope = subject.scope === undefined ? (asked ?? '') : narrowedScope(asked, subject.scope)
  const audience = [...parameters.getAll('resource'), ...parameters.getAll('audience')]
  const grant = state.ledger.open({
    clientId: call.client.id,
    subject: subject.subject,
    scope,
    audience,
    actor: actor?.subject,
  })
  return { ...issueTokens(state, call, grant, { refresh: false }), issuedTokenType: accessTokenType }
}

function party(state: ServerState, call: TokenCall, role: 'subject' | 'actor'): Party {
  const { parameters } = call.incoming
  const token = required(parameters, `${role}_token`)
  const type = required(parameters, `${role}_token_type`)
  const found =
    type === accessTokenType ? ofAccessToken(state, token) : type === jwtType ? ofJwt(state, call, token) : undefined
  // @see https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2
  return found ?? refuse('invalid_request', `${role}_token is not good, or not of a type that the server knows.`)
}

function ofAccessToken({ ledger }: ServerState, value: string): Party | undefined {
  const token = ledger.find(value)
  return token?.kind === 'access' && ledger.isLive(token)
    ? { subject: token.grant.subject, scope: token.scope }
    : undefined
}

function ofJwt(state: ServerState, { incoming }: TokenCall, text: string): Party | undefined {
  const jwt = parseJwt(text)
  const issuer = String(jwt?.claims['iss'])
  const key = state.settings.trustedIssuers.get(issuer)
  if (!jwt || !key) return undefined
  const expected = { issuer, keys: [key], algorithms: asymmetric, claims: ['sub'] }
  return problemOf(state, incoming, jwt, expected) === undefined ? { subject: String(jwt.claims['sub']) } : undefined
}
