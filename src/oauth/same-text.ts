import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares secrets in a time that tells nothing of where they differ. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Stands for a secret where it has only to be recognised. */
export function fingerprint(text: string): string {
  return digest(text).toString('base64url')
}
