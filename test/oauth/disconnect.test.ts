import { expect, it } from 'vitest'
import { Connector, memoryTokenStore, systemRuntime, type VendorProfile } from 'hawser'
import { oauthApp, type OAuthApp } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { eventually, failureOf, loopback, type Loopback } from '../support/loopback.ts'
import { callback, oidc } from '../support/oidc.ts'
import { response } from '../support/stub.ts'

const request = { method: 'GET', url: 'https://api.test', headers: {}, operation: 'x', idempotent: true } as const

interface Connected extends AsyncDisposable {
  readonly server: Loopback
  readonly app: OAuthApp
  readonly revoked: () => string[]
}

/** A vendor that answers revocations in turn, and a user who is logged in. */
async function connected(answers: readonly [number, string][], revokes = true): Promise<Connected> {
  const left = [...answers]
  const server = await loopback((incoming, response) => {
    if (incoming.url === '/token') return response.end('{"access_token":"at","refresh_token":"rt"}')
    const [status, body] = left.shift() ?? [200, '']
    return response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  const oauth = {
    authorizeUrl: `${server.url}/authorize`,
    tokenUrl: `${server.url}/token`,
    ...(revokes && { revokeUrl: `${server.url}/revoke` }),
  }
  // Waits are none: a 503 is asked again.
  const runtime = { ...systemRuntime(), sleep: async () => {} }
  const profile = { name: 'vendor', baseUrl: server.url, oauth }
  const app = oauthApp({ profile, clientId: 'c', clientSecret: 's', redirectUri: callback, runtime })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  await app.handleCallback(`/?code=x&state=${new URL(url).searchParams.get('state')}`)
  const revoked = (): string[] =>
    server.requests
      .filter((sent) => sent.url === '/revoke')
      .map(({ body }) => new URLSearchParams(body.toString()))
      .map((body) => `${body.get('token_type_hint')} ${body.get('token')}`)
  return { server, app, revoked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

it.each<[string, [number, string][]]>([
  ['200', []],
  [
    '204',
    [
      [204, ''],
      [204, ''],
    ],
  ],
  [
    'a body of the vendor’s own',
    [
      [200, '{"ok":true}'],
      [200, 'OK'],
    ],
  ],
  [
    'a kind of token that it does not revoke',
    [
      [400, '{"error":"unsupported_token_type"}'],
      [200, ''],
    ],
  ],
  [
    'Google, which voids both with the first',
    [
      [200, '{}'],
      [400, '{"error":"invalid_token","error_description":"Token expired or revoked"}'],
    ],
  ],
])('S29: revokes the refresh token, then the access token, and forgets them, at %s', async (_, answers) => {
  await using vendor = await connected(answers)
  const { app, revoked } = vendor
  expect(await app.disconnect('acme')).toEqual({ revoked: true })
  expect(revoked()).toEqual(['refresh_token rt', 'access_token at'])
  expect(await app.tokens('acme')).toBeUndefined()
  const apply = async (): Promise<unknown> => app.connection('acme').apply(request, systemRuntime())
  expect(await failureOf(apply())).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', because: 'no-tokens' })
})

it('S29: forgets the tokens even where the vendor does not revoke them, and says so', async () => {
  await using vendor = await connected([
    [400, '{"error":"invalid_request"}'],
    [200, ''],
  ])
  const { app, revoked } = vendor
  const { revoked: done, problem } = await app.disconnect('acme')
  expect(done).toBe(false)
  expect(problem).toMatchObject({ code: 'OAUTH', oauthCode: 'invalid_request' })
  // The access token is revoked though the refresh token was not.
  expect(revoked()).toHaveLength(2)
  expect(await app.tokens('acme')).toBeUndefined()
})

it('S29: asks again while the vendor cannot answer', async () => {
  await using vendor = await connected([[503, '']])
  const { app, revoked } = vendor
  expect(await app.disconnect('acme')).toEqual({ revoked: true })
  expect(revoked()).toEqual(['refresh_token rt', 'refresh_token rt', 'access_token at'])
})

it('S29: forgets the tokens while the vendor is down', async () => {
  await using vendor = await connected([])
  const { app } = vendor
  await vendor[Symbol.asyncDispose]()
  const { revoked, problem } = await app.disconnect('acme')
  expect([revoked, problem?.failure]).toEqual([false, 'not-sent'])
  expect(await app.tokens('acme')).toBeUndefined()
})

it('S29: does no harm the second time', async () => {
  await using vendor = await connected([])
  const { app, revoked } = vendor
  await app.disconnect('acme')
  expect(await app.disconnect('acme')).toEqual({ revoked: true })
  expect(revoked()).toHaveLength(2)
})

it('S29: only forgets the tokens of a vendor that has no way to revoke', async () => {
  await using vendor = await connected([], false)
  const { app, revoked } = vendor
  expect(await app.disconnect('acme')).toEqual({ revoked: false })
  expect(revoked()).toEqual([])
  expect(await app.tokens('acme')).toBeUndefined()
})

it('S29: revokes what a refresh put there meanwhile', async () => {
  const memory = memoryTokenStore()
  await using server = await loopback(async (incoming, response) => {
    if (incoming.url === '/token') return response.end('{"access_token":"at","refresh_token":"rt"}')
    const [key = ''] = keys
    const found = await memory.get(key)
    const newer = found?.value.replaceAll('"at"', '"at2"').replaceAll('"rt"', '"rt2"')
    await memory.compareAndSwap(key, found?.version, newer)
    return response.end()
  })
  const keys: string[] = []
  const store = { ...memory, get: (key: string) => (keys.push(key), memory.get(key)) }
  const oauth = { authorizeUrl: `${server.url}/a`, tokenUrl: `${server.url}/token`, revokeUrl: `${server.url}/revoke` }
  const app = oauthApp({
    profile: { name: 'v', baseUrl: server.url, oauth },
    clientId: 'c',
    redirectUri: callback,
    store,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  await app.handleCallback(`/?code=x&state=${new URL(url).searchParams.get('state')}`)
  expect(await app.disconnect('acme')).toEqual({ revoked: true })
  const tokens = server.requests.slice(1).map(({ body }) => new URLSearchParams(body.toString()).get('token'))
  expect(tokens).toEqual(['rt', 'at', 'rt2', 'at2'])
})

it('S29: ends a connection with oidc-provider, for the vendor too', async () => {
  const client = { client_id: 'client', client_secret: 'a-client-secret-of-some-length' }
  await using server = await oidc([client])
  const profile: VendorProfile = { name: 'v', baseUrl: server.issuer, oauth: { issuer: server.issuer, discover: true } }
  const scopes = ['openid', 'offline_access']
  const app = oauthApp({
    profile,
    clientId: 'client',
    clientSecret: client.client_secret,
    redirectUri: callback,
    scopes,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme', parameters: { prompt: 'consent' } })
  await app.handleCallback(await server.browse(url))
  const token = (await app.tokens('acme'))?.['main']?.accessToken ?? ''
  const asks = async (): Promise<number> => {
    const response = await fetch(`${server.issuer}/me`, { headers: { authorization: `Bearer ${token}` } })
    return response.status
  }
  expect(await asks()).toBe(200)
  expect(await app.disconnect('acme')).toEqual({ revoked: true })
  expect(await asks()).toBe(401)
})

it('says what a token is good for, and refuses where the vendor does not tell', async () => {
  await using vendor = await connected([])
  const { app } = vendor
  expect(await failureOf(app.introspect('acme'))).toMatchObject({ code: 'CONFIGURATION' })
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = { name: 'v', baseUrl: vendor.server.url }
  }
  await new Vendor({ auth: app.connection('acme') }).http.get('/anything').catch(() => {})
  expect(vendor.server.requests.at(-1)?.headers.authorization).toBe('Bearer at')
})

it('S29: revokes what a refresh brings that was under way', async () => {
  const clock = fakeClock()
  const asked: string[] = []
  let answer = (): void => {}
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: 'https://vendor.test',
      oauth: {
        authorizeUrl: 'https://vendor.test/authorize',
        tokenUrl: 'https://vendor.test/token',
        revokeUrl: 'https://vendor.test/revoke',
      },
    },
    clientId: 'c',
    redirectUri: callback,
    runtime: clock.runtime,
    transport: async ({ url, body }) => {
      const parameters = new URLSearchParams(String(body))
      asked.push(`${new URL(url).pathname} ${parameters.get('refresh_token') ?? parameters.get('token') ?? ''}`)
      if (!parameters.has('refresh_token'))
        return response(200, {}, '{"access_token":"at","refresh_token":"rt","expires_in":60}')
      await new Promise<void>((resolve) => (answer = resolve))
      return response(200, {}, '{"access_token":"at2","refresh_token":"rt2"}')
    },
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  await app.handleCallback(`/?code=x&state=${new URL(url).searchParams.get('state')}`)
  clock.advance(60_000)
  const refreshed = app.connection('acme').apply(request, clock.runtime)
  await eventually(() => asked.includes('/token rt'))
  const ended = app.disconnect('acme')
  answer()
  expect(await ended).toEqual({ revoked: true })
  expect(await refreshed).toMatchObject({ headers: { authorization: 'Bearer at2' } })
  expect(asked.slice(2)).toEqual(['/revoke rt2', '/revoke at2'])
})
