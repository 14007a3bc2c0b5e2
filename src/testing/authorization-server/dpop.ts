import { createPublicKey } from 'node:crypto'
import { asymmetric, isSignedBy, parseJwt } from './jwt.ts'
import { sha256, thumbprint } from './keys.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** How old or how far ahead a proof may be. Milliseconds. */
const proofMs = 60_000
/** How long a nonce is handed out, and again as long accepted. Milliseconds. */
const nonceMs = 300_000

/**
 * Verifies a request's proof that its sender holds a key, and gives that key's thumbprint; `undefined` where there is no proof.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4.3
 */
export function verifyProof(state: ServerState, request: Request, accessToken?: string): string | undefined {
  const proof = request.headers.get('dpop')
  if (proof === null) return undefined
  const jwt = parseJwt(proof) ?? refuse('invalid_dpop_proof', 'The proof is not one JWT.')
  const { header, claims } = jwt
  check(header['typ'] === 'dpop+jwt', 'typ is not dpop+jwt.')
  check(asymmetric.includes(String(header['alg'])), 'The algorithm has no public key.')
  const key = publicKey(header['jwk']) ?? refuse('invalid_dpop_proof', 'jwk is no public key.')
  check(isSignedBy(jwt, key), 'The signature is not of jwk.')
  check(claims['htm'] === request.method, 'htm is not the method.')
  check(typeof claims['htu'] === 'string' && target(claims['htu']) === target(request.url), 'htu is not the address.')
  const iat = Number(claims['iat']) * 1000
  check(Math.abs(state.runtime.now() - iat) <= proofMs, 'iat is not now.')
  if (accessToken !== undefined) check(claims['ath'] === sha256(accessToken), 'ath is not of the access token.')
  if (state.settings.dpop.nonce && !isGoodNonce(state, claims['nonce'])) {
    refuse('use_dpop_nonce', 'The proof needs the nonce of the header DPoP-Nonce.', { 'dpop-nonce': nonce(state) })
  }
  const jkt = thumbprint(key)
  const { jti } = claims
  check(typeof jti === 'string' && state.once(`${jkt} ${jti}`, iat + 2 * proofMs), 'jti was used before.')
  return jkt
}

function check(holds: boolean, wrong: string): void {
  if (!holds) refuse('invalid_dpop_proof', wrong)
}

function publicKey(jwk: unknown): ReturnType<typeof createPublicKey> | undefined {
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return undefined
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' })
  } catch {
    return undefined
  }
}

/** An address without its query. */
function target(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** Gives the nonce to use now. */
export function nonce({ nonces, runtime }: ServerState): string {
  const newest = nonces.at(-1)
  if (newest && runtime.now() < newest.since + nonceMs) return newest.value
  const value = `nonce-${runtime.uuid()}`
  nonces.push({ value, since: runtime.now() })
  return value
}

function isGoodNonce({ nonces, runtime }: ServerState, value: unknown): boolean {
  return nonces.some((known) => known.value === value && runtime.now() < known.since + 2 * nonceMs)
}
