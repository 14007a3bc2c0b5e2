import type { KeyObject } from 'node:crypto'
import { ConfigurationError } from 'hawser'
import type { CryptoKey } from 'jose'
import { loadJose } from './libraries.ts'

/** A JWT that is signed anew whenever one is needed. */
export interface JwtFacts {
  readonly key: KeyObject | Uint8Array
  readonly algorithm: string
  readonly keyId?: string | undefined
  readonly header?: Readonly<Record<string, unknown>> | undefined
  readonly claims: Readonly<Record<string, unknown>>
  /** From the moment of signing to `exp`. */
  readonly lifetimeSeconds: number
  /** How long before the moment of signing `iat` is. Covers the clock of a server that is behind. */
  readonly backdateSeconds: number
}

/** Signs a JWT for a moment of the server's clock, in milliseconds since the Unix epoch. */
export function signJwtAt(facts: JwtFacts, now: number): Promise<string> {
  const { key, algorithm, keyId, header, claims, lifetimeSeconds, backdateSeconds } = facts
  const seconds = Math.floor(now / 1000)
  return signJwt({
    header: { ...header, alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) },
    claims: { ...claims, iat: seconds - backdateSeconds, exp: seconds + lifetimeSeconds },
    key,
  })
}

/** A JWT to be signed. */
export interface JwtParts {
  readonly header: { readonly alg: string } & Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly key: KeyObject | CryptoKey | Uint8Array
}

/**
 * Signs a JWT.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.1
 * @throws {ConfigurationError} where the key is none for the algorithm
 */
export async function signJwt({ header, claims, key }: JwtParts): Promise<string> {
  const { SignJWT } = await loadJose()
  try {
    return await new SignJWT({ ...claims }).setProtectedHeader({ ...header }).sign(key)
  } catch {
    throw new ConfigurationError(`A JWT cannot be signed with the algorithm \`${header.alg}\` and this key.`)
  }
}
