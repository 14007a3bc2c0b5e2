import type { KeyObject } from 'node:crypto'
import { ConfigurationError } from 'hawser'

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
