import { ConfigurationError } from 'hawser'
import { certificateThumbprint, publicKeyOf, type NamedKey, type PublicKey } from './keys.ts'

/**
 * How a client proves who it is. `raw_basic` is `client_secret_basic` without the encoding that RFC 6749 asks for.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
 */
export type ClientAuthentication =
  | 'client_secret_basic'
  | 'raw_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'none'

/** A client that the server knows. */
export interface RegisteredClient {
  readonly id: string
  readonly secret?: string
  /** With which it signs for `private_key_jwt`. */
  readonly publicKeys?: readonly PublicKey[]
  /** Which it shows for `tls_client_auth`; PEM or DER. */
  readonly certificate?: string | Uint8Array
  /** The ways that it may prove itself, one per request. @default those that it has something for; `none` without any */
  readonly authentication?: readonly ClientAuthentication[]
  /** Compared character by character. @default ['https://app.test/callback'] */
  readonly redirectUris?: readonly string[]
  /** The `grant_type`s that it may use. @default all */
  readonly grants?: readonly string[]
}

/** A client, complete. */
export interface Client {
  readonly id: string
  readonly secret: string | undefined
  readonly keys: readonly NamedKey[]
  /** The thumbprint of its certificate. */
  readonly x5t: string | undefined
  readonly ways: readonly ClientAuthentication[]
  readonly redirectUris: readonly string[]
  readonly grants: readonly string[] | undefined
}

/**
 * Fills in what a registration does not say.
 *
 * @throws {ConfigurationError} where two clients have the same id, or a key is none
 */
export function settleClients(
  registered: readonly RegisteredClient[],
  ways: readonly ClientAuthentication[] | undefined,
): ReadonlyMap<string, Client> {
  const clients = new Map(registered.map((client) => [client.id, settleClient(client, ways)]))
  if (clients.size < registered.length) throw new ConfigurationError('Two `clients` have the same `id`.')
  return clients
}

function settleClient(client: RegisteredClient, ways: readonly ClientAuthentication[] | undefined): Client {
  const { id, secret, publicKeys = [], certificate, redirectUris = ['https://app.test/callback'], grants } = client
  return {
    id,
    secret,
    keys: publicKeys.map(publicKeyOf),
    x5t: certificate === undefined ? undefined : certificateThumbprint(certificate),
    ways: client.authentication ?? ways ?? possibleWays(client),
    redirectUris,
    grants,
  }
}

function possibleWays({ secret, publicKeys, certificate }: RegisteredClient): readonly ClientAuthentication[] {
  const ways: ClientAuthentication[] = []
  if (secret !== undefined) ways.push('client_secret_basic', 'client_secret_post')
  if (publicKeys) ways.push('private_key_jwt')
  if (certificate !== undefined) ways.push('tls_client_auth')
  return ways.length === 0 ? ['none'] : ways
}
