import { createHash, createHmac, sign, type KeyObject, timingSafeEqual, verify } from 'node:crypto'
import type { Chunk, Key } from './reading.ts'
import { Buffer, decode } from './encoding.ts'
import type { Algorithm, MessageScheme } from './scheme.ts'

/** The digest inside each HMAC, as `node:crypto` calls it. */
const keyedHashes: Readonly<Partial<Record<Algorithm, string>>> = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
  'hmac-sha512': 'sha512',
}

/** The digest inside each algorithm of key pairs; Ed25519 brings its own. */
const pairedHashes: Readonly<Partial<Record<Algorithm, string>>> = {
  'ecdsa-p256-sha256': 'sha256',
  'rsa-sha1': 'sha1',
  'rsa-sha256': 'sha256',
}

type Encoding = MessageScheme['encoding']

/** Tells whether one of the signatures is the content's, under this key. */
export function matches(
  algorithm: Algorithm,
  encoding: Encoding,
  key: Key['key'],
  chunks: readonly Chunk[],
  signatures: readonly string[],
): boolean {
  if (isShared(key)) {
    // Hex and base64 are ASCII, which `latin1` writes in two thirds of the time; what was sent may be anything.
    const expected = Buffer.from(
      sharedSignature(algorithm, encoding, key, chunks),
      encoding === 'text' ? 'utf8' : 'latin1',
    )
    let found = false
    for (const signature of signatures) found = equal(expected, Buffer.from(signature)) || found
    return found
  }
  const content = joined(chunks)
  return signatures.some((text) => {
    const signature = encoding === 'text' ? undefined : decode(text, encoding)
    return signature !== undefined && verify(pairedHashes[algorithm] ?? null, content, key, signature)
  })
}

/** Signs content, as text in the scheme's encoding. */
export function signatureOf(
  algorithm: Algorithm,
  encoding: Encoding,
  key: Key['key'],
  chunks: readonly Chunk[],
): string {
  if (isShared(key)) return sharedSignature(algorithm, encoding, key, chunks)
  return encode(sign(pairedHashes[algorithm] ?? null, joined(chunks), key), encoding)
}

/** Tells a shared secret from one of a pair of keys. */
export function isShared(key: Key['key']): key is SharedKey {
  return key instanceof Uint8Array || key.type === 'secret'
}

type SharedKey = Uint8Array | (KeyObject & { readonly type: 'secret' })

/** Signatures are compared as the text that the vendor writes: what only decodes to the same bytes is not its text. */
function sharedSignature(algorithm: Algorithm, encoding: Encoding, key: SharedKey, chunks: readonly Chunk[]): string {
  if (algorithm === 'token') return encode(bytesOf(key), encoding)
  const keyed = keyedHashes[algorithm]
  const digest = keyed ? createHmac(keyed, key) : createHash(algorithm)
  for (const chunk of chunks) digest.update(chunk ?? bytesOf(key))
  return digest.digest(encoding === 'text' ? 'base64' : encoding)
}

function bytesOf(key: SharedKey): Buffer {
  return key instanceof Uint8Array ? Buffer.from(key) : key.export()
}

function encode(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding === 'text' ? 'utf8' : encoding)
}

/** Gives the SHA-256 in hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Compares in constant time; lengths are no secret. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function joined(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat(chunks.map((chunk) => (chunk instanceof Uint8Array ? chunk : Buffer.from(chunk ?? ''))))
}
