import type { KeyObject } from 'node:crypto'
import { ConfigurationError, type ClientAuthentication, type ClockOffset, type Runtime } from 'hawser'
import { signJwt } from './jwt.ts'
import { loadOpenidClient } from './libraries.ts'
import { algorithmOf } from './private-key.ts'

/** The program, as the authorization server knows it. */
export interface OAuthClient {
  readonly id: string
  readonly secret?: string | undefined
  readonly privateKey?: KeyObject | undefined
  /** Names the key in the header of what it signs. */
  readonly keyId?: string | undefined
  /** What it signs with. @default by the kind of the key */
  readonly algorithm?: string | undefined
}

/** What a client's proof is put on, and what it depends on. */
export interface ProofContext {
  readonly parameters: URLSearchParams
  readonly headers: Headers
  /** Whom a signed assertion is for. */
  readonly audience: string
  readonly runtime: Runtime
  /** The server's clock. */
  readonly clock: ClockOffset
}

/** Puts the client's proof on one request. */
export type ProveClient = (context: ProofContext) => void | Promise<void>

// Short: an assertion is used at once. @see https://www.rfc-editor.org/rfc/rfc7523#section-3
const assertionSeconds = 60

/**
 * Makes the way a client proves itself. The proof is made for each attempt: a server takes an assertion only once.
 *
 * @throws {ConfigurationError} where what the method needs is missing
 */
export function proveClient(method: ClientAuthentication, client: OAuthClient): ProveClient {
  const { id, secret } = client
  switch (method) {
    case 'none':
    case 'mtls':
      return ({ parameters }) => parameters.set('client_id', id)
    case 'body': {
      const known = needed(secret, method, 'clientSecret')
      return ({ parameters }) => {
        parameters.set('client_id', id)
        parameters.set('client_secret', known)
      }
    }
    case 'raw-basic': {
      const value = `Basic ${Buffer.from(`${id}:${needed(secret, method, 'clientSecret')}`).toString('base64')}`
      return ({ headers }) => headers.set('authorization', value)
    }
    case 'basic': {
      const known = needed(secret, method, 'clientSecret')
      return async ({ parameters, headers, audience }) => {
        const { ClientSecretBasic } = await loadOpenidClient()
        return ClientSecretBasic(known)({ issuer: audience }, { client_id: id }, parameters, headers)
      }
    }
    case 'client-secret-jwt':
      return assertion(id, new TextEncoder().encode(needed(secret, method, 'clientSecret')), { alg: 'HS256' })
    case 'private-key-jwt': {
      const key = needed(client.privateKey, method, 'privateKey')
      const { algorithm = algorithmOf(key), keyId } = client
      return assertion(id, key, { alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    }
  }
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication */
function assertion(id: string, key: KeyObject | Uint8Array, header: { alg: string; kid?: string }): ProveClient {
  return async ({ parameters, audience, runtime, clock }) => {
    const now = Math.floor((runtime.now() + clock.ms) / 1000)
    const times = { iat: now, nbf: now, exp: now + assertionSeconds }
    const claims = { iss: id, sub: id, aud: audience, jti: runtime.uuid(), ...times }
    parameters.set('client_id', id)
    parameters.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    parameters.set('client_assertion', await signJwt({ header, claims, key }))
  }
}

function needed<T>(value: T | undefined, method: ClientAuthentication, option: string): T {
  if (value === undefined || value === '')
    throw new ConfigurationError(`Client authentication \`${method}\` needs \`${option}\`.`)
  return value
}
