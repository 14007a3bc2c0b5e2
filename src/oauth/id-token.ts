import type { JSONWebKeySet, JWTPayload } from 'jose'
import { OAuthError, type Runtime } from 'hawser'
import { loadJose } from './libraries.ts'
import type { Server } from './question.ts'
import { sameText } from './same-text.ts'

/** What an id_token is checked against, beside its issuer and its audience. */
export interface IdTokenCheck {
  /** What was sent with the login; a refresh has none. */
  readonly nonce?: string | undefined
  /** The id_token before it: a refresh must be of the same user. */
  readonly before?: string | undefined
  readonly runtime: Runtime
}

// Public keys only: with a shared secret, whoever can check a token could make one.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']

const toleranceSeconds = 30

/**
 * Checks an id_token and gives its claims.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 * @throws {OAuthError} `protocol`
 */
export async function validateIdToken(server: Server, token: string, check: IdTokenCheck): Promise<JWTPayload> {
  const { runtime } = check
  const keys = await server.keys.get(runtime)
  try {
    return await verified(server, token, keys, check)
  } catch (error) {
    // The server may have changed its keys since they were read.
    if (codeOf(error) !== 'ERR_JWKS_NO_MATCHING_KEY') throw invalid(server, error)
    const newer = await server.keys.newer(keys, runtime)
    return verified(server, token, newer, check).catch((again: unknown) => {
      throw invalid(server, again)
    })
  }
}

async function verified(server: Server, token: string, keys: JSONWebKeySet, check: IdTokenCheck): Promise<JWTPayload> {
  const { createLocalJWKSet, decodeJwt, jwtVerify } = await loadJose()
  const { issuer } = await server.addresses(check.runtime)
  // By our own clock: the server's word about the time must not make its token good for longer.
  const now = check.runtime.now()
  const { id: clientId } = server.client
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    algorithms,
    // Microsoft has one issuer for each of its customers, and says so in the discovery document.
    issuer: issuer.replace('{tenantid}', String(decodeJwt(token)['tid'])),
    audience: clientId,
    clockTolerance: toleranceSeconds,
    currentDate: new Date(now),
    requiredClaims: ['iss', 'sub', 'aud', 'exp', 'iat'],
  })
  if (Number(payload.iat) > now / 1000 + toleranceSeconds) throw new ClaimError('iat')
  const { azp, aud } = payload
  const several = Array.isArray(aud) && aud.length > 1
  if ((several || azp !== undefined) && azp !== clientId) throw new ClaimError('azp')
  const { nonce, before } = check
  // @see https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse
  if (before !== undefined && decodeJwt(before).sub !== payload.sub) throw new ClaimError('sub')
  if (nonce !== undefined && !sameText(nonce, String(payload['nonce']))) throw new ClaimError('nonce')
  return payload
}

/** Of this file alone: it becomes an OAuthError before it leaves. */
class ClaimError extends Error {
  readonly claim: string

  constructor(claim: string) {
    super(claim)
    this.claim = claim
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}

/** Makes an error of one that holds the token's claims. */
function invalid({ vendor }: Server, error: unknown): OAuthError {
  const claim: unknown = error instanceof Error ? Reflect.get(error, 'claim') : undefined
  const why = typeof claim === 'string' ? `its \`${claim}\`` : String(codeOf(error))
  return new OAuthError(`The id_token is not to be believed (${why}).`, { failure: 'protocol', vendor })
}
