import { expect, it } from 'vitest'
import type { OAuthVendor } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { describedAddresses, secureUrl } from '../../src/oauth/addresses.ts'
import { discoveredAddresses } from '../../src/oauth/discovery.ts'
import { failureOf, loopback } from '../support/loopback.ts'

it.each([
  'http://auth.test/token',
  'ftp://auth.test/token',
  'https://user:pass@auth.test/',
  'https://auth.test/#x',
  'token',
  '',
])('S9: refuses the address %s', (url) => {
  expect(() => secureUrl('oauth.tokenUrl', url)).toThrow(/^`oauth.tokenUrl` is not an https URL.$/)
})

it.each([
  'https://auth.test/token?x=1',
  'http://127.0.0.1:80/t',
  'http://localhost:1/t',
  'http://[::1]:1/t',
  'http://127.9.9.9/',
])('S9: takes the address %s', (url) => {
  expect(secureUrl('oauth.tokenUrl', url)).toBe(url)
})

it.each(['http://127.0.0.1.evil.test/', 'http://localhost.evil.test/', 'http://1270.0.0.1/', 'http://10.0.0.1/'])(
  'S9: takes no other host for this machine: %s',
  (url) => {
    expect(() => secureUrl('oauth.tokenUrl', url)).toThrow()
  },
)

it.each([
  'tokenUrl',
  'refreshUrl',
  'revokeUrl',
  'introspectUrl',
  'deviceUrl',
  'parUrl',
  'jwksUrl',
  'authorizeUrl',
] as const)('S9: checks `%s` when the app is made', (name) => {
  const oauth: OAuthVendor = { tokenUrl: 'https://auth.test/token', [name]: 'http://auth.test/x' }
  expect(() => oauthApp({ profile: { name: 'v', baseUrl: 'https://v.test', oauth }, clientId: 'c' })).toThrow(name)
})

it('S10: puts a tenant into addresses only where it is what the vendor says it can be', () => {
  const oauth: OAuthVendor = { tokenUrl: 'https://{shop}.shop.test/token', issuer: 'https://{shop}.shop.test' }
  const patterns = { shop: /^[a-z0-9][a-z0-9-]*$/ }
  expect(describedAddresses(oauth, { shop: 'acme' }, patterns)).toMatchObject({
    token: 'https://acme.shop.test/token',
    refresh: 'https://acme.shop.test/token',
    issuer: 'https://acme.shop.test',
  })
  for (const shop of ['evil.test/x', 'evil.test#', 'a@b', 'a\nb', '']) {
    expect(() => describedAddresses(oauth, { shop }, patterns)).toThrow('tenant.shop')
  }
  expect(() => describedAddresses(oauth, {}, patterns)).toThrow('tenant')
})

it('takes the origin of the token address for the issuer where none is named', () => {
  expect(describedAddresses({ tokenUrl: 'https://auth.test/a/b' }, {}, {}).issuer).toBe('https://auth.test')
  expect(() => describedAddresses({}, {}, {})).toThrow('tokenUrl')
})

const described = describedAddresses({ issuer: 'https://auth.test' }, {}, {})

it('lays what is described over what is discovered', () => {
  const own = describedAddresses({ issuer: 'https://auth.test', tokenUrl: 'https://auth.test/mine' }, {}, {})
  const told = {
    issuer: 'https://auth.test',
    token_endpoint: 'https://auth.test/t',
    revocation_endpoint: 'https://auth.test/r',
  }
  expect(discoveredAddresses(own, told, false)).toMatchObject({
    token: 'https://auth.test/mine',
    refresh: 'https://auth.test/mine',
    revoke: 'https://auth.test/r',
  })
})

it('takes the addresses for certificates where the client shows one', () => {
  const told = {
    issuer: 'https://auth.test',
    token_endpoint: 'https://auth.test/t',
    mtls_endpoint_aliases: { token_endpoint: 'https://mtls.auth.test/t' },
  }
  expect(discoveredAddresses(described, told, true).token).toBe('https://mtls.auth.test/t')
  expect(discoveredAddresses(described, told, false).token).toBe('https://auth.test/t')
})

it.each(['http://auth.test/t', 'http://127.0.0.1/t', 'https://localhost/t'])(
  'S9: believes no discovery document that sends secrets to %s',
  (token_endpoint) => {
    expect(() => discoveredAddresses(described, { issuer: 'https://auth.test', token_endpoint }, false)).toThrow(
      'token_endpoint',
    )
  },
)

const request = { method: 'GET', url: 'https://api.test', headers: {}, operation: 'x', idempotent: true } as const

it('S3: refuses a discovery document of another issuer', async () => {
  await using server = await loopback((_, response) =>
    response.end(JSON.stringify({ issuer: 'https://evil.test', token_endpoint: 'https://evil.test/t' })),
  )
  const oauth = { issuer: server.url, discover: true } as const
  const app = oauthApp({ profile: { name: 'v', baseUrl: 'https://v.test', oauth }, clientId: 'c', clientSecret: 's' })
  const { runtime } = fakeClock()
  const error = await failureOf(Promise.resolve(app.clientCredentials().apply(request, runtime)))
  expect(error).toMatchObject({ code: 'OAUTH', failure: 'protocol' })
  expect(server.requests).toHaveLength(1)
})

it('reads a discovery document once an hour, and goes on with the old one where there is no new one', async () => {
  let up = true
  await using server = await loopback((incoming, response) => {
    if (incoming.url === '/token') return response.end('{"access_token":"at"}')
    if (!up) return response.writeHead(503).end()
    return response.end(JSON.stringify({ issuer: server.url, token_endpoint: `${server.url}/token` }))
  })
  const clock = fakeClock()
  const profile = { name: 'v', baseUrl: 'https://v.test', oauth: { issuer: server.url, discover: 'oauth2' } } as const
  const app = oauthApp({ profile, clientId: 'c' })
  const ask = async (): Promise<unknown> => app.clientCredentials().apply(request, clock.runtime)
  await ask()
  await ask()
  const documents = (): number => server.requests.filter(({ url }) => url.startsWith('/.well-known/')).length
  expect(documents()).toBe(1)
  expect(server.requests[0]?.url).toBe('/.well-known/oauth-authorization-server')
  clock.advance(3_600_000)
  up = false
  await ask()
  expect(documents()).toBeGreaterThan(1)
  expect(server.requests.filter(({ url }) => url === '/token')).toHaveLength(3)
})
