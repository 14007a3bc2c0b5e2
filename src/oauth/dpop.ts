import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { fieldAt, parseJson, type ClockOffset, type HeaderMap, type Runtime } from 'hawser'
import type { CryptoKey } from 'jose'
import { signJwt } from './jwt.ts'
import { loadJose } from './libraries.ts'
import { algorithmOf } from './key-algorithm.ts'

/** What a proof is for. */
interface ProofOf {
  readonly method: string
  readonly url: string
  /** The token that goes with it; absent at the token endpoint. */
  readonly accessToken?: string | undefined
  readonly runtime: Runtime
  /** The server's clock. */
  readonly clock: ClockOffset
}

/** Proves the possession of a key that tokens are bound to. */
export interface Dpop {
  /** Names the key, as `cnf.jkt` does. */
  thumbprint(): Promise<string>
  /** Signs a proof that is good for one request. */
  proof(of: ProofOf): Promise<string>
  /** Takes note of the nonce that an origin asks for; tells whether it is another than that of the proof which it answers. */
  learn(url: string, headers: HeaderMap, proof: string | undefined): boolean
}

interface Keys {
  readonly sign: KeyObject | CryptoKey
  readonly algorithm: string
  readonly jwk: Readonly<Record<string, unknown>>
  readonly thumbprint: string
}

// An origin asks for one at a time; a program talks to a few.
const mostNonces = 100

/**
 * Makes proofs with a key, or with one of its own that cannot leave the process.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-4
 */
export function dpopProofs(key?: KeyObject): Dpop {
  const nonces = new Map<string, string>()
  let making: Promise<Keys> | undefined
  const keys = (): Promise<Keys> => (making ??= makeKeys(key))

  return {
    thumbprint: async () => (await keys()).thumbprint,
    async proof({ method, url, accessToken, runtime, clock }) {
      const { sign, algorithm, jwk } = await keys()
      const { origin, pathname } = new URL(url)
      const nonce = nonces.get(origin)
      const claims = {
        jti: runtime.uuid(),
        htm: method,
        htu: `${origin}${pathname}`,
        iat: Math.floor((runtime.now() + clock.ms) / 1000),
        ...(accessToken !== undefined && { ath: createHash('sha256').update(accessToken).digest('base64url') }),
        ...(nonce !== undefined && { nonce }),
      }
      return signJwt({ header: { alg: algorithm, typ: 'dpop+jwt', jwk }, claims, key: sign })
    },
    learn(url, headers, proof) {
      const nonce = headers['dpop-nonce']
      if (nonce === undefined) return false
      const { origin } = new URL(url)
      nonces.delete(origin)
      nonces.set(origin, nonce)
      const [oldest] = nonces.keys()
      if (nonces.size > mostNonces && oldest !== undefined) nonces.delete(oldest)
      // Not whether we have it by now: of several that left without it, one brings it for all.
      return nonce !== nonceOf(proof)
    },
  }
}

function nonceOf(proof = ''): unknown {
  const [, payload = ''] = proof.split('.')
  return fieldAt(parseJson(Buffer.from(payload, 'base64url').toString()), 'nonce')
}

async function makeKeys(key: KeyObject | undefined): Promise<Keys> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await loadJose()
  if (key) {
    const jwk = await exportJWK(createPublicKey(key))
    return { sign: key, algorithm: algorithmOf(key), jwk: { ...jwk }, thumbprint: await calculateJwkThumbprint(jwk) }
  }
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: false })
  const jwk = await exportJWK(publicKey)
  return { sign: privateKey, algorithm: 'ES256', jwk: { ...jwk }, thumbprint: await calculateJwkThumbprint(jwk) }
}
