import { createHash, createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto'
import type { Chunk } from './content.ts'
import { decode } from './encoding.ts'
import type { Algorithm, MessageScheme } from './scheme.ts'

/** The digest inside each algorithm, as `node:crypto` calls it; Ed25519 brings its own. */
const hashes: Readonly<Record<Algorithm, string | null>> = {
  'hmac-sha1': 'sha1',
  'hmac-sha256': 'sha256',
  'hmac-sha512': 'sha512',
  sha1: 'sha1',
  sha256: 'sha256',
  token: null,
  ed25519: null,
  'ecdsa-p256-sha256': 'sha256',
  'rsa-sha1': 'sha1',
  'rsa-sha256': 'sha256',
}

type Encoding = MessageScheme['encoding']

/** Tells whether one of the signatures is the content's, under this key. */
export function matches(
  algorithm: Algorithm,
  encoding: Encoding,
  key: KeyObject,
  chunks: readonly Chunk[],
  signatures: readonly string[],
): boolean {
  if (key.type === 'secret') {
    const expected = Buffer.from(symmetric(algorithm, encoding, key, chunks))
    return signatures.reduce((found, signature) => equal(expected, Buffer.from(signature)) || found, false)
  }
  const content = joined(chunks)
  return signatures.some((text) => {
    const signature = encoding === 'text' ? undefined : decode(text, encoding)
    return signature !== undefined && verify(hashes[algorithm], content, key, signature)
  })
}

/** Signs content, as text in the scheme's encoding. */
export function signatureOf(
  algorithm: Algorithm,
  encoding: Encoding,
  key: KeyObject,
  chunks: readonly Chunk[],
): string {
  if (key.type === 'secret') return symmetric(algorithm, encoding, key, chunks)
  return encode(sign(hashes[algorithm], joined(chunks), key), encoding)
}

/** Signatures are compared as the text that the vendor writes: what only decodes to the same bytes is not its text. */
function symmetric(algorithm: Algorithm, encoding: Encoding, key: KeyObject, chunks: readonly Chunk[]): string {
  if (algorithm === 'token') return encode(key.export(), encoding)
  const hash = hashes[algorithm] ?? ''
  const digest = algorithm.startsWith('hmac') ? createHmac(hash, key) : createHash(hash)
  for (const chunk of chunks) digest.update(chunk ?? key.export())
  return encode(digest.digest(), encoding)
}

function encode(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding === 'text' ? 'utf8' : encoding)
}

/** Compares in constant time; lengths are no secret. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function joined(chunks: readonly Chunk[]): Buffer {
  return Buffer.concat(chunks.map((chunk) => (chunk instanceof Uint8Array ? chunk : Buffer.from(chunk ?? ''))))
}
