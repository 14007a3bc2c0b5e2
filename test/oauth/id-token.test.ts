import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { SignJWT, type JWTPayload } from 'jose'
import { expect, it } from 'vitest'
import { oauthApp, type ConnectedLogin } from 'hawser/oauth'
import { fakeClock, type FakeClock } from 'hawser/testing'
import { serverOf } from '../../src/oauth/server.ts'
import { validateIdToken } from '../../src/oauth/id-token.ts'
import { failureOf, loopback } from '../support/loopback.ts'
const callback = 'https://app.test/callback'

const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwkOf = ({ publicKey }: { publicKey: KeyObject }, kid: string): object => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
})

type Make = (claims: JWTPayload) => Promise<string> | string
const signed =
  (over: JWTPayload = {}, { privateKey } = key, kid = 'k1'): Make =>
  (claims) =>
    new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey)

interface Came {
  readonly login: Promise<ConnectedLogin>
  readonly clock: FakeClock
  readonly keyRequests: () => number
  readonly stored: () => Promise<unknown>
}

/** Logs in with a vendor whose id_token is what `make` makes of the right claims. */
async function login(
  make: Make | undefined,
  keys: () => object[] = () => [jwkOf(key, 'k1')],
  issuer?: string,
): Promise<Came> {
  const clock = fakeClock()
  const server = await loopback(async (request, response) => {
    if (request.url === '/keys') return response.end(JSON.stringify({ keys: keys() }))
    const now = clock.now / 1000
    const claims = { iss: issuer ?? server.url, sub: 'u1', aud: 'client', iat: now, exp: now + 300, nonce }
    const idToken = make && (await make(claims))
    return response.end(JSON.stringify({ access_token: 'at', refresh_token: 'rt', id_token: idToken }))
  })
  let nonce = ''
  const oauth = {
    issuer: server.url,
    authorizeUrl: `${server.url}/a`,
    tokenUrl: `${server.url}/t`,
    jwksUrl: `${server.url}/keys`,
  }
  const profile = { name: 'vendor', baseUrl: server.url, oauth }
  const app = oauthApp({
    profile,
    clientId: 'client',
    redirectUri: callback,
    scopes: ['openid'],
    runtime: clock.runtime,
  })
  const { searchParams } = new URL((await app.authorizationUrl({ connection: 'acme' })).url)
  nonce = searchParams.get('nonce') ?? ''
  const ended = app.handleCallback(`/?code=c&state=${searchParams.get('state')}`)
  return {
    login: ended.finally(() => server[Symbol.asyncDispose]()),
    clock,
    keyRequests: () => server.requests.filter(({ url }) => url === '/keys').length,
    stored: () => app.tokens('acme'),
  }
}

it('S5: sends a nonce with `openid`, and gives the claims of a token that is good', async () => {
  expect(await (await login(signed())).login).toMatchObject({ claims: { sub: 'u1' } })
})

const now = Date.UTC(2030, 0, 1) / 1000
const without = (claims: JWTPayload, name: string): JWTPayload =>
  Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name))
const unsigned: Make = (claims) =>
  `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
const byPublicKey: Make = (claims) => {
  const text = [{ alg: 'HS256', kid: 'k1' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const secret = key.publicKey.export({ type: 'spki', format: 'pem' })
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

it.each<[string, Make | undefined]>([
  ['of another issuer', signed({ iss: 'https://evil.test' })],
  ['for another client', signed({ aud: 'other' })],
  ['for several, without `azp`', signed({ aud: ['client', 'other'] })],
  ['that another client asked for', signed({ azp: 'other' })],
  ['that has ended', signed({ exp: now - 31 })],
  ['that never ends', async (claims) => signed()(without(claims, 'exp'))],
  ['of the future', signed({ iat: now + 31 })],
  ['with another nonce', signed({ nonce: 'other' })],
  ['without a nonce', async (claims) => signed()(without(claims, 'nonce'))],
  ['signed by a stranger', signed({}, stranger)],
  ['with a key that is not the server’s', signed({}, stranger, 'k2')],
  ['that is not signed', unsigned],
  ['signed with the public key as a secret', byPublicKey],
  ['that is no token', () => 'x.y.z'],
  ['that is not there', undefined],
])('S5: believes no id_token %s', async (_, make) => {
  const { login: ended, stored } = await login(make)
  const error = await failureOf(ended)
  expect(error).toMatchObject({ code: 'OAUTH', failure: 'protocol' })
  expect(JSON.stringify(error)).not.toMatch(/evil|u1|eyJ/)
  expect(await stored()).toBeUndefined()
})

it.each([
  ['S5: a clock that is half a minute off', signed({ iat: now + 30, exp: now - 29 })],
  ['S5: several audiences, where it was made for this client', signed({ aud: ['client', 'other'], azp: 'client' })],
])('takes %s', async (_, make) => {
  await expect((await login(make)).login).resolves.toMatchObject({ connection: 'acme' })
})

it('fetches the server’s keys anew for a key that it does not know, at most twice a minute', async () => {
  const clock = fakeClock()
  let keys = [jwkOf(stranger, 'k1')]
  await using vendor = await loopback((_, response) => response.end(JSON.stringify({ keys })))
  const oauth = { issuer: 'https://auth.test', tokenUrl: 'https://auth.test/t', jwksUrl: vendor.url }
  const server = serverOf({ profile: { name: 'vendor', oauth }, clientId: 'client' })
  const claims = { iss: 'https://auth.test', sub: 'u1', aud: 'client', iat: now, exp: now + 300 }
  const token = await signed({}, key, 'k2')(claims)
  const check = (): Promise<unknown> => validateIdToken(server, token, { runtime: clock.runtime })
  expect(await failureOf(check())).toMatchObject({ failure: 'protocol' })
  keys = [jwkOf(key, 'k2')]
  clock.advance(29_999)
  expect(await failureOf(check())).toMatchObject({ failure: 'protocol' })
  expect(vendor.requests).toHaveLength(1)
  clock.advance(1)
  await expect(Promise.all([check(), check()])).resolves.toHaveLength(2)
  expect(vendor.requests).toHaveLength(2)
})

it('does not fetch them again for every token with a key that nobody knows', async () => {
  const { login: ended, keyRequests } = await login(signed({}, stranger, 'k9'))
  await failureOf(ended)
  expect(keyRequests()).toBe(1)
})

it('refuses a key set that is none', async () => {
  await using vendor = await loopback((_, response) => response.end('{"keys":{"not":"a list"}}'))
  const oauth = { issuer: 'https://auth.test', tokenUrl: 'https://auth.test/t', jwksUrl: vendor.url }
  const { keys } = serverOf({ profile: { name: 'vendor', oauth }, clientId: 'client' })
  expect(await failureOf(keys.get(fakeClock().runtime))).toMatchObject({ code: 'OAUTH', failure: 'protocol' })
})

it('leaves out of a key set what is no key, and believes no token with the rest alone', async () => {
  const odd = [{ kid: 'k1' }, { kid: 'k1', kty: 'NEW' }]
  expect(await (await login(signed(), () => [...odd, jwkOf(key, 'k1')])).login).toMatchObject({ claims: { sub: 'u1' } })
  const { login: ended } = await login(signed(), () => odd)
  expect(await failureOf(ended)).toMatchObject({ code: 'OAUTH', failure: 'protocol' })
})

it('believes no id_token of a refresh that is of another user than the one before it', async () => {
  await using vendor = await loopback((_, response) => response.end(JSON.stringify({ keys: [jwkOf(key, 'k1')] })))
  const oauth = { issuer: 'https://auth.test', tokenUrl: 'https://auth.test/t', jwksUrl: vendor.url }
  const server = serverOf({ profile: { name: 'vendor', oauth }, clientId: 'client' })
  const claims = { iss: 'https://auth.test', sub: 'u1', aud: 'client', iat: now, exp: now + 300 }
  const [before, same, other] = await Promise.all(
    [{}, { iat: now - 1 }, { sub: 'u2' }].map(async (over) => signed(over)(claims)),
  )
  const { runtime } = fakeClock()
  await expect(validateIdToken(server, same ?? '', { before, runtime })).resolves.toMatchObject({ sub: 'u1' })
  const failure = await failureOf(validateIdToken(server, other ?? '', { before, runtime }))
  expect(failure).toMatchObject({ failure: 'protocol', message: expect.stringContaining('`sub`') })
})
