import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import {
  Connector,
  memoryTokenStore,
  systemRuntime,
  type Credential,
  type HttpResponse,
  type VendorProfile,
} from 'hawser'
import { oauthApp, type OAuthApp } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { eventually, failureOf, loopback, type Handle, type Loopback } from '../support/loopback.ts'
import { callback, oidc } from '../support/oidc.ts'
import { request, response } from '../support/stub.ts'

const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }
const secret = { clientId: client.client_id, clientSecret: client.client_secret }

/** An API, and a token endpoint that gives `access-1`, `access-2` … or what `answer` says. */
async function vendorWith(answer?: Handle): Promise<Loopback & { readonly tokens: URLSearchParams[] }> {
  const tokens: URLSearchParams[] = []
  const server = await loopback((request, response, body) => {
    if (request.url !== '/token') return response.end(JSON.stringify({ token: request.headers.authorization }))
    tokens.push(new URLSearchParams(body.toString()))
    if (answer) return answer(request, response, body)
    return response.end(
      JSON.stringify({ access_token: `access-${tokens.length}`, token_type: 'Bearer', expires_in: 3600 }),
    )
  })
  return Object.assign(server, { tokens })
}

const profileOf = ({ url }: Loopback): VendorProfile => ({
  name: 'vendor',
  baseUrl: url,
  oauth: { tokenUrl: `${url}/token` },
})

async function get(server: Loopback, auth: Credential): Promise<unknown> {
  class Vendor extends Connector {
    static override readonly profile = profileOf(server)
  }
  const { token } = await new Vendor({ auth, retry: false }).http.get<{ token: string }>('/thing')
  return token
}

it('refreshes a user’s connection before its token ends, with a refresh token that is good for one use', async () => {
  await using server = await oidc([client])
  const clock = { ahead: 0 }
  const runtime = { ...systemRuntime(), now: () => Date.now() + clock.ahead }
  const profile: VendorProfile = {
    name: 'vendor',
    baseUrl: server.issuer,
    oauth: { issuer: server.issuer, discover: true },
  }
  const app = oauthApp({ profile, ...secret, redirectUri: callback, scopes: ['openid', 'offline_access'], runtime })
  const { url } = await app.authorizationUrl({ connection: 'acme', parameters: { prompt: 'consent' } })
  await app.handleCallback(await server.browse(url))
  const before = await app.tokens('acme')
  class Vendor extends Connector {
    static override readonly profile = profile
  }
  const { http } = new Vendor({ auth: app.connection('acme'), runtime })
  clock.ahead = 595_000
  await Promise.all(Array.from({ length: 5 }, () => http.get('/me')))
  const after = await app.tokens('acme')
  expect(after?.['main']?.accessToken).not.toBe(before?.['main']?.accessToken)
  expect(after?.['main']?.refreshToken).not.toBe(before?.['main']?.refreshToken)
  expect(after?.['main']?.scopes).toEqual(['openid', 'offline_access'])
  expect(server.tokenRequests.map(({ body }) => body.get('grant_type'))).toEqual([
    'authorization_code',
    'refresh_token',
  ])
  // The refresh token that is stored is the one that is good.
  clock.ahead = 1_190_000
  await http.get('/me')
  expect(server.tokenRequests).toHaveLength(3)
})

it('gives two askers of one connection one source, so that one refresh serves both', async () => {
  await using server = await oidc([client])
  const profile: VendorProfile = {
    name: 'vendor',
    baseUrl: server.issuer,
    oauth: { issuer: server.issuer, discover: true },
  }
  const app = oauthApp({ profile, ...secret, redirectUri: callback, scopes: ['openid', 'offline_access'] })
  const { url } = await app.authorizationUrl({ connection: 'acme', parameters: { prompt: 'consent' } })
  await app.handleCallback(await server.browse(url))
  const [first, second] = [app.connection('acme'), app.connection('acme')]
  const late = { ...systemRuntime(), now: () => Date.now() + 595_000 }
  const request = { method: 'GET', url: `${server.issuer}/me`, headers: {}, operation: 'GET /me', idempotent: true }
  const sent = await Promise.all([first.apply(request, late), second.apply(request, late)])
  expect(sent[0].headers['authorization']).toBe(sent[1].headers['authorization'])
  expect(server.tokenRequests).toHaveLength(2)
})

it('asks in its own name with client credentials, and asks once for many calls', async () => {
  await using server = await oidc([
    { ...client, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
  ])
  await using api = await vendorWith()
  const app = oauthApp({ profile: { ...profileOf(api), oauth: { issuer: server.issuer, discover: true } }, ...secret })
  const auth = app.clientCredentials({ scopes: ['api:read'] })
  const [one, two] = await Promise.all([get(api, auth), get(api, auth)])
  expect(one).toMatch(/^Bearer .{20}/)
  expect(two).toBe(one)
  expect(server.tokenRequests).toHaveLength(1)
  expect(server.tokenRequests[0]?.body.get('scope')).toBe('api:read')
})

const asked: readonly [string, (app: OAuthApp) => Credential, Record<string, string | null>][] = [
  [
    'client credentials for an audience',
    (app) => app.clientCredentials({ audience: 'api', resource: ['https://a.test', 'https://b.test'] }),
    { grant_type: 'client_credentials', audience: 'api', resource: 'https://a.test', scope: null },
  ],
  [
    'a JWT that a function gives',
    (app) => app.jwtBearer({ assertion: async () => 'the.signed.jwt', scopes: ['a', 'b'] }),
    { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'the.signed.jwt', scope: 'a b' },
  ],
  [
    'a SAML assertion, in base64url',
    (app) => app.samlBearer({ assertion: '<saml:Assertion>ü?</saml:Assertion>' }),
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:saml2-bearer',
      assertion: 'PHNhbWw6QXNzZXJ0aW9uPsO8Pzwvc2FtbDpBc3NlcnRpb24-',
    },
  ],
  [
    'a token exchange',
    (app) =>
      app.tokenExchange({
        subjectToken: 'subject',
        actorToken: () => 'actor',
        actorTokenType: 'urn:ietf:params:oauth:token-type:jwt',
        audience: 'api',
      }),
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'subject',
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      actor_token: 'actor',
      actor_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      audience: 'api',
      requested_token_type: null,
    },
  ],
  [
    'S6: a password, by a name that says what it is',
    (app) => app.dangerouslyPassword({ username: 'u', password: 'p w', parameters: { account: '7' } }),
    { grant_type: 'password', username: 'u', password: 'p w', account: '7' },
  ],
]

it.each(asked)('asks with %s', async (_, credential, parameters) => {
  await using server = await vendorWith()
  const app = oauthApp({ profile: profileOf(server), ...secret })
  expect(await get(server, credential(app))).toBe('Bearer access-1')
  for (const [name, value] of Object.entries(parameters))
    expect([name, server.tokens[0]?.get(name)]).toEqual([name, value])
})

it('S6: has no implicit grant, and no password grant under a plain name', () => {
  const app = oauthApp({
    profile: { name: 'v', baseUrl: 'https://v.test', oauth: { tokenUrl: 'https://v.test/t' } },
    clientId: 'c',
  })
  expect(Object.keys(app).filter((name) => /implicit|password/i.test(name))).toEqual(['dangerouslyPassword'])
  expect(app.dangerouslyPassword({ username: 'u', password: 'p' }).kind).toContain('RFC 9700 forbids')
})

it('accepts the token type N_A of a token exchange', async () => {
  await using server = await vendorWith((_, response) =>
    response.end(JSON.stringify({ access_token: 'at', token_type: 'N_A', issued_token_type: 'x' })),
  )
  const app = oauthApp({ profile: profileOf(server), ...secret })
  expect(await get(server, app.tokenExchange({ subjectToken: 's' }))).toBe('Bearer at')
})

it('S19: keeps the tokens of two apps, grants and tenants apart in one store', async () => {
  const keys: string[] = []
  const memory = memoryTokenStore()
  const store = { ...memory, get: (key: string) => (keys.push(key), memory.get(key)) }
  await using server = await vendorWith()
  const pattern = { shop: /^[a-z/]+$/ }
  const profile = { ...profileOf(server), tenant: pattern, oauth: { tokenUrl: `${server.url}/token?shop={shop}` } }
  const shops = [{ shop: 'a' }, { shop: 'a/b' }]
  for (const tenant of shops) {
    for (const clientId of ['client', 'client/a']) {
      const app = oauthApp({
        profile: { ...profile, oauth: { tokenUrl: `${server.url}/token` } },
        clientId,
        tenant,
        store,
      })
      await app.tokens('user')
      await app.tokens('a/user')
      const auth = app.clientCredentials({ store, connection: 'user' })
      await auth.apply(
        { method: 'GET', url: server.url, headers: {}, operation: 'x', idempotent: true },
        fakeClock().runtime,
      )
    }
  }
  expect(new Set(keys).size).toBe(shops.length * 2 * 3)
  expect(() =>
    oauthApp({ profile, clientId: 'c', tenant: { shop: 'a' } }).jwtBearer({ assertion: 'a', store }),
  ).toThrow('`connection`')
})

it('puts a token where the vendor wants it, and believes its word for one that has ended', async () => {
  await using server = await loopback((request, response, body) => {
    if (request.url === '/token') return response.end(JSON.stringify({ access_token: `a${++issued}` }))
    const { 'x-token': token } = request.headers
    return response.end(
      JSON.stringify(token === 'T a2' ? { ok: true } : { ok: false, error: 'token_expired', body: String(body) }),
    )
  })
  let issued = 0
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = {
      name: 'vendor',
      baseUrl: server.url,
      oauth: {
        tokenUrl: `${server.url}/token`,
        tokenHeader: { name: 'X-Token', prefix: 'T ' },
        refusedWhen: { path: 'error', values: ['token_expired'] },
      },
    }
  }
  const app = oauthApp({ profile: Vendor.profile, clientId: 'c' })
  expect(await new Vendor({ auth: app.clientCredentials() }).http.get('/x')).toEqual({ ok: true })
  expect(issued).toBe(2)
})

it('asks in the vendor’s own way: GET, JSON, other names, another address for refreshes, hooks', async () => {
  await using server = await loopback((_, response) =>
    response.end(JSON.stringify({ access_token: 'at', refresh_token: 'rt' })),
  )
  const profile: VendorProfile = {
    name: 'vendor',
    baseUrl: server.url,
    oauth: {
      tokenUrl: `${server.url}/token`,
      clientAuthentication: 'body',
      rename: { client_id: 'app_id', client_secret: 'app_key' },
      tokenParameters: { format: 'v2' },
      headers: { 'X-Api-Version': '7' },
    },
  }
  const ask = async (oauth: VendorProfile['oauth']): Promise<unknown> => {
    const app = oauthApp({ profile, clientId: 'c', clientSecret: 's', oauth: { ...profile.oauth, ...oauth } })
    return app
      .clientCredentials()
      .apply({ method: 'GET', url: server.url, headers: {}, operation: 'x', idempotent: true }, fakeClock().runtime)
  }
  await ask({ method: 'GET' })
  await ask({ body: 'query' })
  await ask({ body: 'json' })
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST'])
  for (const { url, body } of server.requests.slice(0, 2)) {
    expect(url).toBe('/token?format=v2&grant_type=client_credentials&app_id=c&app_key=s')
    expect(body).toHaveLength(0)
  }
  expect(JSON.parse(String(server.requests[2]?.body))).toEqual({
    format: 'v2',
    grant_type: 'client_credentials',
    app_id: 'c',
    app_key: 's',
  })
  expect(server.requests.map(({ headers }) => headers['x-api-version'])).toEqual(['7', '7', '7'])
})

it('changes a code in a way of the vendor’s own, and refreshes at another address', async () => {
  await using server = await loopback((request, response) => {
    const first = { access_token: 'short' }
    const long = { access_token: `long-${request.url}`, refresh_token: 'rt', expires_in: 100 }
    response.end(JSON.stringify(request.url === '/token' ? first : long))
  })
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: server.url,
      oauth: {
        authorizeUrl: `${server.url}/authorize`,
        tokenUrl: `${server.url}/token`,
        refreshUrl: `${server.url}/refresh`,
        refreshParameters: { mode: 'long' },
        codeParameter: 'spapi_oauth_code',
        // A short token first, which is changed for a long one. As Facebook does it.
        async exchange(request, send) {
          const { body } = await send(request)
          const { access_token: short } = JSON.parse(Buffer.from(Object(body)).toString())
          expect(request.parameters['code']).toBe('the-code')
          return send({ method: 'GET', url: `${server.url}/long?token=${short}`, headers: {} })
        },
      },
    },
    clientId: 'c',
    redirectUri: callback,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  const state = new URL(url).searchParams.get('state')
  await app.handleCallback(`/callback?spapi_oauth_code=the-code&state=${state}`)
  expect((await app.tokens('acme'))?.['main']?.accessToken).toBe('long-/long?token=short')
  const late = { ...systemRuntime(), now: () => Date.now() + 99_000 }
  await app
    .connection('acme')
    .apply({ method: 'GET', url: server.url, headers: {}, operation: 'x', idempotent: true }, late)
  const refresh = server.requests.at(-1)
  expect(refresh?.url).toBe('/refresh')
  expect(new URLSearchParams(String(refresh?.body)).get('mode')).toBe('long')
})

it('says what to do where a connection has no tokens', async () => {
  const app = oauthApp({
    profile: { name: 'v', baseUrl: 'https://v.test', oauth: { tokenUrl: 'https://v.test/t' } },
    clientId: 'c',
  })
  const request = { method: 'GET', url: 'https://v.test', headers: {}, operation: 'x', idempotent: true }
  const apply = async (): Promise<unknown> => app.connection('nobody').apply(request, fakeClock().runtime)
  expect(await failureOf(apply())).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', because: 'no-tokens' })
})

it('waits for a refresh of a client that nobody holds any more, since its answer may be the only one', async () => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  const clock = fakeClock()
  let answer: (value: HttpResponse) => void = () => {}
  const tokens = (name: string): HttpResponse =>
    response(200, {}, JSON.stringify({ access_token: name, refresh_token: `${name}-refresh`, expires_in: 3600 }))
  const asked: (string | null)[] = []
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: 'https://vendor.test',
      oauth: { authorizeUrl: 'https://vendor.test/authorize', tokenUrl: 'https://vendor.test/token' },
    },
    clientId: 'client',
    redirectUri: 'https://app.test/callback',
    runtime: clock.runtime,
    store: memoryTokenStore(),
    transport: async ({ body }) => {
      const grantType = new URLSearchParams(String(body)).get('grant_type')
      asked.push(grantType)
      return grantType === 'refresh_token' ? new Promise((resolve) => (answer = resolve)) : tokens('first')
    },
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  await app.handleCallback(`https://app.test/callback?code=c&state=${new URL(url).searchParams.get('state')}`)
  clock.advance(3_500_000)
  await app.connection('acme').apply(request(), clock.runtime)
  await eventually(() => asked.includes('refresh_token'))
  if (typeof collect === 'function') collect()
  let settled = false
  const wait = app.settled().then(() => (settled = true))
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toBe(false)
  answer(tokens('second'))
  await wait
  expect((await app.tokens('acme'))?.['main']?.accessToken).toBe('second')
})
