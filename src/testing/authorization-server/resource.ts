import { shownCertificate } from './client-authentication.ts'
import { verifyProof } from './dpop.ts'
import type { IssuedToken } from './ledger.ts'
import { Refusal, attempt } from './refusal.ts'
import { includesScope } from './scope.ts'
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
      /** The error code; absent where the request brought no token. @see https://www.rfc-editor.org/rfc/rfc6750#section-3.1 */
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
  const { ledger } = state
  const [, scheme = '', value] = /^(bearer|dpop) +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  const token = ledger.find(value)
  const isDpop = token ? token.jkt !== undefined : /dpop/i.test(scheme)
  const challenge = isDpop ? 'DPoP' : 'Bearer'
  if (value === undefined) return refused(challenge, undefined)
  if (token?.kind !== 'access' || !ledger.isLive(token)) return refused(challenge, 'invalid_token')
  if (scheme.toLowerCase() !== challenge.toLowerCase()) return refused(challenge, 'invalid_token')
  const problem = bindingProblem(state, request, token)
  if (problem) return refused(challenge, problem.code, problem.headers)
  if (scope !== undefined && !includesScope(token.scope, scope)) return refused(challenge, 'insufficient_scope')
  const { grant, generation, audience } = token
  ledger.tell(grant, { type: 'access-token-used', generation })
  return { ok: true, subject: grant.subject, clientId: grant.clientId, scope: token.scope, audience }
}

/** Tells why the sender of a bound token is not the one that it is bound to. */
function bindingProblem(
  state: ServerState,
  request: Request,
  { jkt, x5t, value }: IssuedToken,
): { readonly code: string; readonly headers?: Readonly<Record<string, string>> } | undefined {
  if (x5t !== undefined && shownCertificate(request) !== x5t) return { code: 'invalid_token' }
  if (jkt === undefined) return undefined
  const proved = attempt(() => verifyProof(state, request, value))
  if (proved instanceof Refusal) return proved
  return proved === jkt ? undefined : { code: 'invalid_token' }
}

function refused(scheme: string, error: string | undefined, more: Readonly<Record<string, string>> = {}): Access {
  const challenge = error === undefined ? scheme : `${scheme} error="${error}"`
  const status = error === 'insufficient_scope' ? 403 : 401
  const headers = { ...more, 'www-authenticate': challenge }
  return { ok: false, error, response: Response.json(error === undefined ? {} : { error }, { status, headers }) }
}

/** Answers a request for the one thing that the server itself protects. */
export function resourceEndpoint(state: ServerState, request: Request): Response {
  const access = protect(state, request)
  if (!access.ok) return access.response
  return Response.json({ subject: access.subject, client_id: access.clientId, scope: access.scope })
}
