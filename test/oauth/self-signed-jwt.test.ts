import { generateKeyPairSync } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { Connector, type HttpRequest, type VendorProfile } from 'hawser'
import { selfSignedJwt, type SelfSignedJwtOptions } from 'hawser/oauth'
import { fakeClock, mockVendor } from 'hawser/testing'
import { failureOf } from '../support/loopback.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const request: HttpRequest = {
  method: 'GET',
  url: 'https://vendor.test/x',
  headers: {},
  operation: 'GET /x',
  idempotent: true,
}
const claims = { iss: 'me', aud: 'vendor' }

async function signed(options: Partial<SelfSignedJwtOptions> = {}): Promise<string> {
  const { headers } = await selfSignedJwt({ privateKey, claims, ...options }).apply(request, fakeClock().runtime)
  return headers['authorization']?.replace('Bearer ', '') ?? ''
}

it('S39: signs a token that is dated back and good for as long as it is told', async () => {
  const now = Date.UTC(2030, 0, 1)
  const token = await signed({ keyId: 'k1', header: { tid: 'x' }, lifetimeSeconds: 600, backdateSeconds: 60 })
  const { payload, protectedHeader } = await jwtVerify(token, publicKey, { currentDate: new Date(now) })
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1', tid: 'x' })
  expect(payload).toEqual({ ...claims, iat: now / 1000 - 60, exp: now / 1000 + 600 })
})

it('S39: uses a token until shortly before its end, and then signs another', async () => {
  const clock = fakeClock()
  const credential = selfSignedJwt({ privateKey, claims, lifetimeSeconds: 600 })
  const token = async (): Promise<string | undefined> =>
    (await credential.apply(request, clock.runtime)).headers['authorization']
  const first = await token()
  clock.advance(400_000)
  expect(await token()).toBe(first)
  clock.advance(200_000)
  expect(await token()).not.toBe(first)
})

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}

it('S39: signs by the vendor’s clock once a refusal has told it', async () => {
  const seen: number[] = []
  using vendor = mockVendor({
    origin: 'https://vendor.test',
    respond({ headers }) {
      const { exp = 0 } = decodeJwt(headers.get('authorization')?.slice(7) ?? '')
      seen.push(exp)
      // Its clock is an hour behind ours: a token of five minutes is of the future.
      const theirs = vendor.clock.now - 3_600_000
      const date = new Date(theirs).toUTCString()
      return Response.json({}, { status: exp * 1000 > theirs + 600_000 ? 401 : 200, headers: { date } })
    },
  })
  const { http } = new Vendor({ auth: selfSignedJwt({ privateKey, claims }), ...vendor.options })
  expect(await http.get('/x')).toEqual({})
  expect(seen).toHaveLength(2)
  const [first = 0, second = 0] = seen
  expect(Math.abs(first - second - 3_600)).toBeLessThanOrEqual(1)
})

it('does not sign without end for a vendor that refuses every token', async () => {
  using vendor = mockVendor({ origin: 'https://vendor.test', respond: () => new Response('{}', { status: 401 }) })
  const { http } = new Vendor({ auth: selfSignedJwt({ privateKey, claims }), ...vendor.options })
  await expect(http.get('/x')).rejects.toMatchObject({ status: 401 })
  expect(vendor.requests.length).toBeLessThanOrEqual(2)
})

it.each<[string, string, () => SelfSignedJwtOptions['privateKey']]>([
  ['PKCS#1', 'RS256', () => privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
  [
    'PKCS#8 with its line breaks written out',
    'RS256',
    () => privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().replaceAll('\n', '\\n'),
  ],
  ['a JWK', 'RS256', () => privateKey.export({ format: 'jwk' })],
  ['P-256', 'ES256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  [
    'P-384, SEC1',
    'ES384',
    () =>
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
  ],
  ['P-521', 'ES512', () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
  ['Ed25519', 'EdDSA', () => generateKeyPairSync('ed25519').privateKey],
])('S41: signs with a key in %s', async (_, alg, key) => {
  expect(decodeProtectedHeader(await signed({ privateKey: key() ?? '' })).alg).toBe(alg)
})

it('signs with a shared secret', async () => {
  const secret = 'a secret of more than thirty-two bytes'
  const { headers } = await selfSignedJwt({ secret, claims }).apply(request, fakeClock().runtime)
  const token = headers['authorization']?.slice(7) ?? ''
  const currentDate = new Date(Date.UTC(2030, 0, 1))
  await expect(jwtVerify(token, new TextEncoder().encode(secret), { currentDate })).resolves.toBeDefined()
})

it.each<[string, () => unknown]>([
  ['no key', () => selfSignedJwt({ claims })],
  ['a key and a secret', () => selfSignedJwt({ claims, privateKey, secret: 's' })],
  ['a misspelt option', () => selfSignedJwt({ claims, privateKey, ...{ lifetime: 1 } })],
  ['a token that is dated back too far', () => selfSignedJwt({ claims, privateKey, backdateSeconds: 61 })],
  ['a token without a life', () => selfSignedJwt({ claims, privateKey, lifetimeSeconds: 0 })],
  ['a token without an end', () => selfSignedJwt({ claims, privateKey, lifetimeSeconds: Infinity })],
  ['a public key', () => selfSignedJwt({ claims, privateKey: publicKey })],
  [
    'a weak key',
    () => selfSignedJwt({ claims, privateKey: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }),
  ],
  ['a key that signs nothing', () => selfSignedJwt({ claims, privateKey: generateKeyPairSync('x25519').privateKey })],
])('refuses %s', (_, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
})

it('S41: repeats no key that it cannot read', () => {
  const pem = '-----BEGIN PRIVATE KEY-----\nc4n4ry\n-----END PRIVATE KEY-----'
  expect(() => selfSignedJwt({ claims, privateKey: pem })).toThrow(/^(?!.*c4n4ry)/s)
  expect(() => selfSignedJwt({ claims, privateKey: { kty: 'RSA', d: 'c4n4ry' } })).toThrow(/^(?!.*c4n4ry)/s)
})

it.each(['none', 'HS256', 'ES256', 'RS1'])('says that a key signs no %s', async (algorithm) => {
  const credential = selfSignedJwt({ claims, privateKey, algorithm })
  const { runtime } = fakeClock()
  expect(await failureOf(Promise.resolve(credential.apply(request, runtime)))).toMatchObject({
    code: 'CONFIGURATION',
  })
})
