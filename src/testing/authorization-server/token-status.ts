import { authenticateClient } from './client-authentication.ts'
import { required, type Incoming } from './incoming.ts'
import type { IssuedToken } from './ledger.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** Tells a client that proves itself what a token is good for. @see https://www.rfc-editor.org/rfc/rfc7662#section-2 */
export function introspectionEndpoint(state: ServerState, incoming: Incoming): Response {
  const client = authenticateClient(state, incoming)
  if (client.ways.every((way) => way === 'none')) refuse('invalid_client', 'A public client may not ask.')
  return Response.json(introspect(state, required(incoming.parameters, 'token'), incoming.issuer))
}

/** Tells what a token is good for, as introspection answers it. It does not count as a use of the token. */
export function introspect({ ledger }: ServerState, value: string, issuer: string): Record<string, unknown> {
  const token = ledger.find(value)
  if (!token || !ledger.isLive(token)) return { active: false }
  const { grant, scope, audience, issuedAt, expiresAt, kind, jkt, x5t } = token
  const facts = {
    active: true,
    iss: issuer,
    client_id: grant.clientId,
    sub: grant.subject,
    scope: scope || undefined,
    aud: audience.length > 1 ? audience : audience[0],
    iat: seconds(issuedAt),
    exp: seconds(expiresAt),
    token_type: kind === 'refresh' ? undefined : jkt === undefined ? 'Bearer' : 'DPoP',
    cnf: confirmation(jkt, x5t),
    act: grant.actor === undefined ? undefined : { sub: grant.actor },
  }
  return Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined))
}

function seconds(ms: number): number | undefined {
  return Number.isFinite(ms) ? Math.floor(ms / 1000) : undefined
}

function confirmation(jkt: string | undefined, x5t: string | undefined): Record<string, string> | undefined {
  if (jkt !== undefined) return { jkt }
  return x5t === undefined ? undefined : { 'x5t#S256': x5t }
}

/** Ends a token: a refresh token with its whole grant, an access token alone. @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1 */
export function revocationEndpoint(state: ServerState, incoming: Incoming): Response {
  const client = authenticateClient(state, incoming)
  const token = state.ledger.find(required(incoming.parameters, 'token'))
  if (token && token.grant.clientId !== client.id) refuse('invalid_request', 'The token is of another client.')
  if (token) end(state, token)
  return new Response(null, { status: state.settings.quirk.revocationStatus ?? 200 })
}

function end({ ledger }: ServerState, token: IssuedToken): void {
  if (token.kind === 'access') ledger.end(token)
  else ledger.tell(token.grant, { type: 'revoke' })
}
