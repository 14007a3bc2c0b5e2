import { generateKeyPairSync } from 'node:crypto'
import { EmbeddedJWK, calculateJwkThumbprint, decodeJwt, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import {
  Connector,
  authenticate,
  createClockOffset,
  memoryTokenStore,
  stack,
  systemRuntime,
  type HttpRequest,
  type HttpResponse,
  type VendorProfile,
} from 'hawser'
import { oauthApp, type OAuthApp, type OAuthAppOptions } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { dpopProofs } from '../../src/oauth/dpop.ts'
import { failureOf, loopback } from '../support/loopback.ts'
import { callback, oidc, type Oidc } from '../support/oidc.ts'
import { request, response } from '../support/stub.ts'

const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }
const profileOf = (server: Oidc): VendorProfile => ({
  name: 'vendor',
  baseUrl: server.issuer,
  oauth: { issuer: server.issuer, discover: true },
})
const appOf = (server: Oidc, over: Partial<OAuthAppOptions> = {}): OAuthApp =>
  oauthApp({
    profile: profileOf(server),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    redirectUri: callback,
    scopes: ['openid', 'offline_access'],
    dpop: true,
    ...over,
  })

async function login(server: Oidc, app: OAuthApp): Promise<void> {
  const { url } = await app.authorizationUrl({ connection: 'acme', parameters: { prompt: 'consent' } })
  await app.handleCallback(await server.browse(url))
}

async function me(server: Oidc, app: OAuthApp, aheadMs = 0): Promise<unknown> {
  class Vendor extends Connector {
    static override readonly profile = profileOf(server)
  }
  const runtime = { ...systemRuntime(), now: () => Date.now() + aheadMs }
  return new Vendor({ auth: app.connection('acme'), retry: false, runtime }).http.get('/me')
}

it('S14: proves its key with each token request and each call, with the nonce of each', async () => {
  await using server = await oidc([client], { dpopNonce: true })
  const app = appOf(server)
  await login(server, app)
  // Asked for a nonce once, with the first of all requests.
  expect(server.tokenRequests).toHaveLength(2)
  const [first = '', second = ''] = server.tokenRequests.map(({ headers }) => String(headers['dpop']))
  expect(decodeJwt(first)['nonce']).toBeUndefined()
  expect(decodeJwt(second)['nonce']).toBeTypeOf('string')
  expect(decodeJwt(first).jti).not.toBe(decodeJwt(second).jti)
  expect(await me(server, app)).toEqual({ sub: 'user-1' })
  const tokens = await app.tokens('acme')
  const { payload, protectedHeader } = await jwtVerify(second, EmbeddedJWK, { typ: 'dpop+jwt' })
  expect(payload).toMatchObject({ htm: 'POST', htu: `${server.issuer}/token` })
  expect(tokens?.['main']).toMatchObject({
    tokenType: 'DPoP',
    boundTo: await calculateJwkThumbprint(protectedHeader.jwk ?? {}),
  })
  expect(await app.introspect('acme')).toMatchObject({ active: true, token_type: 'DPoP' })
})

it('S14: does not refresh because a nonce is asked for', async () => {
  await using server = await oidc([client])
  const asked: { authorization: string | undefined; nonce: unknown }[] = []
  await using api = await loopback(({ headers }, response) => {
    const { nonce, ath } = decodeJwt(String(headers['dpop']))
    expect(ath).toBeTypeOf('string')
    asked.push({ authorization: headers.authorization, nonce })
    if (nonce === 'n1') return response.writeHead(200, { 'dpop-nonce': 'n2' }).end('{}')
    if (nonce === 'n2') return response.end('{}')
    return response
      .writeHead(401, { 'dpop-nonce': 'n1', 'www-authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"' })
      .end('{}')
  })
  const app = appOf(server)
  await login(server, app)
  class Api extends Connector {
    static override readonly profile: VendorProfile = { name: 'api', baseUrl: api.url }
  }
  const { http } = new Api({ auth: app.connection('acme'), retry: false })
  await http.get('/one')
  await http.get('/two')
  expect(asked.map(({ nonce }) => nonce)).toEqual([undefined, 'n1', 'n2'])
  expect(new Set(asked.map(({ authorization }) => authorization)).size).toBe(1)
  expect(asked[0]?.authorization).toMatch(/^DPoP /)
  expect(server.tokenRequests).toHaveLength(1)
})

it('S14: refuses to use tokens that are bound to another key, before anything is sent', async () => {
  await using server = await oidc([{ client_id: 'public', token_endpoint_auth_method: 'none' }])
  const store = memoryTokenStore()
  const publicApp = (): OAuthApp =>
    oauthApp({
      profile: profileOf(server),
      clientId: 'public',
      redirectUri: callback,
      scopes: ['openid', 'offline_access'],
      dpop: true,
      store,
    })
  await login(server, publicApp())
  const other = publicApp()
  const sent = server.tokenRequests.length
  const wrapped = await failureOf(me(server, other))
  expect(wrapped).toMatchObject({
    code: 'OAUTH',
    failure: 'configuration',
    message: expect.stringContaining('bound to another key'),
  })
  expect(await failureOf(me(server, other, 590_000))).toMatchObject({ failure: 'configuration' })
  expect(server.tokenRequests).toHaveLength(sent)
})

it('goes on after a restart with a key that it was given', async () => {
  await using server = await oidc([client])
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const store = memoryTokenStore()
  const dpop = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await login(server, appOf(server, { dpop, store }))
  expect(await me(server, appOf(server, { dpop, store }))).toEqual({ sub: 'user-1' })
})

it('S14: makes a proof of its own for each request, signed by the server’s clock', async () => {
  const { runtime, now } = fakeClock()
  const clock = createClockOffset()
  clock.observe(new Date(now + 90_000).toUTCString(), now, now)
  const dpop = dpopProofs()
  // The RFC's own example. @see https://www.rfc-editor.org/rfc/rfc9449#section-7.1
  const accessToken = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU'
  const of = { method: 'GET', url: 'https://api.test/a/b?c=d#e', accessToken, runtime, clock }
  const proofs = await Promise.all([dpop.proof(of), dpop.proof(of)])
  const [first, second] = proofs.map((proof) => decodeJwt(proof))
  expect(first).toMatchObject({ htm: 'GET', htu: 'https://api.test/a/b', iat: now / 1000 + 90 })
  expect(first?.['ath']).toBe('fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo')
  expect(first?.jti).not.toBe(second?.jti)
})

it('remembers the nonces of a hundred origins, each its own', async () => {
  const dpop = dpopProofs()
  const { runtime } = fakeClock()
  const nonceFor = async (url: string): Promise<unknown> => {
    return decodeJwt(await dpop.proof({ method: 'GET', url, runtime, clock: createClockOffset() }))['nonce']
  }
  const learn = (url: string, nonce: string): boolean => dpop.learn(url, { 'dpop-nonce': nonce }, undefined)
  expect([learn('https://a.test/1', 'a1'), learn('https://b.test/', 'b')]).toEqual([true, true])
  expect(dpop.learn('https://b.test/', {}, undefined)).toBe(false)
  expect([await nonceFor('https://a.test/2'), await nonceFor('https://b.test/')]).toEqual(['a1', 'b'])
  for (let origin = 0; origin < 100; origin++) learn(`https://${origin}.test`, 'n')
  expect([await nonceFor('https://99.test/'), await nonceFor('https://a.test/')]).toEqual(['n', undefined])
})

it('S14: sends all requests once more that left without the nonce, though the first of them has brought it', async () => {
  const { runtime } = fakeClock()
  const dpop = dpopProofs()
  const url = 'https://vendor.test/things'
  const proof = (): Promise<string> => dpop.proof({ method: 'GET', url, runtime, clock: createClockOffset() })
  const [one, other] = [await proof(), await proof()]
  const told = { 'dpop-nonce': 'n1' }
  expect([dpop.learn(url, told, one), dpop.learn(url, told, other)]).toEqual([true, true])
  // What has the nonce already was refused for something else.
  expect(dpop.learn(url, told, await proof())).toBe(false)
  expect(dpop.learn(url, told, 'no JWT')).toBe(true)
})

it('S14: gets no new token, and fails no refresh, where many requests meet the first nonce at once', async () => {
  const clock = fakeClock()
  const waiting: (() => void)[] = []
  const nonces = new Map([
    ['/token', 'n1'],
    ['/things', 'n2'],
  ])
  const asked: string[] = []
  const vendor = async ({ url, headers }: HttpRequest): Promise<HttpResponse> => {
    const { pathname } = new URL(url)
    asked.push(pathname)
    const nonce = nonces.get(pathname) ?? ''
    if (decodeJwt(headers['dpop'] ?? '')['nonce'] !== nonce) {
      // Nobody is answered before all have asked.
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length === 2) for (const go of waiting.splice(0)) go()
      })
      const refusal = { 'dpop-nonce': nonce, 'www-authenticate': 'DPoP error="use_dpop_nonce"' }
      return pathname === '/token' ? response(400, refusal, '{"error":"use_dpop_nonce"}') : response(401, refusal)
    }
    return response(200, {}, '{"access_token":"a-token","token_type":"DPoP","expires_in":3600}')
  }
  const app = oauthApp({
    profile: { name: 'vendor', baseUrl: 'https://vendor.test', oauth: { tokenUrl: 'https://vendor.test/token' } },
    clientId: 'client',
    clientSecret: 'a-client-secret',
    dpop: true,
    transport: vendor,
    runtime: clock.runtime,
  })
  const clients = [app.clientCredentials({ scopes: ['one'] }), app.clientCredentials({ scopes: ['other'] })]
  const sends = clients.map((credential) =>
    stack([authenticate({ credential, origins: ['https://vendor.test'] })], vendor, clock.runtime),
  )
  const answers = await Promise.all(sends.map((send) => send(request())))
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(asked.toSorted()).toEqual([...Array<string>(4).fill('/things'), ...Array<string>(4).fill('/token')])
})
