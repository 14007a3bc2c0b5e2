import { expect, it } from 'vitest'
import { Connector, InvalidRequestError, memoryTokenStore, systemRuntime, type VendorProfile } from 'hawser'
import { oauthApp, sealedLogins, storedLogins, type OAuthApp, type OAuthAppOptions } from 'hawser/oauth'
import { keyring } from 'hawser/stores'
import { failureOf } from '../support/loopback.ts'
import { callback, oidc, type Oidc } from '../support/oidc.ts'

const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }
const consent = { parameters: { prompt: 'consent' } }

const profileOf = ({ issuer }: Oidc): VendorProfile => ({
  name: 'vendor',
  baseUrl: issuer,
  oauth: { issuer, discover: true },
})

const appOf = (server: Oidc, over: Partial<OAuthAppOptions> = {}): OAuthApp =>
  oauthApp({
    profile: profileOf(server),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    redirectUri: callback,
    scopes: ['openid', 'offline_access', 'api:read'],
    ...over,
  })

it('logs a user in with a code, and asks the API in their name', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  const { url } = await app.authorizationUrl({
    connection: 'acme',
    binding: 'session-1',
    returnTo: '/done',
    ...consent,
  })
  const login = await app.handleCallback(await server.browse(url), { binding: 'session-1' })
  expect(login).toMatchObject({ connection: 'acme', returnTo: '/done', missingScopes: [], claims: { sub: 'user-1' } })
  expect(login.scopes).toEqual(['openid', 'offline_access', 'api:read'])
  class Vendor extends Connector {
    static override readonly profile = profileOf(server)
  }
  const vendor = new Vendor({ auth: app.connection('acme') })
  expect(await vendor.http.get('/me')).toEqual({ sub: 'user-1' })
  expect(vendor.describe().policies).toContainEqual(
    expect.objectContaining({ name: 'authenticate', credential: 'oauth, refresh_token' }),
  )
  expect(await app.introspect('acme')).toMatchObject({ active: true, scope: 'openid offline_access api:read' })
})

it('S1: sends a fresh verifier’s digest, S256 and no other, with every login', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  const challenges = new Set<string>()
  for (const connection of ['a', 'b', 'a']) {
    const { searchParams } = new URL((await app.authorizationUrl({ connection })).url)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    challenges.add(searchParams.get('code_challenge') ?? '')
  }
  expect([...challenges].filter((challenge) => challenge.length === 43)).toHaveLength(3)
  const { url } = await app.authorizationUrl({ connection: 'acme', ...consent })
  await app.handleCallback(await server.browse(url))
  expect(server.tokenRequests[0]?.body.get('code_verifier')?.length).toBeGreaterThanOrEqual(43)
})

it('S1: leaves PKCE out for a vendor that does not know it', async () => {
  await using server = await oidc([client])
  const { url } = await appOf(server, { oauth: { pkce: false } }).authorizationUrl({ connection: 'acme' })
  expect(url).not.toContain('code_challenge')
})

it('S2: takes a callback once', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  const { url } = await app.authorizationUrl({ connection: 'acme', ...consent })
  const came = await server.browse(url)
  await app.handleCallback(came)
  expect(await failureOf(app.handleCallback(came))).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(server.tokenRequests).toHaveLength(1)
})

it.each<[string, (came: URL) => void]>([
  ['no state', ({ searchParams }) => searchParams.delete('state')],
  ['another state', ({ searchParams }) => searchParams.set('state', 'x'.repeat(43))],
  ['two states', ({ searchParams }) => searchParams.append('state', 'x')],
  ['two codes', ({ searchParams }) => searchParams.append('code', 'x')],
  ['two issuers', ({ searchParams }) => searchParams.append('iss', 'https://evil.test')],
  ['no code', ({ searchParams }) => searchParams.delete('code')],
  ['S3: another issuer', ({ searchParams }) => searchParams.set('iss', 'https://evil.test')],
  ['S3: no issuer, where the server always names itself', ({ searchParams }) => searchParams.delete('iss')],
])('S2: refuses a callback with %s before anything is sent', async (_, spoil) => {
  await using server = await oidc([client])
  const app = appOf(server)
  const came = new URL(await server.browse((await app.authorizationUrl({ connection: 'acme', ...consent })).url))
  spoil(came)
  expect(await failureOf(app.handleCallback(came))).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(server.tokenRequests).toHaveLength(0)
  expect(await app.tokens('acme')).toBeUndefined()
})

it.each([
  ['another session', 'session-1', 'session-2'],
  ['no session', 'session-1', undefined],
  ['a session, though it was begun in none', undefined, 'session-2'],
])('S2: refuses a callback that comes in %s', async (_, begun, came) => {
  await using server = await oidc([client])
  const app = appOf(server)
  const { url } = await app.authorizationUrl({
    connection: 'acme',
    ...(begun !== undefined && { binding: begun }),
    ...consent,
  })
  const back = await server.browse(url)
  expect(await failureOf(app.handleCallback(back, { binding: came }))).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(server.tokenRequests).toHaveLength(0)
})

it('S2: refuses a callback after ten minutes, and takes no longer time', async () => {
  await using server = await oidc([client])
  const runtime = { now: Date.now(), after: 600_000 }
  const app = appOf(server, { runtime: { ...systemRuntime(), now: () => runtime.now } })
  const { url, expiresAt } = await app.authorizationUrl({ connection: 'acme', ...consent })
  expect(expiresAt).toBe(runtime.now + 600_000)
  const came = await server.browse(url)
  runtime.now += 600_000
  expect(await failureOf(app.handleCallback(came))).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(() => appOf(server, { loginMs: 600_001 })).toThrow('at most 600_000')
})

it('S3: refuses another app’s callback, though the logins of both are kept in one place', async () => {
  await using server = await oidc([client, { ...client, client_id: 'other' }])
  const logins = storedLogins(memoryTokenStore())
  const { url } = await appOf(server, { logins }).authorizationUrl({ connection: 'acme', ...consent })
  const other = appOf(server, { logins, clientId: 'other' })
  expect(await failureOf(other.handleCallback(await server.browse(url)))).toMatchObject({ code: 'INVALID_REQUEST' })
  expect(server.tokenRequests).toHaveLength(0)
})

it.each([
  ['an address inside a proxy', (came: URL) => `http://10.0.0.7:8080/inside${came.search}`],
  ['a path', (came: URL) => `/callback${came.search}`],
  ['a form', (came: URL) => came.searchParams],
])('S4: sends the registered redirect address, whatever the callback came to: %s', async (_, disguise) => {
  await using server = await oidc([client])
  const app = appOf(server)
  const came = new URL(await server.browse((await app.authorizationUrl({ connection: 'acme', ...consent })).url))
  await app.handleCallback(disguise(came))
  expect(server.tokenRequests[0]?.body.get('redirect_uri')).toBe(callback)
})

it('S4: sends a redirect address with a query byte by byte', async () => {
  const redirectUri = 'https://app.test/callback?tenant=a%20b&x=1'
  await using server = await oidc([{ ...client, redirect_uris: [redirectUri] }])
  const app = appOf(server, { redirectUri })
  await app.handleCallback(await server.browse((await app.authorizationUrl({ connection: 'acme', ...consent })).url))
  expect(server.tokenRequests[0]?.body.get('redirect_uri')).toBe(redirectUri)
})

it('S7: reports a refusal without asking for tokens, and without repeating the description', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  const { url } = await app.authorizationUrl({ connection: 'acme', ...consent })
  server.refuse('access_denied')
  const came = new URL(await server.browse(url))
  came.searchParams.set('error_description', '<script>alert(1)</script>')
  const error = await failureOf(app.handleCallback(came))
  expect(error).toMatchObject({ code: 'OAUTH', failure: 'reauthorize', oauthCode: 'access_denied', connection: 'acme' })
  expect(JSON.stringify(error)).not.toContain('script')
  expect(server.tokenRequests).toHaveLength(0)
})

it.each([
  'https://evil.test/',
  '//evil.test/',
  '/\\evil.test/',
  '/\t/evil.test',
  'javascript:alert(1)',
  'https://app.test.evil.test/',
  'https://user@app.test/',
  'done',
])('S8: sends nobody to %s after a login', async (returnTo) => {
  await using server = await oidc([client])
  const app = appOf(server, { returnOrigins: ['https://app.test'] })
  expect(await failureOf(app.authorizationUrl({ connection: 'acme', returnTo }))).toMatchObject({
    code: 'INVALID_REQUEST',
  })
})

it('S8: sends users back to an origin that is allowed', async () => {
  await using server = await oidc([client])
  const app = appOf(server, { returnOrigins: ['https://app.test'] })
  await expect(app.authorizationUrl({ connection: 'acme', returnTo: 'https://app.test/x?y#z' })).resolves.toBeDefined()
})

it('S30: asks for further scopes beside those that are there, and keeps the connection until the user agrees', async () => {
  await using server = await oidc([client])
  const app = appOf(server)
  await app.handleCallback(await server.browse((await app.authorizationUrl({ connection: 'acme', ...consent })).url))
  const before = await app.tokens('acme')
  const { url } = await app.authorizationUrl({ connection: 'acme', addScopes: ['api:write'], ...consent })
  expect(new URL(url).searchParams.get('scope')).toBe('openid offline_access api:read api:write')
  expect((await app.tokens('acme'))?.['main']?.accessToken).toBe(before?.['main']?.accessToken)
  const login = await app.handleCallback(await server.browse(url))
  expect(login).toMatchObject({ connection: 'acme', missingScopes: [] })
  expect(login.scopes).toContain('api:write')
  expect((await app.tokens('acme'))?.['main']?.accessToken).not.toBe(before?.['main']?.accessToken)
})

it('S30: tells what was not granted', async () => {
  await using server = await oidc([{ ...client, scope: 'openid offline_access' }])
  const app = appOf(server, { scopes: ['openid', 'offline_access'] })
  const { url } = await app.authorizationUrl({ connection: 'acme', ...consent })
  const came = await server.browse(url)
  await app.handleCallback(came)
  const wider = appOf(server, { scopes: ['openid', 'offline_access', 'profile'] })
  const login = await wider.handleCallback(
    await server.browse((await wider.authorizationUrl({ connection: 'acme', ...consent })).url),
  )
  expect(login.missingScopes).toEqual(['profile'])
})

it('begins a login with a pushed request where the server asks for that', async () => {
  await using server = await oidc([client], { requirePar: true })
  const app = appOf(server)
  const { url } = await app.authorizationUrl({ connection: 'acme', ...consent })
  expect([...new URL(url).searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
  expect(await app.handleCallback(await server.browse(url))).toMatchObject({ connection: 'acme' })
})

it('lets the browser carry a sealed login, in the state or in a cookie', async () => {
  await using server = await oidc([client])
  const ring = keyring({ primary: 'k1', keys: { k1: Buffer.alloc(32, 1) } })
  for (const carriedBy of ['state', 'cookie'] as const) {
    const options = { logins: sealedLogins({ keyring: ring, carriedBy }) }
    const { url, sealed } = await appOf(server, options).authorizationUrl({ connection: 'acme', ...consent })
    expect(sealed === undefined).toBe(carriedBy === 'state')
    // Another process, which knows nothing but the key.
    const app = appOf(server, { logins: sealedLogins({ keyring: ring, carriedBy }) })
    expect(await app.handleCallback(await server.browse(url), { sealed })).toMatchObject({ connection: 'acme' })
  }
})

it('refuses a login that lacks what it needs, before anything is sent', async () => {
  await using server = await oidc([client])
  const { redirectUri: _, ...without } = { ...appOptions(server), redirectUri: undefined }
  expect(await failureOf(oauthApp(without).authorizationUrl({ connection: 'acme' }))).toMatchObject({
    code: 'CONFIGURATION',
  })
  for (const connection of ['', 'half \ud800']) {
    const app = appOf(server)
    expect(await failureOf(app.authorizationUrl({ connection }))).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(() => app.connection(connection)).toThrow(InvalidRequestError)
  }
  const keyless = appOf(server, {
    oauth: { issuer: server.issuer, authorizeUrl: server.issuer, tokenUrl: server.issuer, discover: false },
  })
  expect(await failureOf(keyless.authorizationUrl({ connection: 'acme' }))).toMatchObject({ code: 'CONFIGURATION' })
  expect(() => appOf(server, { scopes: Object('openid') })).toThrow('scopes')
  for (const wish of [{ scopes: Object('openid') }, { addScopes: Object('openid') }]) {
    const failure = await failureOf(appOf(server).authorizationUrl({ connection: 'acme', ...wish }))
    expect(failure).toMatchObject({ code: 'CONFIGURATION' })
  }
  for (const redirectUri of ['http://app.test/callback', 'https://app.test/#x', 'nowhere']) {
    expect(() => appOf(server, { redirectUri })).toThrow('redirectUri')
  }
})

const appOptions = (server: Oidc): OAuthAppOptions => ({ profile: profileOf(server), clientId: client.client_id })

it('spells an address as every vendor reads it, under the vendor’s names', async () => {
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: 'https://vendor.test',
      oauth: {
        authorizeUrl: 'https://vendor.test/authorize?v=2',
        tokenUrl: 'https://vendor.test/token',
        scopeSeparator: ',',
        scopes: ['a b', 'c:d'],
        rename: { client_id: 'client_key' },
        authorizeParameters: { access_type: 'offline' },
      },
    },
    clientId: 'id 1',
    redirectUri: callback,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  expect(url).toMatch(/^https:\/\/vendor\.test\/authorize\?v=2&.*&client_key=id%201$/)
  expect(url).toContain('access_type=offline&')
  expect(url).toContain('scope=a%20b,c%3Ad&')
  expect(url).not.toContain('client_id')
})
