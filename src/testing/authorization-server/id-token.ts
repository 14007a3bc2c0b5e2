import { createHash } from 'node:crypto'
import { signJwt } from './jwt.ts'
import type { IssuedToken } from './ledger.ts'
import type { ServerState } from './state.ts'

/** Says who the user is. @see https://openid.net/specs/openid-connect-core-1_0.html#IDToken */
export function idToken(state: ServerState, issuer: string, access: IssuedToken, nonce: string | undefined): string {
  const { algorithm, kid, privateKey } = state.signingKey()
  const { subject, clientId } = access.grant
  const iat = Math.floor(access.issuedAt / 1000)
  // @see https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken
  const hash = createHash('sha256').update(access.value).digest()
  const claims = {
    iss: state.settings.quirk.answer?.idTokenIssuer ?? issuer,
    sub: subject,
    aud: clientId,
    iat,
    exp: iat + 3600,
    nonce,
    at_hash: hash.subarray(0, hash.length / 2).toString('base64url'),
  }
  return signJwt({ alg: algorithm, typ: 'JWT', kid }, claims, privateKey)
}
