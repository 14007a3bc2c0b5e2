import { expect, it } from 'vitest'
import { oauthApp, type DevicePrompt, type OAuthApp } from 'hawser/oauth'
import { fakeClock, mockVendor, type MockVendor } from 'hawser/testing'
import { afterPoll, type DevicePoll, type PollOutcome } from '../../src/oauth/device-poll.ts'
import { failureOf } from '../support/loopback.ts'
import { oidc } from '../support/oidc.ts'

const waiting: DevicePoll = { at: 'waiting', intervalMs: 5_000, until: 600_000 }

it.each<[PollOutcome, number, DevicePoll]>([
  ['pending', 0, waiting],
  ['slow-down', 0, { ...waiting, intervalMs: 10_000 }],
  ['unreachable', 0, { ...waiting, intervalMs: 10_000 }],
  ['granted', 0, { at: 'over', because: 'granted' }],
  ['refused', 0, { at: 'over', because: 'refused' }],
  ['expired', 0, { at: 'over', because: 'expired' }],
  ['pending', 594_999, waiting],
  ['pending', 595_000, { at: 'over', because: 'expired' }],
  ['slow-down', 590_000, { at: 'over', because: 'expired' }],
])('after %s at %i', (outcome, now, next) => {
  expect(afterPoll(waiting, outcome, now)).toEqual(next)
})

it('stays over', () => {
  const over: DevicePoll = { at: 'over', because: 'refused' }
  expect(afterPoll(over, 'granted', 0)).toBe(over)
})

const code = {
  device_code: 'dc',
  user_code: 'ABCD',
  verification_uri: 'https://auth.test/device',
  expires_in: 60,
  interval: 5,
}

function vendorWith(answers: readonly (() => Response)[], begin: object = code): MockVendor {
  let asked = 0
  return mockVendor({
    origin: 'https://auth.test',
    respond: ({ url }) =>
      url.endsWith('/begin')
        ? Response.json(begin)
        : (answers[Math.min(asked++, answers.length - 1)] ?? Response.error)(),
  })
}
const appOf = (vendor: MockVendor): OAuthApp =>
  oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: 'https://auth.test',
      oauth: { tokenUrl: 'https://auth.test/token', deviceUrl: 'https://auth.test/begin' },
    },
    clientId: 'tv',
    scopes: ['read'],
    ...vendor.options,
  })
const error =
  (name: string, status = 400) =>
  (): Response =>
    Response.json({ error: name }, { status })
const tokens = (): Response => Response.json({ access_token: 'at', refresh_token: 'rt', token_type: 'Bearer' })

it('waits as long as the server asks, and longer where it is told to slow down', async () => {
  using vendor = vendorWith([
    error('authorization_pending'),
    error('slow_down'),
    error('authorization_pending'),
    tokens,
  ])
  const prompts: DevicePrompt[] = []
  const since = vendor.clock.now
  const login = await appOf(vendor).device({ connection: 'tv', onPrompt: (prompt) => prompts.push(prompt) })
  expect(login).toEqual({ connection: 'tv', scopes: ['read'], missingScopes: [] })
  expect(vendor.clock.slept).toEqual([5_000, 5_000, 10_000, 10_000])
  expect(prompts).toEqual([
    { userCode: 'ABCD', url: 'https://auth.test/device', urlWithCode: undefined, expiresAt: since + 60_000 },
  ])
  const [, poll] = vendor.requests
  expect(Object.fromEntries(new URLSearchParams(poll?.body))).toEqual({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: 'dc',
    client_id: 'tv',
  })
})

it('asks again, more slowly, while the server cannot answer', async () => {
  using vendor = vendorWith([error('server_error', 503), tokens])
  await appOf(vendor).device({ connection: 'tv', onPrompt: () => {} })
  expect(vendor.clock.slept).toEqual([5_000, 10_000])
})

it.each([
  ['access_denied', 'access_denied', 1],
  ['expired_token', 'expired_token', 1],
  ['authorization_pending', 'expired_token', 11],
])('ends with an error of its own at %s', async (answer, oauthCode, polls) => {
  using vendor = vendorWith([error(answer)])
  const app = appOf(vendor)
  const failure = await failureOf(app.device({ connection: 'tv', onPrompt: () => {} }))
  expect(failure).toMatchObject({ code: 'OAUTH', failure: 'reauthorize', oauthCode })
  expect(vendor.requests).toHaveLength(1 + polls)
  expect(await app.tokens('tv')).toBeUndefined()
})

it('ends its wait at an abort', async () => {
  using vendor = vendorWith([error('authorization_pending')])
  const controller = new AbortController()
  const login = appOf(vendor).device({
    connection: 'tv',
    signal: controller.signal,
    onPrompt: () => controller.abort(),
  })
  expect(await failureOf(login)).toMatchObject({ code: 'ABORTED' })
  expect(vendor.requests).toHaveLength(1)
})

it('reads the address under the name that Google gives it, and intervals as text', async () => {
  const { verification_uri: _, ...others } = code
  using vendor = vendorWith([tokens], { ...others, verification_url: 'https://google.test/device', interval: '7' })
  const prompts: DevicePrompt[] = []
  await appOf(vendor).device({ connection: 'tv', onPrompt: (prompt) => prompts.push(prompt) })
  expect(prompts[0]?.url).toBe('https://google.test/device')
  expect(vendor.clock.slept).toEqual([7_000])
})

it('refuses a device login with a vendor that has none', async () => {
  const oauth = { tokenUrl: 'https://auth.test/token' }
  const app = oauthApp({
    profile: { name: 'v', baseUrl: 'https://v.test', oauth },
    clientId: 'c',
    runtime: fakeClock().runtime,
  })
  expect(await failureOf(app.device({ connection: 'x', onPrompt: () => {} }))).toMatchObject({ code: 'CONFIGURATION' })
})

it('logs in with oidc-provider’s device flow', async () => {
  await using server = await oidc([
    {
      client_id: 'tv',
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      redirect_uris: [],
      response_types: [],
    },
  ])
  const clock = fakeClock({ startAt: Date.now() })
  const app = oauthApp({
    profile: { name: 'v', baseUrl: server.issuer, oauth: { issuer: server.issuer, discover: true } },
    clientId: 'tv',
    scopes: ['openid', 'offline_access'],
    runtime: clock.runtime,
  })
  const login = await app.device({ connection: 'tv', onPrompt: ({ userCode }) => approve(server.provider, userCode) })
  expect(login).toMatchObject({ connection: 'tv', missingScopes: [], claims: { sub: expect.any(String), aud: 'tv' } })
  expect(Object.keys((await app.tokens('tv')) ?? {})).toEqual(['main'])
})

/** Does what the user would do on the other device. */
async function approve(provider: Awaited<ReturnType<typeof oidc>>['provider'], userCode: string): Promise<void> {
  const found = await provider.DeviceCode.findByUserCode(userCode.replaceAll('-', ''))
  if (!found) throw new Error('There is no such code.')
  const grant = new provider.Grant({ accountId: 'user-1', clientId: 'tv' })
  grant.addOIDCScope('openid offline_access')
  Object.assign(found, { accountId: 'user-1', grantId: await grant.save(), scope: 'openid offline_access' })
  await found.save()
}

it('waits for no first question that would come after the end of the code', async () => {
  using vendor = vendorWith([tokens], { ...code, interval: 1e9 })
  const failure = await failureOf(appOf(vendor).device({ connection: 'tv', onPrompt: () => {} }))
  expect(failure).toMatchObject({ failure: 'reauthorize', oauthCode: 'expired_token' })
  expect(vendor.clock.slept).toEqual([])
  expect(vendor.requests).toHaveLength(1)
})

it.each(['', 'half \ud800'])(
  'refuses a device login for the connection %j before anyone is asked',
  async (connection) => {
    using vendor = vendorWith([tokens])
    const failure = await failureOf(appOf(vendor).device({ connection, onPrompt: () => {} }))
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST' })
    expect(vendor.requests).toHaveLength(0)
  },
)

it('stores no tokens of a device whose id_token is not to be believed', async () => {
  using vendor = mockVendor({
    origin: 'https://auth.test',
    respond: ({ url }) =>
      Response.json(
        url.endsWith('/begin')
          ? code
          : url.endsWith('/keys')
            ? { keys: [] }
            : { access_token: 'at', id_token: 'a.b.c' },
      ),
  })
  const oauth = {
    tokenUrl: 'https://auth.test/token',
    deviceUrl: 'https://auth.test/begin',
    jwksUrl: 'https://auth.test/keys',
  }
  const app = oauthApp({
    profile: { name: 'vendor', baseUrl: 'https://auth.test', oauth },
    clientId: 'tv',
    scopes: ['openid'],
    ...vendor.options,
  })
  const failure = await failureOf(app.device({ connection: 'tv', onPrompt: () => {} }))
  expect(failure).toMatchObject({ failure: 'protocol', message: expect.stringContaining('id_token') })
  expect(await app.tokens('tv')).toBeUndefined()
})
