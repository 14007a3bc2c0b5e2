import type { IssuedToken } from './ledger.ts'
import type { ServerState } from './state.ts'

/** Whom a request to a protected resource speaks for; or what to answer it with. */
export type Access =
  | {
      readonly ok: true
      readonly subject: string
      readonly clientId: string
      readonly scope: string
      readonly audience: readonly string[]
    }
  | {
      readonly ok: false
      /** The error code of RFC 6750; absent where the request brought no token. */
      readonly error: string | undefined
      readonly response: Response
    }

/** What a resource asks for. */
export interface ProtectOptions {
  /** The scope that the token must have. */
  readonly scope?: string
}

/**
 * Tells whether a request brings a token that is good now. It counts as a use of that token.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function protect(state: ServerState, request: Request, { scope }: ProtectOptions = {}): Access {
  const [, value] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (value === undefined) return refused('Bearer', undefined, 401)
  const token = state.ledger.find(value)
  if (!isUsable(state, token)) return refused('Bearer', 'invalid_token', 401)
  if (scope !== undefined && !token.scope.split(' ').includes(scope))
    return refused('Bearer', 'insufficient_scope', 403)
  state.ledger.tell(token.grant, { type: 'access-token-used', generation: token.generation })
  const { clientId, subject } = token.grant
  return { ok: true, subject, clientId, scope: token.scope, audience: token.audience }
}

function isUsable({ ledger }: ServerState, token: IssuedToken | undefined): token is IssuedToken {
  return token?.kind === 'access' && ledger.isLive(token)
}

function refused(scheme: string, error: string | undefined, status: number): Access {
  const challenge = error === undefined ? scheme : `${scheme} error="${error}"`
  const body = error === undefined ? {} : { error }
  return { ok: false, error, response: Response.json(body, { status, headers: { 'www-authenticate': challenge } }) }
}

/** Answers `GET /resource`. */
export function resourceEndpoint(state: ServerState, request: Request): Response {
  const access = protect(state, request)
  if (!access.ok) return access.response
  return Response.json({ subject: access.subject, client_id: access.clientId, scope: access.scope })
}
