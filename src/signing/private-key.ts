import { KeyObject, createPrivateKey, type JsonWebKey, type PrivateKeyInput, type JsonWebKeyInput } from 'node:crypto'
import { ConfigurationError } from 'hawser'

/** A private key as it is handed around: PEM as text or as the bytes of a file, a JWK as a record or as text, or parsed. */
export type PrivateKey = string | Uint8Array | JsonWebKey | KeyObject

// NIST allows no less since 2014. @see https://doi.org/10.6028/NIST.SP.800-131Ar2 (section 3)
const leastRsaBits = 2048

/**
 * Reads a private key: PEM in PKCS#8, PKCS#1 or SEC 1, also with `\n` written out or its lines joined, as environment variables
 * hold it, or a JWK.
 *
 * No error repeats any of it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7468 and https://www.rfc-editor.org/rfc/rfc7517
 * @throws {ConfigurationError} where it is none, is encrypted or public, or is RSA of less than 2048 bits
 */
export function privateKey(key: PrivateKey): KeyObject {
  const parsed = key instanceof KeyObject ? key : parse(inputOf(key))
  if (parsed.type !== 'private')
    throw new ConfigurationError(`The key is a ${parsed.type} one; it takes a private key.`)
  const { modulusLength } = parsed.asymmetricKeyDetails ?? {}
  if (modulusLength !== undefined && modulusLength < leastRsaBits) {
    throw new ConfigurationError(`The RSA key has ${modulusLength} bits; it takes at least ${leastRsaBits}.`)
  }
  return parsed
}

function inputOf(key: Exclude<PrivateKey, KeyObject>): PrivateKeyInput | JsonWebKeyInput {
  if (typeof key !== 'string' && !(key instanceof Uint8Array)) return { key: checkJwk(key), format: 'jwk' }
  const text = Buffer.from(key).toString().trim()
  return text.startsWith('{') ? { key: checkJwk(json(text)), format: 'jwk' } : { key: pemOf(text), format: 'pem' }
}

/** Writes PEM anew, with the line breaks that it lost. */
function pemOf(text: string): string {
  const lines = text.replaceAll(/\\r|\\n/g, '\n')
  // A key of the EC kind may come behind its parameters, a certificate before or behind its key.
  const block = /-----BEGIN ((?:[A-Z\d]+ )*PRIVATE KEY)-----([\sA-Za-z\d+/=]+)-----END \1-----/.exec(lines)
  if (!block) throw new ConfigurationError(why(lines))
  const [, label = '', body = ''] = block
  if (label === 'ENCRYPTED PRIVATE KEY') throw new ConfigurationError(encrypted)
  const wrapped = body.replaceAll(/\s+/g, '').replaceAll(/.{64}(?=.)/g, '$&\n')
  return `-----BEGIN ${label}-----\n${wrapped}\n-----END ${label}-----\n`
}

const encrypted =
  'The private key is encrypted. Decrypt it first, or pass `createPrivateKey({ key, passphrase })` of `node:crypto`.'

function why(text: string): string {
  if (/^(?:Proc-Type|DEK-Info):/m.test(text)) return encrypted
  if (/-----BEGIN (?:[A-Z\d]+ )*PUBLIC KEY-----/.test(text)) return 'The key is a public one; it takes a private key.'
  if (/-----BEGIN [A-Z\d ]*PRIVATE KEY-----/.test(text))
    return 'The private key is cut off, or holds what is no base64.'
  return 'It takes a private key as PEM (`-----BEGIN PRIVATE KEY-----`) or as a JWK. Check the variable or file it comes from.'
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigurationError('The key begins like a JWK and is no JSON.')
  }
}

function checkJwk(value: unknown): JsonWebKey {
  if (!isJwk(value)) throw new ConfigurationError('The key is neither text nor a JWK, which is a record with `kty`.')
  if (typeof value.d === 'string') return value
  throw new ConfigurationError('The JWK holds no private key: it has no `d`.')
}

function isJwk(value: unknown): value is JsonWebKey {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'kty') === 'string'
}

function parse(input: PrivateKeyInput | JsonWebKeyInput): KeyObject {
  try {
    return createPrivateKey(input)
  } catch {
    // The cause is left out: it is OpenSSL's to write, and may tell of what it read.
    throw new ConfigurationError(
      'The private key cannot be read. OpenSSH and PuTTY have formats of their own: convert it with `ssh-keygen -p -m pkcs8`.',
    )
  }
}
