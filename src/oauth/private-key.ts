import { createPrivateKey, KeyObject, type JsonWebKey } from 'node:crypto'
import { ConfigurationError } from 'hawser'

/** A private key: PEM (PKCS#8, PKCS#1 or SEC1; its line breaks may be written as `\n`), a JWK, or one that is read already. */
export type PrivateKeyInput = string | JsonWebKey | KeyObject

/**
 * Reads a private key.
 *
 * @throws {ConfigurationError} where it cannot be read, or is an RSA key of fewer than 2048 bits; the key is not repeated
 */
export function readPrivateKey(input: PrivateKeyInput): KeyObject {
  const key = parsed(input)
  const bits = key.asymmetricKeyDetails?.modulusLength
  // @see https://www.rfc-editor.org/rfc/rfc7518#section-3.3
  if (bits !== undefined && bits < 2048)
    throw new ConfigurationError(`The RSA key has ${bits} bits; 2048 are the least.`)
  return key
}

function parsed(input: PrivateKeyInput): KeyObject {
  if (input instanceof KeyObject) {
    if (input.type === 'private') return input
    throw new ConfigurationError('The key is not a private one.')
  }
  try {
    // A key that went through an environment variable often has its line breaks escaped.
    if (typeof input === 'string') return createPrivateKey(input.replaceAll('\\n', '\n').trim())
    return createPrivateKey({ key: input, format: 'jwk' })
  } catch {
    // The parser's own error may quote the key.
    throw new ConfigurationError('The private key cannot be read. Give it as PEM, unencrypted, or as a JWK.')
  }
}

/** Gives the algorithm that a key signs with where none is named. @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
export function algorithmOf(key: KeyObject): string {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa') return 'RS256'
  if (type === 'rsa-pss') return 'PS256'
  if (type === 'ed25519') return 'EdDSA'
  const curve = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }[details?.namedCurve ?? '']
  if (type === 'ec' && curve !== undefined) return curve
  throw new ConfigurationError(
    'The private key is of a kind that signs no JWT. Use RSA, P-256, P-384, P-521 or Ed25519.',
  )
}
