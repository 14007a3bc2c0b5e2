import { createHash } from 'node:crypto'
import { inColons } from './structured.ts'

/** @see https://www.rfc-editor.org/rfc/rfc9530#section-5 */
export type DigestAlgorithm = 'sha-256' | 'sha-512'

/** Gives the value of `Content-Digest`. @see https://www.rfc-editor.org/rfc/rfc9530#section-2 */
export function contentDigest(algorithm: DigestAlgorithm, body: string | Uint8Array): string {
  return `${algorithm}=${inColons(createHash(algorithm.replace('-', '')).update(body).digest())}`
}
