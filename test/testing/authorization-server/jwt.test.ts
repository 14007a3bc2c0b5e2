import { createSecretKey, generateKeyPairSync } from 'node:crypto'
import { SignJWT, compactVerify, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { expect, it } from 'vitest'
import { isSignedBy, parseJwt, signJwt } from '../../../src/testing/authorization-server/jwt.ts'
import { publicKeyOf, thumbprint } from '../../../src/testing/authorization-server/keys.ts'

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

it('reads the example of RFC 7515, and its key by the name of RFC 7638', () => {
  // @see https://www.rfc-editor.org/rfc/rfc7515#appendix-A.3
  const text =
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
  const { key } = publicKeyOf({
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  })
  const jwt = parseJwt(text)
  expect(jwt?.claims).toEqual({ iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true })
  expect(jwt && isSignedBy(jwt, key)).toBe(true)
  expect(jwt && isSignedBy({ ...jwt, signed: `${jwt.signed}x` }, key)).toBe(false)
  // @see https://www.rfc-editor.org/rfc/rfc7638#section-3.1
  const rsa = publicKeyOf({
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  })
  expect([rsa.kid, thumbprint(rsa.key)]).toEqual(['2011-04-29', 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'])
})

it.each(['EC', 'OKP'])('names a key of type %s as others do', async (type) => {
  const { publicKey } =
    type === 'EC' ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : generateKeyPairSync('ed25519')
  expect(thumbprint(publicKey)).toBe(await calculateJwkThumbprint(await exportJWK(publicKey)))
})

it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA', 'Ed25519'])(
  'signs and verifies %s as others do, and by another key nothing',
  async (alg) => {
    const pair = await generateKeyPair(alg, { extractable: true })
    const { privateKey, publicKey } = alg.startsWith('E')
      ? nodeKeys(alg)
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
    const ours = signJwt({ alg }, { sub: 'a' }, privateKey)
    expect((await compactVerify(ours, publicKey)).protectedHeader).toEqual({ alg })
    const theirs = parseJwt(await new SignJWT({ sub: 'b' }).setProtectedHeader({ alg }).sign(privateKey))
    expect(theirs && isSignedBy(theirs, publicKey)).toBe(true)
    const other = publicKeyOf({ ...(await exportJWK(pair.publicKey)) })
    expect(theirs && isSignedBy(theirs, other.key)).toBe(false)
  },
)

function nodeKeys(alg: string): ReturnType<typeof generateKeyPairSync> {
  if (alg.startsWith('Ed')) return generateKeyPairSync('ed25519')
  return generateKeyPairSync('ec', { namedCurve: alg === 'ES256' ? 'P-256' : 'P-384' })
}

it('takes an algorithm for the keys that it is for only', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  expect(() => signJwt({ alg: 'ES256' }, {}, privateKey)).toThrow(TypeError)
  const jwt = parseJwt(signJwt({ alg: 'ES384' }, {}, privateKey))
  expect(jwt && isSignedBy(jwt, publicKey)).toBe(true)
  for (const alg of ['ES256', 'RS256', 'HS256', 'none', 'constructor', undefined]) {
    expect(jwt && isSignedBy({ ...jwt, header: { alg } }, publicKey)).toBe(false)
  }
  // The public key as a shared secret: the oldest confusion. @see https://www.rfc-editor.org/rfc/rfc8725#section-2.1
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const forged = parseJwt(signJwt({ alg: 'HS256' }, {}, createSecretKey(Buffer.from(pem))))
  expect(forged && isSignedBy(forged, publicKey)).toBe(false)
})

it.each<[string, string]>([
  ['four parts', `${segment({ alg: 'ES256' })}.${segment({})}.c2ln.x`],
  ['an extension that must be understood', `${segment({ alg: 'ES256', crit: ['b64'] })}.${segment({})}.c2ln`],
  ['a header that is a list', `${segment([])}.${segment({})}.c2ln`],
  ['claims that are null', `${segment({ alg: 'ES256' })}.${segment(null)}.c2ln`],
  ['no JSON', 'a.b.c'],
  ['nothing', ''],
])('takes no token with %s', (_, text) => {
  expect(parseJwt(text)).toBeUndefined()
})
