import { constants, createHmac, sign, verify, type KeyObject, type SignKeyObjectInput } from 'node:crypto'

/** A token taken apart; nothing in it is believed yet. */
export interface Jwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Buffer
}

/** What an algorithm works with. */
interface Algorithm {
  readonly keyType: 'rsa' | 'ec' | 'ed25519' | 'secret'
  readonly curve?: string
  readonly hash: string | null
  readonly pss?: true
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 and https://www.rfc-editor.org/rfc/rfc9864 */
const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: { keyType: 'rsa', hash: 'sha256' },
  RS384: { keyType: 'rsa', hash: 'sha384' },
  RS512: { keyType: 'rsa', hash: 'sha512' },
  PS256: { keyType: 'rsa', hash: 'sha256', pss: true },
  PS384: { keyType: 'rsa', hash: 'sha384', pss: true },
  PS512: { keyType: 'rsa', hash: 'sha512', pss: true },
  ES256: { keyType: 'ec', curve: 'prime256v1', hash: 'sha256' },
  ES384: { keyType: 'ec', curve: 'secp384r1', hash: 'sha384' },
  EdDSA: { keyType: 'ed25519', hash: null },
  Ed25519: { keyType: 'ed25519', hash: null },
  HS256: { keyType: 'secret', hash: 'sha256' },
  HS384: { keyType: 'secret', hash: 'sha384' },
  HS512: { keyType: 'secret', hash: 'sha512' },
}

/** The algorithms with a public key. */
export const asymmetric: readonly string[] = Object.keys(algorithms).filter((name) => !name.startsWith('HS'))
/** The algorithms with a shared secret. */
export const symmetric: readonly string[] = Object.keys(algorithms).filter((name) => name.startsWith('HS'))

/** Takes a token apart. */
export function parseJwt(text: string): Jwt | undefined {
  const [head = '', payload = '', signature = '', ...more] = text.split('.')
  const [header, claims] = [jsonObject(head), jsonObject(payload)]
  if (!header || !claims || more.length > 0 || 'crit' in header) return undefined
  return { header, claims, signed: `${head}.${payload}`, signature: Buffer.from(signature, 'base64url') }
}

function jsonObject(segment: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, 'base64url').toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Tells whether a key signed the token, by the algorithm that the token names; which must be one that the key is for. */
export function isSignedBy({ header, signed, signature }: Jwt, key: KeyObject): boolean {
  const algorithm = algorithmFor(String(header['alg']), key)
  if (!algorithm) return false
  if (algorithm.keyType === 'secret') return hmac(algorithm, key, signed).equals(signature)
  return verify(algorithm.hash, Buffer.from(signed), { key, ...paddingOf(algorithm) }, signature)
}

/** Makes a signed token. */
export function signJwt(header: Jwt['header'], claims: Jwt['claims'], key: KeyObject): string {
  const algorithm = algorithmFor(String(header['alg']), key)
  if (!algorithm) throw new TypeError(`${String(header['alg'])} needs another key.`)
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature =
    algorithm.keyType === 'secret'
      ? hmac(algorithm, key, signed)
      : sign(algorithm.hash, Buffer.from(signed), { key, ...paddingOf(algorithm) })
  return `${signed}.${signature.toString('base64url')}`
}

function algorithmFor(name: string, key: KeyObject): Algorithm | undefined {
  const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined
  if (!algorithm || algorithm.keyType !== (key.asymmetricKeyType ?? 'secret')) return undefined
  return algorithm.curve === undefined || key.asymmetricKeyDetails?.namedCurve === algorithm.curve
    ? algorithm
    : undefined
}

function hmac({ hash }: Algorithm, key: KeyObject, signed: string): Buffer {
  return createHmac(hash ?? '', key)
    .update(signed)
    .digest()
}

function paddingOf({ keyType, pss }: Algorithm): Omit<SignKeyObjectInput, 'key'> {
  if (keyType === 'ec') return { dsaEncoding: 'ieee-p1363' }
  return pss ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {}
}
