import { createHash, createHmac, sign, verify } from 'node:crypto'
import { contentOf, coverage } from './content.ts'
import { equal, isShared } from './digest.ts'
import { Buffer, decode } from './encoding.ts'
import type { Covered, Key, Reading, Verified } from './reading.ts'
import { headerOf, refuse } from './request.ts'
import type { ClaimRule, JwtAlgorithm, JwtScheme, Settings, TokenEngine } from './scheme.ts'
import { checkFresh, millisecondsOf } from './timestamp.ts'

/** A token taken apart; nothing in it is believed yet. */
interface Token {
  readonly algorithm: JwtAlgorithm
  readonly kid: string | undefined
  readonly claims: Readonly<Record<string, unknown>>
  readonly signed: string
  readonly signature: Buffer
}

const hashes: Readonly<Record<JwtAlgorithm, string>> = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.4 */
const curves: Readonly<Partial<Record<JwtAlgorithm, string>>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
}

/** Tells whether a key may be used with an algorithm; the key must be of its type, whatever the token says. */
function fits(key: Key['key'], algorithm: JwtAlgorithm): boolean {
  if (isShared(key)) return algorithm.startsWith('HS')
  const curve = curves[algorithm]
  if (curve === undefined) return algorithm.startsWith('RS') && key.asymmetricKeyType === 'rsa'
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve
}

/**
 * Takes the token out of a request. The algorithm must be one of the scheme's: the token does not choose.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725#section-3.1
 */
function findToken(scheme: JwtScheme, reading: Reading): Token {
  const { header: name, prefix = '' } = scheme.token
  const text = headerOf(reading, name) ?? refuse('missing-signature')
  if (!text.startsWith(prefix)) refuse('malformed-signature')
  const [head = '', payload = '', last = '', ...more] = text.slice(prefix.length).split('.')
  const fields = jsonObject(head)
  const claims = jsonObject(payload)
  const signature = decode(last, 'base64url')
  const algorithm = scheme.algorithms.find((one) => one === fields?.['alg'])
  // An extension that must be understood is not understood here. @see https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
  if (!fields || !claims || !signature || !algorithm || more.length > 0 || 'crit' in fields)
    return refuse('malformed-signature')
  const kid = typeof fields['kid'] === 'string' ? fields['kid'] : undefined
  return { algorithm, kid, claims, signed: `${head}.${payload}`, signature }
}

function jsonObject(segment: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(decode(segment, 'base64url')?.toString() ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Verifies a token: its signature, its times, and each claim that repeats something of the request. */
function verifyToken(scheme: JwtScheme, keys: readonly Key[], reading: Reading, options: Settings): Verified {
  const token = findToken(scheme, reading)
  const keyIndex = keys.findIndex(
    ({ key, id }) => (id === undefined || token.kid === undefined || id === token.kid) && signedBy(token, key),
  )
  if (keyIndex < 0) refuse('signature-mismatch')
  checkParties(scheme, token, options.values)
  checkTimes(scheme, token, options)
  for (const rule of scheme.claims) checkClaim(rule, token, reading, options.values)

  const { iat, nbf, jti } = token.claims
  const issuedAt = [iat, nbf].find((time) => typeof time === 'number')
  const covers = coverage(scheme.claims.flatMap((rule) => rule.sha256))
  return {
    ok: true,
    id: typeof jti === 'string' ? jti : undefined,
    timestamp: issuedAt === undefined ? undefined : issuedAt * 1000,
    keyIndex,
    covers: [...covers, ...(issuedAt === undefined ? [] : (['timestamp'] satisfies Covered[]))],
  }
}

function signedBy({ algorithm, signed, signature }: Token, key: Key['key']): boolean {
  if (!fits(key, algorithm)) return false
  if (isShared(key)) return equal(createHmac(hashes[algorithm], key).update(signed).digest(), signature)
  return verify(hashes[algorithm], Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)
}

function checkParties(scheme: JwtScheme, { claims }: Token, values: Settings['values']): void {
  const { iss, aud, email, email_verified: verified } = claims
  if (scheme.issuer && !scheme.issuer.some((one) => one === iss)) refuse('claim-mismatch')
  const sender = scheme.email && values?.[scheme.email]
  if (scheme.email && verified === false) refuse('claim-mismatch')
  if (sender !== undefined && (email !== sender || verified !== true)) refuse('claim-mismatch')
  if (scheme.audience === undefined) return
  const wanted = values?.[scheme.audience]
  const given: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  if (wanted === undefined || !given.includes(wanted)) refuse('claim-mismatch')
}

/** @see https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4 */
function checkTimes(scheme: JwtScheme, { claims }: Token, options: Settings): void {
  const { leewaySeconds = 0, toleranceSeconds } = scheme
  for (const name of scheme.requires) if (claims[name] === undefined) refuse('claim-mismatch')
  const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => seconds(claims[name]))
  const now = Math.floor(millisecondsOf(options.now) / 1000)
  if (exp !== undefined && !(now < exp + leewaySeconds)) refuse('too-old')
  if (nbf !== undefined && !(now >= nbf - leewaySeconds)) refuse('too-new')
  if (iat !== undefined && toleranceSeconds !== undefined) {
    checkFresh(iat * 1000, { unit: 'seconds', toleranceSeconds }, options)
  }
}

function seconds(claim: unknown): number | undefined {
  if (claim === undefined) return undefined
  return typeof claim === 'number' && Number.isFinite(claim) ? claim : refuse('malformed-timestamp')
}

function checkClaim(rule: ClaimRule, { claims }: Token, reading: Reading, values: Settings['values']): void {
  const claim = claims[rule.claim]
  if (claim === undefined && rule.unlessEmpty && reading.body.length === 0) return
  if (claim !== digestOf(rule, reading, values)) refuse('claim-mismatch')
}

function digestOf(rule: ClaimRule, reading: Reading, values: Settings['values']): string {
  const hash = createHash('sha256')
  for (const chunk of contentOf(rule.sha256, reading, { values })) hash.update(chunk ?? '')
  return hash.digest(rule.encoding)
}

/** Makes the token that a vendor would send along, good for a minute. */
function makeToken(
  scheme: JwtScheme,
  { key, id: kid }: Key,
  reading: Reading,
  { now, values, id }: Settings & { readonly id: string },
): string {
  const algorithm = scheme.algorithms.find((one) => fits(key, one)) ?? refuse('no-secret')
  const iat = Math.floor(millisecondsOf(now) / 1000)
  const claims = {
    ...(scheme.issuer && { iss: scheme.issuer[0] }),
    ...(scheme.audience && { aud: values?.[scheme.audience] }),
    ...(scheme.email && { email: values?.[scheme.email], email_verified: true }),
    iat,
    nbf: iat,
    exp: iat + 60,
    jti: id,
    ...Object.fromEntries(scheme.claims.map((rule) => [rule.claim, digestOf(rule, reading, values)])),
  }
  const signed = [{ alg: algorithm, typ: 'JWT', kid }, claims]
    .map((segment) => Buffer.from(JSON.stringify(segment)).toString('base64url'))
    .join('.')
  const signature = isShared(key)
    ? createHmac(hashes[algorithm], key).update(signed).digest()
    : sign(hashes[algorithm], Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${scheme.token.prefix ?? ''}${signed}.${signature.toString('base64url')}`
}

/** Reads and makes JSON Web Tokens with `node:crypto`. */
export const tokenEngine: TokenEngine = {
  verify: verifyToken,
  make: makeToken,
  fits,
  kid: (scheme, reading) => findToken(scheme, reading).kid,
}
