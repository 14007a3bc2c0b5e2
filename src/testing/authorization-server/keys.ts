import {
  KeyObject,
  X509Certificate,
  createHash,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type JsonWebKey,
} from 'node:crypto'
import { ConfigurationError } from 'hawser'

/** A public key: Node's own, a JWK or PEM. A JWK's `kid` has to be the token's, where both have one. */
export type PublicKey = KeyObject | JsonWebKey | string

/** A key with its name. */
export interface NamedKey {
  readonly kid: string | undefined
  readonly key: KeyObject
}

/**
 * Reads a public key.
 *
 * @throws {ConfigurationError} where it is none
 */
export function publicKeyOf(material: PublicKey): NamedKey {
  try {
    if (material instanceof KeyObject) {
      return { kid: undefined, key: material.type === 'private' ? createPublicKey(material) : material }
    }
    if (typeof material === 'string') return { kid: undefined, key: createPublicKey(material) }
    const kid = typeof material['kid'] === 'string' ? material['kid'] : undefined
    return { kid, key: createPublicKey({ key: material, format: 'jwk' }) }
  } catch (error) {
    throw new ConfigurationError('A public key is a KeyObject, a JWK or PEM.', {}, { cause: error })
  }
}

/** Makes a key of a client's secret. */
export function secretKeyOf(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret))
}

/** Gives the name that a key has of itself. @see https://www.rfc-editor.org/rfc/rfc7638 */
export function thumbprint(key: KeyObject): string {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' })
  // In this order, which is that of the alphabet; what a kind of key does not have is left out.
  return sha256(JSON.stringify({ crv, e, kty, n, x, y }))
}

/** Gives the name of a certificate. @see https://www.rfc-editor.org/rfc/rfc8705#section-3.1 */
export function certificateThumbprint(certificate: string | Uint8Array): string {
  return sha256(new X509Certificate(certificate).raw)
}

/** Hashes as OAuth does everywhere: SHA-256, in base64url. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url')
}

/** What the server signs with. */
export interface SigningKey {
  readonly algorithm: 'RS256' | 'ES256'
  readonly kid: string
  readonly privateKey: KeyObject
  /** As the key set shows it. */
  readonly jwk: JsonWebKey
}

/** Makes a fresh key to sign with. */
export function newSigningKey(algorithm: SigningKey['algorithm']): SigningKey {
  const { privateKey, publicKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = thumbprint(publicKey)
  return {
    algorithm,
    kid,
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' },
  }
}
