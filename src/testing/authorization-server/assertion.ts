import { isSignedBy, type Jwt } from './jwt.ts'
import type { Incoming } from './incoming.ts'
import type { NamedKey } from './keys.ts'
import type { ServerState } from './state.ts'

/** How far the clocks may be apart. Seconds. */
const leewaySeconds = 30
/** How far ahead an assertion may end, as some vendors have it. Seconds. @see https://developers.google.com/identity/protocols/oauth2/service-account#jwt-auth */
const longestSeconds = 3600

/** Whose assertion it must be. */
export interface Expected {
  readonly issuer: string
  readonly keys: readonly NamedKey[]
  readonly algorithms: readonly string[]
  /** Claims that it must have, beside `iss`, `aud` and `exp`. */
  readonly claims: readonly string[]
}

/**
 * Says what is wrong with an assertion that someone signed for this server, and takes note of it, so that it is good once.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 */
export function problemOf(state: ServerState, incoming: Incoming, jwt: Jwt, expected: Expected): string | undefined {
  const { header, claims } = jwt
  const { iss, aud, exp, nbf, iat, jti } = claims
  const { issuer, keys, algorithms, claims: wanted } = expected
  if (!algorithms.includes(String(header['alg']))) return `The algorithm ${String(header['alg'])} is not allowed.`
  const named = keys.filter(({ kid }) => kid === undefined || header['kid'] === undefined || kid === header['kid'])
  if (!named.some(({ key }) => isSignedBy(jwt, key))) return 'The signature is not of a registered key.'
  if (iss !== issuer) return `iss is not ${issuer}.`
  const missing = wanted.find((name) => claims[name] === undefined)
  if (missing !== undefined) return `The claim ${missing} is missing.`
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  const own = [incoming.issuer, `${incoming.issuer}/`, `${incoming.url.origin}${incoming.url.pathname}`]
  if (!audiences.some((one) => own.includes(String(one)))) return 'aud is neither the issuer nor this endpoint.'
  const now = state.runtime.now() / 1000
  if (typeof exp !== 'number' || exp <= now) return 'exp is missing or past.'
  if (exp > now + longestSeconds + leewaySeconds) return 'exp is more than an hour ahead.'
  if ([nbf, iat].some((from) => from !== undefined && !(Number(from) <= now + leewaySeconds)))
    return 'It is not good yet.'
  if (typeof jti === 'string' && !state.once(`${issuer} ${jti}`, exp * 1000)) return 'It was used before.'
  return undefined
}
