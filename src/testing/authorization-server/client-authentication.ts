import type { Incoming } from './incoming.ts'
import type { ClientAuthentication, RegisteredClient } from './options.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** A way that a request tries to prove who sends it. */
interface Claim {
  readonly by: ClientAuthentication
  readonly id: string | undefined
  /** Tells whether the proof is that client's. */
  proves(client: RegisteredClient): boolean
}

/**
 * Finds out who sends a request.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export function authenticateClient(state: ServerState, incoming: Incoming): RegisteredClient {
  const { parameters, request } = incoming
  const authorization = request.headers.get('authorization') ?? ''
  const claims = [...basicClaims(authorization), ...bodyClaims(parameters)]
  // The two readings of one `Authorization` header are one way.
  const ways = new Set(claims.map(({ by }) => (by === 'raw_basic' ? 'client_secret_basic' : by)))
  if (ways.size > 1) refuse('invalid_request', 'A client proves who it is in one way at a time.')
  if (claims.length === 0) claims.push({ by: 'none', id: parameters.get('client_id') ?? undefined, proves: () => true })
  for (const claim of claims) {
    const client = state.settings.clients.get(claim.id ?? '')
    if (client && waysOf(client).includes(claim.by) && claim.proves(client)) {
      const id = parameters.get('client_id')
      if (id !== null && id !== client.id) refuse('invalid_request', 'client_id is not the client that proved itself.')
      return client
    }
  }
  const challenge = authorization === '' ? undefined : { 'www-authenticate': 'Basic realm="oauth"' }
  return refuse('invalid_client', 'The client is unknown, or could not prove that it is who it says.', challenge)
}

/** Gives the ways that a client may prove itself. */
export function waysOf({ authentication, secret }: RegisteredClient): readonly ClientAuthentication[] {
  return authentication ?? (secret === undefined ? ['none'] : ['client_secret_basic', 'client_secret_post'])
}

function basicClaims(authorization: string): Claim[] {
  const [, encoded] = /^basic +(\S+)$/i.exec(authorization) ?? []
  if (encoded === undefined) return []
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  const [id, secret] = [pair.slice(0, colon), pair.slice(colon + 1)]
  return [
    { by: 'client_secret_basic', id: decoded(id), proves: (client) => client.secret === decoded(secret) },
    { by: 'raw_basic', id, proves: (client) => client.secret === secret },
  ]
}

/** Undoes the encoding of forms. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function bodyClaims(parameters: URLSearchParams): Claim[] {
  const secret = parameters.get('client_secret')
  if (secret === null) return []
  const id = parameters.get('client_id') ?? undefined
  return [{ by: 'client_secret_post', id, proves: (client) => client.secret === secret }]
}
