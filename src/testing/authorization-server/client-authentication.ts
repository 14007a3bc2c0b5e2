import { problemOf, type Expected } from './assertion.ts'
import type { Client, ClientAuthentication } from './clients.ts'
import type { Incoming } from './incoming.ts'
import { asymmetric, parseJwt, symmetric } from './jwt.ts'
import { certificateThumbprint, secretKeyOf } from './keys.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** A way in which a request tries to prove who sends it. */
interface Claim {
  readonly by: ClientAuthentication
  readonly id: string | null | undefined
  /** Tells whether the proof is that client's. */
  readonly proves: (client: Client) => boolean
}

/** @see https://www.rfc-editor.org/rfc/rfc7523#section-2.2 */
const jwtAssertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * Finds out who sends a request.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export function authenticateClient(state: ServerState, incoming: Incoming): Client {
  const { parameters, request } = incoming
  const authorization = request.headers.get('authorization')
  const tries = [basicClaims(authorization), postClaims(parameters), assertionClaims(state, incoming)]
  const made = tries.filter((claims) => claims.length > 0)
  if (made.length > 1) refuse('invalid_request', 'A client proves who it is in one way at a time.')
  for (const { by, id, proves } of made[0] ?? bareClaims(incoming)) {
    const client = state.settings.clients.get(id ?? '')
    if (!client?.ways.includes(by) || !proves(client)) continue
    const named = parameters.get('client_id')
    if (named !== null && named !== client.id) refuse('invalid_request', 'client_id is not who proved itself.')
    return client
  }
  // @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
  const challenge = authorization === null ? undefined : { 'www-authenticate': 'Basic realm="oauth"' }
  return refuse('invalid_client', 'The client is unknown, or did not prove that it is who it says.', challenge)
}

/** Both readings of the header: encoded as RFC 6749 has it, and as it stands. */
function basicClaims(authorization: string | null): Claim[] {
  const [, encoded] = /^basic +(\S+)$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) return []
  const pair = Buffer.from(encoded, 'base64').toString()
  const colon = pair.indexOf(':')
  const [id, secret] = [pair.slice(0, colon), pair.slice(colon + 1)]
  return [
    { by: 'client_secret_basic', id: decoded(id), proves: (client) => client.secret === decoded(secret) },
    { by: 'raw_basic', id, proves: (client) => client.secret === secret },
  ]
}

/** Undoes the encoding of forms; gives what nobody has where there is none. @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}

function postClaims(parameters: URLSearchParams): Claim[] {
  const secret = parameters.get('client_secret')
  if (secret === null) return []
  return [{ by: 'client_secret_post', id: parameters.get('client_id'), proves: (client) => client.secret === secret }]
}

function assertionClaims(state: ServerState, incoming: Incoming): Claim[] {
  const { parameters } = incoming
  const assertion = parameters.get('client_assertion')
  if (assertion === null) return []
  const jwt = parameters.get('client_assertion_type') === jwtAssertion ? parseJwt(assertion) : undefined
  if (!jwt) return [{ by: 'private_key_jwt', id: null, proves: () => false }]
  const id = String(jwt.claims['sub'])
  const proves = (expected: Omit<Expected, 'issuer' | 'claims'>): boolean => {
    const problem = problemOf(state, incoming, jwt, { ...expected, issuer: id, claims: ['jti'] })
    return problem === undefined || refuse('invalid_client', problem)
  }
  return [
    symmetric.includes(String(jwt.header['alg']))
      ? {
          by: 'client_secret_jwt',
          id,
          proves: ({ secret }) =>
            secret !== undefined &&
            proves({ algorithms: symmetric, keys: [{ kid: undefined, key: secretKeyOf(secret) }] }),
        }
      : { by: 'private_key_jwt', id, proves: ({ keys }) => proves({ algorithms: asymmetric, keys }) },
  ]
}

/** What a request shows that brings no proof of its own. */
function bareClaims({ parameters, request }: Incoming): Claim[] {
  const id = parameters.get('client_id')
  const shown = shownCertificate(request)
  return [
    { by: 'tls_client_auth', id, proves: ({ x5t }) => shown !== undefined && x5t === shown },
    { by: 'none', id, proves: () => true },
  ]
}

/**
 * Gives the thumbprint of the certificate that the sender showed, which whoever ends TLS puts into a header.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9440#section-2.2
 */
export function shownCertificate(request: Request): string | undefined {
  const [, encoded] = /^:([A-Za-z0-9+/=]+):$/.exec(request.headers.get('client-cert') ?? '') ?? []
  if (encoded === undefined) return undefined
  try {
    return certificateThumbprint(Buffer.from(encoded, 'base64'))
  } catch {
    return undefined
  }
}
