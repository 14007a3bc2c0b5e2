import { KeyObject, constants, createHmac, createSecretKey, sign, type JsonWebKey } from 'node:crypto'
import { ConfigurationError } from 'hawser'
import { privateKey } from './private-key.ts'

/** @see https://www.rfc-editor.org/rfc/rfc9421#section-6.2.2 */
export type HttpSignatureAlgorithm =
  'hmac-sha256' | 'ed25519' | 'ecdsa-p256-sha256' | 'ecdsa-p384-sha384' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256'

/** How one of the algorithms with a private key is computed. */
interface KeyPair {
  readonly keyTypes: readonly string[]
  readonly curve?: string
  /** As `node:crypto` calls it; Ed25519 brings its own. */
  readonly hash: string | null
  readonly padding?: number
  readonly saltLength?: number
}

// @see https://www.rfc-editor.org/rfc/rfc9421#section-3.3
const pairs: Readonly<Record<Exclude<HttpSignatureAlgorithm, 'hmac-sha256'>, KeyPair>> = {
  ed25519: { keyTypes: ['ed25519'], hash: null },
  'ecdsa-p256-sha256': { keyTypes: ['ec'], curve: 'prime256v1', hash: 'sha256' },
  'ecdsa-p384-sha384': { keyTypes: ['ec'], curve: 'secp384r1', hash: 'sha384' },
  'rsa-pss-sha512': {
    keyTypes: ['rsa', 'rsa-pss'],
    hash: 'sha512',
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 64,
  },
  'rsa-v1_5-sha256': { keyTypes: ['rsa'], hash: 'sha256', padding: constants.RSA_PKCS1_PADDING },
}

/** The algorithms' names. */
export const algorithms: readonly string[] = ['hmac-sha256', ...Object.keys(pairs)]

/** A shared secret as text or bytes; or a private key. */
export type HttpSignatureKey = string | Uint8Array | JsonWebKey | KeyObject

/**
 * Reads the key of an algorithm.
 *
 * @throws {ConfigurationError} where it is none, or one of another algorithm's
 */
export function keyFor(algorithm: HttpSignatureAlgorithm, key: HttpSignatureKey): KeyObject {
  if (algorithm === 'hmac-sha256') return sharedKey(key)
  const { keyTypes, curve, hash } = pairs[algorithm]
  const parsed = privateKey(key)
  const { asymmetricKeyType = '', asymmetricKeyDetails } = parsed
  if (!keyTypes.includes(asymmetricKeyType) || (curve !== undefined && asymmetricKeyDetails?.namedCurve !== curve)) {
    throw new ConfigurationError(
      `The key is ${nameOf(parsed)}; \`${algorithm}\` takes ${curve ?? keyTypes.join(' or ')}.`,
    )
  }
  // A key of the kind RSA-PSS may say what it is for.
  const { hashAlgorithm = hash } = asymmetricKeyDetails ?? {}
  if (hashAlgorithm !== hash) {
    throw new ConfigurationError(`The key is for ${hashAlgorithm} alone; \`${algorithm}\` takes ${hash}.`)
  }
  return parsed
}

/** Signs, in the form that RFC 9421 wants: ECDSA as two numbers of fixed length. */
export function signatureOf(algorithm: HttpSignatureAlgorithm, key: KeyObject, base: string): Buffer {
  if (algorithm === 'hmac-sha256') return createHmac('sha256', key).update(base).digest()
  const { hash, padding, saltLength } = pairs[algorithm]
  return sign(hash, Buffer.from(base), {
    key,
    dsaEncoding: 'ieee-p1363',
    ...(padding !== undefined && { padding }),
    ...(saltLength !== undefined && { saltLength }),
  })
}

function sharedKey(key: HttpSignatureKey): KeyObject {
  if (key instanceof KeyObject && key.type === 'secret') return key
  const bytes = typeof key === 'string' || key instanceof Uint8Array ? Buffer.from(key) : Buffer.alloc(0)
  // A public key in the place of a secret is known to everyone.
  if (bytes.length === 0 || bytes.includes('-----BEGIN ')) {
    throw new ConfigurationError('`hmac-sha256` takes a shared secret, as text or as bytes.')
  }
  return createSecretKey(bytes)
}

function nameOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string {
  return asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? 'of an unknown kind'
}
