import type { KeyObject } from 'node:crypto'
import type { CryptoKey } from 'jose'
import { loadJose } from './libraries.ts'

/** A JWT to be signed. */
export interface JwtParts {
  readonly header: { readonly alg: string } & Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly key: KeyObject | CryptoKey | Uint8Array
}

/** Signs a JWT. @see https://www.rfc-editor.org/rfc/rfc7515#section-5.1 */
export async function signJwt({ header, claims, key }: JwtParts): Promise<string> {
  const { SignJWT } = await loadJose()
  return new SignJWT({ ...claims }).setProtectedHeader({ ...header }).sign(key)
}
