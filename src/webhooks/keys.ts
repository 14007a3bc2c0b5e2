import { createPrivateKey, createPublicKey, KeyObject, type JsonWebKey, type JsonWebKeyInput } from 'node:crypto'
import { WebhookVerificationError } from '../errors.ts'
import { Buffer } from './encoding.ts'
import { refuse } from './request.ts'
import type { Key } from './reading.ts'
import type { SignatureScheme } from './scheme.ts'

/** A key in one of its forms: text as the vendor shows it, raw bytes, PEM (a certificate too), JWK or Node's key object. */
export type SecretMaterial = string | Uint8Array | KeyObject | JsonWebKey

/** A secret, with its id where the vendor says which key it used. */
export type WebhookSecret = SecretMaterial | { readonly id: string; readonly secret: SecretMaterial }

/** How many secrets are tried; each costs a computation for a request that anyone may send. */
const maxSecrets = 10

/**
 * Makes secrets ready.
 *
 * @throws {WebhookVerificationError} with `no-secret` where there is none, too many, or one that cannot be used.
 */
export function prepareKeys(
  scheme: SignatureScheme,
  secrets: readonly WebhookSecret[],
  form: KeyForm = publicForm,
): readonly Key[] {
  try {
    const first = secrets[0]
    // Nearly always it is one, which needs no callback.
    if (first && secrets.length === 1) return [prepare(scheme, first, form)]
    if (secrets.length > 0 && secrets.length <= maxSecrets) return secrets.map((given) => prepare(scheme, given, form))
  } catch {
    // The cause is left out: Node quotes the key in some of its messages.
  }
  throw new WebhookVerificationError(
    `${scheme.vendor} takes 1 to ${maxSecrets} secrets, none empty, as the vendor shows them.`,
    { reason: 'no-secret' },
  )
}

function prepare(scheme: SignatureScheme, given: WebhookSecret, form: KeyForm): Key {
  // Nearly all are text, which has no name.
  if (typeof given === 'string') return { id: undefined, key: prepareKey(scheme, given, form) }
  if (isNamed(given)) return { id: given.id, key: prepareKey(scheme, given.secret, form) }
  const kid: unknown = 'kid' in given ? given.kid : undefined
  return { id: typeof kid === 'string' ? kid : undefined, key: prepareKey(scheme, given, form) }
}

function isNamed(given: object): given is { readonly id: string; readonly secret: SecretMaterial } {
  return 'secret' in given
}

/** The type of key that an algorithm needs; the key must have it, whatever the request says. */
const keyTypes: Readonly<Record<string, string>> = {
  ed25519: 'ed25519',
  'ecdsa-p256-sha256': 'ec',
  'rsa-sha1': 'rsa',
  'rsa-sha256': 'rsa',
}

/** Tells whether a key may be used with an algorithm. */
export function fits(key: Key['key'], algorithm: string): boolean {
  const wanted = keyTypes[algorithm]
  if (key instanceof Uint8Array || key.type === 'secret') return wanted === undefined
  return key.asymmetricKeyType === wanted && (wanted !== 'ec' || key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
}

function isKeyObject(key: SecretMaterial): key is KeyObject {
  return typeof key === 'object' && key instanceof KeyObject
}

function prepareKey(scheme: SignatureScheme, material: SecretMaterial, form: KeyForm): Key['key'] {
  const key = readKey(scheme, material, form)
  const usable = key instanceof Uint8Array ? key.length > 0 : key.symmetricKeySize !== 0 && suits(scheme, key)
  return usable ? key : refuse('no-secret')
}

/** Tells whether a scheme has an algorithm for a key. */
function suits(scheme: SignatureScheme, key: Key['key']): boolean {
  if (scheme.kind === 'jwt') return scheme.algorithms.some((algorithm) => scheme.engine.fits(key, algorithm))
  if (typeof scheme.algorithm === 'string') return fits(key, scheme.algorithm)
  return Object.values(scheme.algorithm.of).some((algorithm) => fits(key, algorithm))
}

/** Gives bytes only where they may be a shared secret. */
function readKey(scheme: SignatureScheme, material: SecretMaterial, form: KeyForm): Key['key'] {
  if (typeof material === 'string' || material instanceof Uint8Array) {
    const bytes = typeof material === 'string' ? secretBytes(scheme, material) : material
    if (typeof bytes === 'string') return form.read(bytes)
    return suits(scheme, bytes) ? bytes : fromBytes(Buffer.from(bytes), form)
  }
  if (isKeyObject(material)) return material
  const shared = Buffer.from(material.k ?? '', 'base64url')
  if (material.kty === 'oct' && suits(scheme, shared)) return shared
  // Plaid says so of a key that is withdrawn.
  if (material['expired_at']) refuse('no-secret')
  return form.read({ key: material, format: 'jwk' })
}

/** Reads 32 raw bytes as an Ed25519 key, and anything else as DER. */
function fromBytes(bytes: Buffer, form: KeyForm): KeyObject {
  return form.readDer(bytes.length === 32 ? Buffer.concat([Buffer.from(form.ed25519, 'hex'), bytes]) : bytes)
}

/** How one half of a pair of keys is read. */
export interface KeyForm {
  read(input: string | JsonWebKeyInput): KeyObject
  readDer(key: Buffer): KeyObject
  /** What makes 32 raw bytes DER, in hex. */
  readonly ed25519: string
}

/** Public keys, and certificates too. @see https://www.rfc-editor.org/rfc/rfc8410#section-4 */
const publicForm: KeyForm = {
  read: (input) => createPublicKey(input),
  readDer: (key) => createPublicKey({ key, format: 'der', type: 'spki' }),
  ed25519: '302a300506032b6570032100',
}

/** Private keys. @see https://www.rfc-editor.org/rfc/rfc8410#section-7 */
export const privateForm: KeyForm = {
  read: (input) => createPrivateKey(input),
  readDer: (key) => createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
  ed25519: '302e020100300506032b657004220420',
}

/** Decodes a secret; text that is none is given back, since it may be PEM, whose spaces no encoding has. */
function secretBytes(scheme: SignatureScheme, text: string): Uint8Array | string {
  if (scheme.kind === 'jwt') return textBytes(text)
  const { secret = 'text', secretPrefix = '' } = scheme
  const prefixed = secretPrefix !== '' && text.startsWith(secretPrefix)
  if (secret === 'text' || (secret === 'base64-or-text' && !prefixed)) return textBytes(text)
  const bare = prefixed ? text.slice(secretPrefix.length) : text
  const encoding = secret === 'hex' ? 'hex' : 'base64'
  const bytes = Buffer.from(bare, encoding)
  return isWhole(bytes, bare, encoding) ? bytes : text
}

// Bytes, since `createHmac` would turn text into them once for each request, which is 7 % of a verification. PEM is never a
// shared secret: a public key that is taken for one would let anyone sign.
function textBytes(text: string): Uint8Array | string {
  return text.includes('-----BEGIN') ? text : Buffer.from(text)
}

/** `=` */
const equals = 0x3d

// Node leaves out what it cannot decode, which shows in the length; a pattern takes 2 % of a verification to tell. A secret may
// come in upper case, without padding or in the URL's alphabet: dashboards show all three.
function isWhole({ length }: Uint8Array, text: string, encoding: 'hex' | 'base64'): boolean {
  if (encoding === 'hex') return length * 2 === text.length
  const last = text.length - 1
  const padding = text.charCodeAt(last) === equals ? 1 + Number(text.charCodeAt(last - 1) === equals) : 0
  // Digits that are left over are a part of a byte; one alone is what is left of a secret that was cut.
  return (text.length - padding) * 0.75 - length < 0.75
}
