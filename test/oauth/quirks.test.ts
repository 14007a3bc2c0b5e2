// What vendors answer at their token endpoints, over a real socket. The bodies are theirs as documented, or as seen.
import { expect, it } from 'vitest'
import {
  createClockOffset,
  isHawserError,
  systemRuntime,
  type AnyHawserError,
  type OAuthVendor,
  type TokenBundle,
} from 'hawser'
import { askForTokens } from '../../src/oauth/token-endpoint.ts'
import { serverOf } from '../../src/oauth/server.ts'
import { loopback } from '../support/loopback.ts'

interface Quirk {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
  readonly oauth?: OAuthVendor
}

interface Asked {
  readonly bundle?: TokenBundle
  readonly raw?: string
  readonly error?: AnyHawserError
}

async function refresh({ status = 200, headers = {}, body, oauth }: Quirk): Promise<Asked> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  await using vendor = await loopback((_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text),
  )
  const server = serverOf({
    profile: { name: 'quirky', oauth: { tokenUrl: `${vendor.url}/token`, ...oauth } },
    clientId: 'client',
    clientSecret: 'client-secret',
  })
  const runtime = { ...systemRuntime(), now: () => now, sleep: async () => {} }
  const given = { refresh_token: 'old' }
  try {
    const ask = {
      grantType: 'refresh_token',
      parameters: given,
      repeat: 'refused',
      runtime,
      clock: createClockOffset(),
    } as const
    const answer = await askForTokens(server, ask)
    expect(answer.raw).toBe(text)
    try {
      return { raw: answer.raw, bundle: answer.read() }
    } catch (error) {
      if (!isHawserError(error)) throw error
      return { raw: answer.raw, error }
    }
  } catch (error) {
    if (!isHawserError(error)) throw error
    return { error }
  }
}

const now = Date.UTC(2030, 0, 1)
const hour = { access_token: 'at', token_type: 'Bearer', expires_in: 3600, refresh_token: 'new' }
const inAnHour = now + 3_600_000

const read: readonly [string, Quirk, Record<string, unknown>][] = [
  ['a plain answer', { body: hour }, { accessToken: 'at', refreshToken: 'new', expiresAt: inAnHour, obtainedAt: now }],
  ['expires_in: "3600"', { body: { ...hour, expires_in: '3600' } }, { expiresAt: inAnHour }],
  ['expires_in: "3600s"', { body: { ...hour, expires_in: '3600s' } }, { expiresAt: inAnHour }],
  [
    'Salesforce: no expires_in, and the address of the API',
    {
      body: {
        access_token: 'at',
        instance_url: 'https://acme.my.salesforce.com',
        token_type: 'Bearer',
        issued_at: '1',
      },
      oauth: { baseUrlPath: 'instance_url', expiry: { assumeSeconds: 7200 } },
    },
    {
      baseUrl: 'https://acme.my.salesforce.com',
      expiresAt: now + 7_200_000,
      extra: expect.objectContaining({ issued_at: '1' }),
    },
  ],
  ['expires_in: null', { body: { ...hour, expires_in: null } }, { accessToken: 'at', expiresAt: undefined }],
  ['expires_in: ""', { body: { ...hour, expires_in: '' } }, { accessToken: 'at', expiresAt: undefined }],
  ['expires_in: -1', { body: { ...hour, expires_in: -1 } }, { accessToken: 'at', expiresAt: undefined }],
  ['expires_in: 1e306', { body: { ...hour, expires_in: 1e306 } }, { accessToken: 'at', expiresAt: undefined }],
  [
    'Mailchimp: expires_in: 0 means never',
    { body: { ...hour, expires_in: 0 }, oauth: { expiry: { zero: 'never', assumeSeconds: 60 } } },
    { accessToken: 'at', expiresAt: undefined },
  ],
  [
    'Fiserv: expires_in in milliseconds',
    { body: { ...hour, expires_in: 3_600_000 }, oauth: { expiry: { unit: 'milliseconds' } } },
    { expiresAt: inAnHour },
  ],
  [
    'expires_at as seconds since the epoch',
    {
      body: { access_token: 'at', expires_at: inAnHour / 1000 },
      oauth: { tokens: { main: { expiresIn: 'expires_at' } }, expiry: { unit: 'epoch-seconds' } },
    },
    { expiresAt: inAnHour },
  ],
  [
    'expires_at as a date',
    {
      body: { access_token: 'at', expires_at: '2030-01-01T01:00:00Z' },
      oauth: { tokens: { main: { expiresIn: 'expires_at' } }, expiry: { unit: 'iso-8601' } },
    },
    { expiresAt: inAnHour },
  ],
  ['scope: null', { body: { ...hour, scope: null } }, { scopes: undefined }],
  ['Twitch: scope as a list', { body: { ...hour, scope: ['a:read', 'b:read'] } }, { scopes: ['a:read', 'b:read'] }],
  [
    'scopes with commas',
    { body: { ...hour, scope: 'read,write' }, oauth: { scopeSeparator: ',' } },
    { scopes: ['read', 'write'] },
  ],
  [
    'Shopify: no token_type',
    { body: { access_token: 'at', scope: 'read_orders' } },
    { accessToken: 'at', tokenType: undefined },
  ],
  ['refresh_token: null', { body: { ...hour, refresh_token: null } }, { accessToken: 'at', refreshToken: undefined }],
  ['refresh_token: ""', { body: { ...hour, refresh_token: '' } }, { accessToken: 'at', refreshToken: undefined }],
  [
    'Slack: a bot’s token',
    { body: { ok: true, access_token: 'xoxb', token_type: 'bot', team: { id: 'T1' }, expires_in: 43200 } },
    { accessToken: 'xoxb', tokenType: undefined, extra: { ok: true, team: { id: 'T1' } } },
  ],
  [
    'GitHub: a form, where JSON was not asked for',
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'access_token=at&scope=repo%2Cgist&token_type=bearer',
      oauth: { scopeSeparator: ',' },
    },
    { accessToken: 'at', scopes: ['repo', 'gist'] },
  ],
  ['JSON as text/html', { headers: { 'content-type': 'text/html' }, body: hour }, { accessToken: 'at' }],
  ['CrowdStrike: 201', { status: 201, body: hour }, { accessToken: 'at' }],
  [
    'TikTok: all of it under `data`',
    {
      body: { data: { access_token: 'at', refresh_token: 'new', expires_in: 3600, open_id: 'u1' }, message: 'success' },
      oauth: { tokens: { main: { accessToken: 'data.access_token' } } },
    },
    {
      accessToken: 'at',
      refreshToken: 'new',
      expiresAt: inAnHour,
      extra: { data: { open_id: 'u1' }, message: 'success' },
    },
  ],
  [
    'an id_token that cannot be parsed, on a refresh',
    { body: { ...hour, id_token: 'x' } },
    { refreshToken: 'new', idToken: 'x' },
  ],
  ['an id_token: ""', { body: { ...hour, id_token: '' } }, { refreshToken: 'new', idToken: undefined }],
  [
    'a refresh token that ends, told and assumed',
    { body: { ...hour, refresh_token_expires_in: 60 }, oauth: { refreshLifetimeMs: 5 } },
    { refreshExpiresAt: now + 60_000 },
  ],
  [
    'a refresh token that ends as the vendor says elsewhere',
    { body: hour, oauth: { refreshLifetimeMs: 5 } },
    { refreshExpiresAt: now + 5 },
  ],
  [
    'fields that would be a trap for a careless reader',
    { body: '{"access_token":"at","__proto__":{"refresh_token":"polluted"},"constructor":{"x":1}}' },
    { accessToken: 'at', refreshToken: undefined },
  ],
]

it.each(read)('reads %s', async (_, quirk, expected) => {
  const { bundle, error } = await refresh(quirk)
  expect(error).toBeUndefined()
  for (const [name, value] of Object.entries(expected)) {
    expect({ [name]: Reflect.get(bundle?.['main'] ?? {}, name) }).toEqual({ [name]: value })
  }
})

const slack: OAuthVendor = { tokens: { main: {}, user: { accessToken: 'authed_user.access_token' } } }

it('reads Slack’s bot’s and user’s tokens from one answer, without either in what is left over', async () => {
  const user = {
    id: 'U1',
    access_token: 'xoxp',
    refresh_token: 'xoxe',
    scope: 'chat:write,files:read',
    token_type: 'user',
  }
  const { bundle } = await refresh({ body: { ok: true, access_token: 'xoxb', authed_user: user }, oauth: slack })
  expect(bundle).toMatchObject({
    main: { accessToken: 'xoxb' },
    user: { accessToken: 'xoxp', refreshToken: 'xoxe', scopes: ['chat:write', 'files:read'] },
  })
  expect(bundle?.['main']?.refreshToken).toBeUndefined()
  expect(bundle?.['user']?.extra).toEqual({ ok: true, authed_user: { id: 'U1' } })
})

it('reads an install of Slack’s that gives a user’s token alone', async () => {
  const { bundle } = await refresh({
    body: { ok: true, authed_user: { id: 'U1', access_token: 'xoxp' } },
    oauth: slack,
  })
  expect(Object.keys(bundle ?? {})).toEqual(['user'])
})

const refusals: readonly [string, Quirk, Record<string, unknown>][] = [
  [
    '400 invalid_grant',
    { status: 400, body: { error: 'invalid_grant' } },
    { failure: 'reauthorize', oauthCode: 'invalid_grant' },
  ],
  [
    'a 200 of Slack’s that is not ok',
    {
      body: { ok: false, error: 'invalid_client_id' },
      oauth: { isError: (b) => Reflect.get(Object(b), 'ok') === false },
    },
    { failure: 'configuration', oauthCode: 'invalid_client_id' },
  ],
  [
    'a 200 of GitHub’s with its own code',
    { body: { error: 'bad_refresh_token' }, oauth: { errorCodes: { bad_refresh_token: 'invalid_grant' } } },
    { failure: 'reauthorize', oauthCode: 'invalid_grant', status: 200 },
  ],
  [
    '400 JSON as text/plain',
    { status: 400, headers: { 'content-type': 'text/plain' }, body: { error: 'invalid_grant' } },
    { failure: 'reauthorize' },
  ],
  [
    '400 JSON without a type',
    { status: 400, headers: { 'content-type': '' }, body: { error: 'invalid_scope' } },
    { failure: 'configuration' },
  ],
  [
    '401 with a challenge',
    { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' }, body: { error: 'invalid_client' } },
    { failure: 'configuration', oauthCode: 'invalid_client' },
  ],
  [
    '400 with a challenge',
    { status: 400, headers: { 'www-authenticate': 'Bearer error="invalid_token"' }, body: { error: 'invalid_grant' } },
    { failure: 'reauthorize' },
  ],
  ['401 without a word', { status: 401, body: '' }, { failure: 'configuration' }],
  [
    'Facebook’s error as an object',
    {
      status: 400,
      body: { error: { code: 190, message: 'Expired.' } },
      oauth: { errorPath: 'error.code', errorCodes: { '190': 'invalid_grant' } },
    },
    { failure: 'reauthorize', oauthCode: 'invalid_grant', message: expect.stringContaining('“Expired.”') },
  ],
  ['an error as an object, not described', { status: 400, body: { error: { code: 4 } } }, { failure: 'protocol' }],
  ['500', { status: 500, body: { error: 'server_error' } }, { failure: 'retry', status: 500 }],
  ['500 that says invalid_grant', { status: 500, body: { error: 'invalid_grant' } }, { failure: 'retry' }],
  [
    '502 as HTML',
    { status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad gateway</h1>' },
    { failure: 'retry' },
  ],
  [
    '429',
    { status: 429, headers: { 'retry-after': '7200' }, body: { error: 'slow_down' } },
    { failure: 'retry', retryAfterMs: 7_200_000 },
  ],
  [
    '302',
    { status: 302, headers: { location: 'https://elsewhere.test/' }, body: '' },
    { failure: 'protocol', status: 302 },
  ],
  [
    'a 200 that is a page',
    { headers: { 'content-type': 'text/html' }, body: '<p>Sign in</p>' },
    { failure: 'protocol' },
  ],
  ['a 200 without a token', { body: { token: 'at' } }, { failure: 'protocol' }],
  ['a token that no header holds', { body: { ...hour, access_token: 'at\r\nx-evil: 1' } }, { failure: 'protocol' }],
  ['a 200 with a list', { body: '[1]' }, { failure: 'protocol' }],
  ['an unknown code', { status: 400, body: { error: 'odd' } }, { failure: 'configuration', oauthCode: 'odd' }],
]

it.each(refusals)('understands %s', async (_, quirk, expected) => {
  const { error } = await refresh(quirk)
  expect(error).toMatchObject({ code: 'OAUTH', vendor: 'quirky', ...expected })
})

it('keeps what it was given even where it finds no token in it', async () => {
  const { raw, error } = await refresh({ body: { token: 'at', refresh_token: 'the only one' } })
  expect(raw).toContain('the only one')
  expect(error).toMatchObject({ failure: 'protocol' })
  expect(String(error)).not.toContain('the only one')
})
