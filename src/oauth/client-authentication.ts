import type { KeyObject } from 'node:crypto'
import { ConfigurationError, type ClientAuthentication, type ClockOffset, type Runtime } from 'hawser'
import { signJwt } from './jwt.ts'
import { loadOpenidClient } from './libraries.ts'
import { algorithmOf } from './key-algorithm.ts'

/** A secret, or a function that makes one for a moment of the server's clock, in milliseconds since the Unix epoch. */
export type ClientSecret = string | ((now: number) => string | Promise<string>)

/** The program, as the authorization server knows it. */
export interface OAuthClient {
  readonly id: string
  readonly secret?: ClientSecret | undefined
  /** The one before it, which callbacks may still be signed with. */
  readonly oldSecret?: string | undefined
  readonly privateKey?: KeyObject | undefined
  /** Names the key in the header of what it signs. */
  readonly keyId?: string | undefined
  /** What it signs with. @default by the kind of the key */
  readonly algorithm?: string | undefined
}

/** What a client's proof is put on, and what it depends on. */
interface ProofContext {
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
  const { id } = client
  const secret = (): SecretAt => secretAt(needed(client.secret, method, 'clientSecret'))
  switch (method) {
    case 'none':
    case 'mtls':
      return ({ parameters }) => parameters.set('client_id', id)
    case 'body':
      return inBody(id, secret())
    case 'raw-basic':
      return rawBasic(id, secret())
    case 'basic':
      return basic(id, secret())
    case 'client-secret-jwt': {
      const key = secret()
      return assertion(id, async (context) => new TextEncoder().encode(await key(context)), { alg: 'HS256' })
    }
    case 'private-key-jwt': {
      const key = needed(client.privateKey, method, 'privateKey')
      const { algorithm = algorithmOf(key), keyId } = client
      return assertion(id, () => key, { alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    }
  }
}

type SecretAt = (context: Pick<ProofContext, 'runtime' | 'clock'>) => string | Promise<string>

/** Gives a client's secret for a moment. */
export function secretAt(secret: ClientSecret): SecretAt {
  return ({ runtime, clock }) => (typeof secret === 'function' ? secret(runtime.now() + clock.ms) : secret)
}

function inBody(id: string, secret: SecretAt): ProveClient {
  return async (context) => {
    context.parameters.set('client_id', id)
    context.parameters.set('client_secret', await secret(context))
  }
}

function rawBasic(id: string, secret: SecretAt): ProveClient {
  return async (context) => {
    const credentials = Buffer.from(`${id}:${await secret(context)}`).toString('base64')
    context.headers.set('authorization', `Basic ${credentials}`)
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function basic(id: string, secret: SecretAt): ProveClient {
  return async (context) => {
    const { ClientSecretBasic } = await loadOpenidClient()
    const { parameters, headers, audience } = context
    return ClientSecretBasic(await secret(context))({ issuer: audience }, { client_id: id }, parameters, headers)
  }
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication */
function assertion(
  id: string,
  keyFor: (context: ProofContext) => KeyObject | Promise<Uint8Array>,
  header: { readonly alg: string; readonly kid?: string },
): ProveClient {
  return async (context) => {
    const { parameters, audience, runtime, clock } = context
    const now = Math.floor((runtime.now() + clock.ms) / 1000)
    const times = { iat: now, nbf: now, exp: now + assertionSeconds }
    const claims = { iss: id, sub: id, aud: audience, jti: runtime.uuid(), ...times }
    parameters.set('client_id', id)
    parameters.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    parameters.set('client_assertion', await signJwt({ header, claims, key: await keyFor(context) }))
  }
}

function needed<T>(value: T | undefined, method: ClientAuthentication, option: string): T {
  if (value === undefined || value === '')
    throw new ConfigurationError(`Client authentication \`${method}\` needs \`${option}\`.`)
  return value
}
