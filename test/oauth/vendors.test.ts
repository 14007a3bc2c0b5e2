import { generateKeyPairSync } from 'node:crypto'
import { jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { Connector, memoryTokenStore, type Credential, type VendorProfile } from 'hawser'
import { githubApp, googleServiceAccount, salesforceJwt } from 'hawser/oauth'
import { mockVendor, type MockVendor } from 'hawser/testing'
import { failureOf } from '../support/loopback.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
const start = Date.UTC(2030, 0, 1)
const currentDate = new Date(start)

async function get(vendor: MockVendor, profile: VendorProfile, auth: Credential): Promise<unknown> {
  class Vendor extends Connector {
    static override readonly profile = profile
  }
  return new Vendor({ auth, ...vendor.options, retry: false }).http.get('/x')
}
const bodyOf = (vendor: MockVendor, at = 0): URLSearchParams => new URLSearchParams(vendor.requests[at]?.body)

const github: VendorProfile = { name: 'github', baseUrl: 'https://api.github.com' }

function githubVendor(answer: () => Response): MockVendor {
  return mockVendor({
    origin: 'https://api.github.com',
    respond: (request) =>
      request.url.endsWith('/access_tokens') ? answer() : Response.json({ auth: request.headers.get('authorization') }),
  })
}

it('asks GitHub with the token of an installation, made for an hour by a signed token of nine minutes', async () => {
  const inAnHour = (): string => new Date(vendor.clock.now + 3_600_000).toISOString()
  using vendor = githubVendor(() => Response.json({ token: 'ghs_1', expires_at: inAnHour() }, { status: 201 }))
  const auth = githubApp({
    appId: 7,
    privateKey: pem,
    installationId: 42,
    permissions: { contents: 'read' },
    ...transportOf(vendor),
  })
  expect(await get(vendor, github, auth)).toEqual({ auth: 'Bearer ghs_1' })
  expect(await get(vendor, github, auth)).toEqual({ auth: 'Bearer ghs_1' })
  expect(vendor.requests).toHaveLength(3)
  const [made] = vendor.requests
  expect(made?.url).toBe('https://api.github.com/app/installations/42/access_tokens')
  expect(JSON.parse(made?.body ?? '')).toEqual({ permissions: { contents: 'read' } })
  const { payload } = await jwtVerify(made?.headers['authorization']?.slice(7) ?? '', publicKey, { currentDate })
  expect(payload).toEqual({ iss: '7', iat: start / 1000 - 60, exp: start / 1000 + 540 })
  vendor.clock.advance(3_590_000)
  await get(vendor, github, auth)
  expect(vendor.requests.filter(({ url }) => url.endsWith('/access_tokens'))).toHaveLength(2)
})

it('asks GitHub as the app itself', async () => {
  using vendor = githubVendor(() => Response.error())
  const auth = githubApp({ appId: 'Iv1.abc', privateKey: pem, ...transportOf(vendor) })
  expect(await get(vendor, github, auth)).toEqual({ auth: expect.stringMatching(/^Bearer eyJ/) })
})

it('never takes the tokens of another app, host, installation or choice of repositories for its own', async () => {
  const store = memoryTokenStore()
  using vendor = githubVendor(() =>
    Response.json({ token: `ghs_${vendor.requests.length}`, expires_at: '2030-01-01T01:00:00Z' }),
  )
  using enterprise = mockVendor({
    origin: 'https://github.acme.test',
    respond: () => Response.json({ token: 'of the enterprise', expires_at: '2030-01-01T01:00:00Z' }),
  })
  const base = { appId: 1, privateKey: pem, installationId: 42, store, ...transportOf(vendor) }
  const own = [
    githubApp(base),
    githubApp({ ...base, appId: 2 }),
    githubApp({ ...base, installationId: 43 }),
    githubApp({ ...base, repositoryIds: [1] }),
    githubApp({ ...base, repositoryIds: [1, 2] }),
    githubApp({ ...base, permissions: { contents: 'read' } }),
    githubApp({ ...base, baseUrl: 'https://github.acme.test', ...transportOf(enterprise) }),
  ]
  const request = { method: 'GET', url: 'https://api.github.com/x', headers: {}, operation: 'x', idempotent: true }
  const tokens = []
  for (const auth of own) tokens.push((await auth.apply(request, vendor.options.runtime)).headers['authorization'])
  expect(new Set(tokens).size).toBe(own.length)
  const again = await githubApp({ ...base, repositoryIds: [2, 1] }).apply(request, vendor.options.runtime)
  expect(again.headers['authorization']).toBe(tokens[4])
})

it('says why GitHub makes no token, and blames no user', async () => {
  using vendor = githubVendor(() => Response.json({ message: 'Integration not found' }, { status: 404 }))
  const auth = githubApp({ appId: 7, privateKey: pem, installationId: 42, ...transportOf(vendor) })
  expect(await failureOf(get(vendor, github, auth))).toMatchObject({
    code: 'OAUTH',
    vendor: 'github',
    status: 404,
    failure: 'protocol',
    message: expect.stringContaining('Integration not found'),
  })
})

const keyFile = {
  type: 'service_account',
  client_email: 'robot@project.test',
  private_key: pem,
  private_key_id: 'kid1',
}

it.each([
  ['itself', undefined],
  ['a user of its domain', 'user@acme.test'],
])('asks Google as a service account, for %s', async (_, subject) => {
  using vendor = mockVendor({
    origin: 'https://oauth2.googleapis.com',
    respond: (request) =>
      Response.json(
        request.method === 'POST'
          ? { access_token: 'ya29', expires_in: 3599 }
          : { auth: request.headers.get('authorization') },
      ),
  })
  const options = { scopes: ['a', 'b'], ...(subject !== undefined && { subject }), ...transportOf(vendor) }
  const auth = googleServiceAccount({ key: JSON.stringify(keyFile), ...options })
  const profile: VendorProfile = { name: 'google', baseUrl: 'https://oauth2.googleapis.com' }
  expect(await get(vendor, profile, auth)).toEqual({ auth: 'Bearer ya29' })
  expect([...bodyOf(vendor).keys()].toSorted()).toEqual(['assertion', 'grant_type'])
  expect(bodyOf(vendor).get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
  const { payload, protectedHeader } = await jwtVerify(bodyOf(vendor).get('assertion') ?? '', publicKey, {
    currentDate,
  })
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid1' })
  expect(payload).toMatchObject({ iss: 'robot@project.test', aud: 'https://oauth2.googleapis.com/token', scope: 'a b' })
  expect(payload.sub).toBe(subject)
})

it('refuses a key file that is none', () => {
  for (const key of ['{}', 'x', { type: 'authorized_user' }]) {
    expect(() => googleServiceAccount({ key, scopes: [] })).toThrow('service account')
  }
})

it('asks Salesforce at the org’s own address, which comes with the token', async () => {
  using vendor = mockVendor({
    origin: 'https://login.salesforce.com',
    respond: () =>
      Response.json({ access_token: '00D', instance_url: 'https://acme.my.salesforce.com', token_type: 'Bearer' }),
  })
  using org = mockVendor({
    origin: 'https://acme.my.salesforce.com',
    respond: ({ url, headers }) => Response.json({ url, auth: headers.get('authorization') }),
  })
  const auth = salesforceJwt({
    clientId: 'consumer',
    privateKey: pem,
    username: 'me@acme.test',
    ...transportOf(vendor),
  })
  const profile: VendorProfile = { name: 'salesforce', baseUrl: 'https://login.salesforce.com' }
  expect(await get(org, profile, auth)).toEqual({ url: 'https://acme.my.salesforce.com/x', auth: 'Bearer 00D' })
  const { payload } = await jwtVerify(bodyOf(vendor).get('assertion') ?? '', publicKey, {
    currentDate: new Date(org.clock.now),
  })
  expect(payload).toMatchObject({ iss: 'consumer', sub: 'me@acme.test', aud: 'https://login.salesforce.com' })
  expect(Number(payload.exp) - Number(payload.iat)).toBeLessThanOrEqual(180)
})

it('S10: sends a Salesforce token to no host that is not Salesforce’s, whatever the answer says', async () => {
  using vendor = mockVendor({
    origin: 'https://login.salesforce.com',
    respond: () => Response.json({ access_token: '00D', instance_url: 'https://acme.salesforce.com.evil.test' }),
  })
  const auth = salesforceJwt({ clientId: 'c', privateKey: pem, username: 'me', ...transportOf(vendor) })
  const profile: VendorProfile = { name: 'salesforce', baseUrl: 'https://login.salesforce.com' }
  expect(await failureOf(get(vendor, profile, auth))).toMatchObject({ code: 'OAUTH', failure: 'protocol' })
  expect(vendor.requests).toHaveLength(1)
})

function transportOf(vendor: MockVendor): Pick<MockVendor['options'], 'transport'> {
  return { transport: vendor.options.transport }
}

it('refuses an app, an installation and scopes that are none, such as a variable that is not set', () => {
  const unset: { appId: string | number } = Object({ appId: undefined })
  for (const over of [unset, { appId: '' }, { appId: NaN }, { appId: 1, installationId: NaN }]) {
    expect(() => githubApp({ privateKey: pem, ...over })).toThrow('appId')
  }
  const key = { client_email: 'e', private_key: pem }
  expect(() => googleServiceAccount({ key, scopes: Object('a b') })).toThrow('scopes')
})
