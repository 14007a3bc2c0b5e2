import { expect, it } from 'vitest'
import { authorizationServer, fakeClock, quirks } from 'hawser/testing'
import { authorize, basic, byCode, form, read, send, use, type Answer } from './asking.ts'

const start = { startAt: Date.UTC(2030, 0, 1) }
const withoutPkce = { code_challenge: undefined, code_challenge_method: undefined }
const byCodeAlone = (query: URLSearchParams): Record<string, string> => {
  const { code_verifier: _, ...asked } = byCode(query)
  return asked
}

it('answers as Slack does: a bot and its user, each with tokens of their own', async () => {
  const server = authorizationServer({ quirk: quirks.slack, clock: fakeClock(start) })
  const { query } = await authorize(server, { scope: 'chat:write,users:read', ...withoutPkce }, '/oauth/v2/authorize')
  const { body } = await read(await send(server, '/api/oauth.v2.access', form(byCodeAlone(query))))
  expect(body).toEqual({
    ok: true,
    access_token: expect.stringMatching(/^access-/),
    token_type: 'bot',
    scope: 'chat:write,users:read',
    bot_user_id: 'U0KRQLJ9H',
    expires_in: 43_200,
    refresh_token: expect.stringMatching(/^refresh-/),
    app_id: 'A0KRD7HC3',
    team: { name: 'Team', id: 'T9TK3CUKW' },
    enterprise: null,
    is_enterprise_install: false,
    authed_user: {
      id: 'user-1',
      scope: 'chat:write,users:read',
      access_token: expect.stringMatching(/^access-/),
      token_type: 'user',
      expires_in: 43_200,
      refresh_token: expect.stringMatching(/^refresh-/),
    },
  })
  const user = body['authed_user'] as { access_token: string; refresh_token: string }
  expect(user.access_token).not.toBe(body.access_token)
  expect((await use(server, user.access_token)).status).toBe(200)

  const again = form({ grant_type: 'refresh_token', refresh_token: user.refresh_token })
  const refreshed = await read(await send(server, '/api/oauth.v2.access', again))
  expect(refreshed.body).toMatchObject({ ok: true, token_type: 'user' })
  expect(refreshed.body).not.toHaveProperty('authed_user')
  // Another family: the bot's tokens are good whatever becomes of the user's.
  const reused = await read(await send(server, '/api/oauth.v2.access', again))
  expect([reused.status, reused.body]).toEqual([200, { ok: false, error: 'invalid_refresh_token' }])
  expect([server.isLive(body.access_token), server.isLive(refreshed.body.access_token)]).toEqual([true, false])
  const used = await read(await send(server, '/api/oauth.v2.access', form(byCodeAlone(query))))
  expect(used.body).toEqual({ ok: false, error: 'invalid_code' })
})

it('answers as Slack does for a user alone', async () => {
  const server = authorizationServer({ quirk: quirks.slackUser })
  const { query } = await authorize(server, { scope: 'search:read', ...withoutPkce }, '/oauth/v2/authorize')
  const { body } = await read(await send(server, '/api/oauth.v2.access', form(byCodeAlone(query))))
  expect(Object.keys(body)).toEqual(['ok', 'app_id', 'team', 'enterprise', 'is_enterprise_install', 'authed_user'])
  expect(body['authed_user']).toMatchObject({ id: 'user-1', token_type: 'user', scope: 'search:read' })
})

it('answers as GitHub does: forms unless JSON is asked for, refusals with status 200', async () => {
  const server = authorizationServer({ quirk: quirks.github })
  const { refreshToken } = server.connect({ scope: 'repo gist' })
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const response = await send(server, '/login/oauth/access_token', form(fields, { accept: '*/*' }))
  expect(response.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
  const answered = Object.fromEntries(new URLSearchParams(await response.text()))
  expect(answered).toEqual({
    access_token: expect.stringMatching(/^access-/),
    expires_in: '28800',
    refresh_token: expect.stringMatching(/^refresh-/),
    refresh_token_expires_in: '15811200',
    scope: 'repo,gist',
    token_type: 'bearer',
  })
  const refused = await send(server, '/login/oauth/access_token', form(fields, { accept: '*/*' }))
  expect(refused.status).toBe(200)
  expect(new URLSearchParams(await refused.text()).get('error')).toBe('bad_refresh_token')
  const kept = authorizationServer({ quirk: quirks.github, rotation: 'reusable', accessTokenMs: Infinity })
  const again = { grant_type: 'refresh_token', refresh_token: kept.connect().refreshToken }
  const bare = await send(kept, '/login/oauth/access_token', form(again, { accept: '*/*' }))
  // What there is nothing of is left out.
  expect([...new URLSearchParams(await bare.text()).keys()].toSorted()).toEqual([
    'access_token',
    'refresh_token_expires_in',
    'scope',
    'token_type',
  ])
  const json = await read(await send(server, '/login/oauth/access_token', form(byCode(new URLSearchParams('code=x')))))
  expect([json.status, json.body.error]).toEqual([200, 'bad_verification_code'])
  const device = await read(await send(server, '/login/device/code', form({ scope: 'repo' })))
  expect(device.body['verification_uri']).toBe('https://github.com/login/device')
})

it('answers as Salesforce does: no life time, and where the API is', async () => {
  const server = authorizationServer({ quirk: quirks.salesforce, clock: fakeClock(start) })
  const { query } = await authorize(server, { scope: 'api refresh_token' }, '/services/oauth2/authorize')
  const { body } = await read(await send(server, '/services/oauth2/token', form(byCode(query))))
  expect(body).toMatchObject({
    instance_url: 'https://example.my.salesforce.com',
    id: 'https://login.salesforce.com/id/00Dx0000000BV7zEAG/user-1',
    issued_at: '1893456000000',
    token_type: 'Bearer',
  })
  expect(body).not.toHaveProperty('expires_in')
})

it('answers as Mailchimp does: `expires_in` 0 means never', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ quirk: quirks.mailchimp, clock })
  const { query } = await authorize(server, {}, '/oauth2/authorize')
  const { body } = await read(await send(server, '/oauth2/token', form(byCode(query))))
  expect(body).toEqual({ access_token: expect.any(String), expires_in: 0, scope: null })
  clock.advance(1e13)
  expect((await use(server, body.access_token)).status).toBe(200)
})

it('answers as Shopify does: no type, ninety days, a used refresh token until the next one is used', async () => {
  const server = authorizationServer({ quirk: quirks.shopify })
  const { query } = await authorize(server, { scope: 'read_orders,write_orders' }, '/admin/oauth/authorize')
  const { body } = await read(await send(server, '/admin/oauth/access_token', form(byCode(query))))
  expect(body).toEqual({
    access_token: expect.any(String),
    scope: 'read_orders,write_orders',
    expires_in: 3600,
    refresh_token: expect.any(String),
    refresh_token_expires_in: 7_776_000,
  })
  const again = form({ grant_type: 'refresh_token', refresh_token: body.refresh_token })
  const refreshed = [
    await read(await send(server, '/admin/oauth/access_token', again)),
    await read(await send(server, '/admin/oauth/access_token', again)),
  ]
  expect(refreshed.map(({ status }) => status)).toEqual([200, 200])
  await use(server, refreshed[1]?.body.access_token ?? '')
  expect((await send(server, '/admin/oauth/access_token', again)).status).toBe(400)
})

it('answers as Notion does: JSON there and back, with Basic', async () => {
  const server = authorizationServer({ quirk: quirks.notion })
  const { query } = await authorize(server, {}, '/v1/oauth/authorize')
  const { body } = await read(
    await send(server, '/v1/oauth/token', {
      method: 'POST',
      headers: { ...basic('client', 'secret'), 'content-type': 'application/json' },
      body: JSON.stringify(byCode(query)),
    }),
  )
  expect(body).toMatchObject({ token_type: 'bearer', bot_id: 'bot-user-1', owner: { workspace: true } })
  expect(body).not.toHaveProperty('expires_in')
})

it('answers as TikTok does: tokens in `data`, asked for with a `client_key`', async () => {
  const server = authorizationServer({ quirk: quirks.tiktok })
  const fields = { client_id: undefined, client_key: 'client', scope: 'user.info.basic,video.list' }
  const { query } = await authorize(server, fields, '/platform/oauth/connect')
  const asked = new URLSearchParams({ client_key: 'client', client_secret: 'secret', ...byCode(query) })
  const { body } = await read(await send(server, `/oauth/access_token/?${asked.toString()}`, { method: 'POST' }))
  const data = body['data'] as Record<string, unknown>
  expect(body).toEqual({ message: 'success', data: expect.anything() })
  expect(data).toMatchObject({
    open_id: 'user-1',
    scope: 'user.info.basic,video.list',
    expires_in: 86_400,
    error_code: 0,
  })
  const next = new URLSearchParams({
    client_key: 'client',
    grant_type: 'refresh_token',
    refresh_token: String(data['refresh_token']),
  })
  const path = `/oauth/refresh_token/?${next.toString()}`
  expect((await read(await send(server, path, { method: 'POST' }))).body).toHaveProperty('data.access_token')
  const refused = await read(await send(server, path, { method: 'POST' }))
  expect([refused.status, refused.body]).toMatchObject([200, { message: 'error', data: { error_code: 10_007 } }])
})

it('answers as Facebook does: a GET, and errors that are objects', async () => {
  const server = authorizationServer({ quirk: quirks.facebook })
  const { query } = await authorize(server, { scope: 'email,public_profile' }, '/dialog/oauth')
  const asked = new URLSearchParams({ client_id: 'client', client_secret: 'secret', ...byCode(query) })
  const ask = async (): Promise<Answer> => read(await send(server, `/oauth/access_token?${asked.toString()}`, {}))
  expect((await ask()).body).toEqual({
    access_token: expect.any(String),
    token_type: 'bearer',
    expires_in: 5_184_000,
  })
  const { status, body } = await ask()
  expect([status, body]).toMatchObject([400, { error: { type: 'OAuthException', code: 190 } }])
})

it('answers as WeChat does: `appid`, `secret` and numbers for errors', async () => {
  const server = authorizationServer({ quirk: quirks.wechat })
  const fields = { client_id: undefined, appid: 'client', scope: 'snsapi_userinfo' }
  const { query } = await authorize(server, fields, '/connect/oauth2/authorize')
  const asked = new URLSearchParams({ appid: 'client', secret: 'secret', ...byCode(query) })
  const ask = async (): Promise<Answer> => read(await send(server, `/sns/oauth2/access_token?${asked.toString()}`, {}))
  const { body } = await ask()
  expect(body).toMatchObject({ expires_in: 7200, openid: 'user-1', scope: 'snsapi_userinfo' })
  expect(await ask()).toMatchObject({ status: 200, body: { errcode: 40_029 } })
  const next = new URLSearchParams({ appid: 'client', grant_type: 'refresh_token', refresh_token: body.refresh_token })
  expect((await read(await send(server, `/sns/oauth2/refresh_token?${next.toString()}`, {}))).status).toBe(200)
  server.disconnect(body.refresh_token)
  const refused = await read(await send(server, `/sns/oauth2/refresh_token?${next.toString()}`, {}))
  expect(refused.body).toMatchObject({ errcode: 40_030 })
})

it('sends Amazon’s code under its own name', async () => {
  const server = authorizationServer({ quirk: quirks.amazonSellers })
  const fields = { client_id: undefined, application_id: 'client' }
  const { query } = await authorize(server, fields, '/apps/authorize/consent')
  expect([...query.keys()]).toEqual(['spapi_oauth_code', 'state'])
  const asked = form(byCode(query, 'spapi_oauth_code'))
  expect((await send(server, '/auth/o2/token', asked)).status).toBe(200)
})

it('writes the numbers of Microsoft’s first version as texts', async () => {
  const server = authorizationServer({ quirk: quirks.microsoftV1, clock: fakeClock(start) })
  const { refreshToken } = server.connect()
  const { body } = await read(
    await send(server, '/common/oauth2/token', form({ grant_type: 'refresh_token', refresh_token: refreshToken })),
  )
  expect(body).toMatchObject({ expires_in: '3600', expires_on: '1893459600' })
})

it.each([quirks.google, quirks.offlineScope, quirks.entra])(
  'gives no refresh token unless asked for one (%o)',
  async (quirk) => {
    const server = authorizationServer({ quirk })
    const { authorize: path = '/authorize', token = '/token' } = quirk.paths ?? {}
    const connected = async (fields: Record<string, string>): Promise<boolean> => {
      const { query } = await authorize(server, fields, path)
      const { body } = await read(await send(server, token, form(byCode(query))))
      return 'refresh_token' in body
    }
    expect(await connected({ scope: 'read' })).toBe(false)
    expect(await connected({ scope: 'offline_access', access_type: 'offline' })).toBe(true)
  },
)

it.each([
  [quirks.xero, 30 * 60_000],
  [quirks.atlassian, 10 * 60_000],
  [quirks.auth0, 60_000],
  [quirks.okta, 30_000],
])('keeps a used refresh token as long as the vendor does (%o)', async (quirk, graceMs) => {
  const clock = fakeClock()
  const server = authorizationServer({ quirk, clock })
  const again = form({ grant_type: 'refresh_token', refresh_token: server.connect().refreshToken })
  const path = quirk.paths?.token ?? ''
  await send(server, path, again)
  clock.advance(graceMs - 1)
  expect((await send(server, path, again)).status).toBe(200)
  clock.advance(1)
  expect((await send(server, path, again)).status).toBe(400)
})

it('ends Atlassian’s access token with its refresh token, and not Xero’s', async () => {
  for (const [quirk, live] of [
    [quirks.atlassian, false],
    [quirks.xero, true],
  ] as const) {
    const server = authorizationServer({ quirk })
    const { accessToken, refreshToken } = server.connect()
    await send(server, quirk.paths?.token ?? '', form({ grant_type: 'refresh_token', refresh_token: refreshToken }))
    expect(server.isLive(accessToken)).toBe(live)
  }
})

it('keeps GitLab’s used refresh token until the new access token is used', async () => {
  const server = authorizationServer({ quirk: quirks.gitlab })
  const again = form({ grant_type: 'refresh_token', refresh_token: server.connect().refreshToken })
  await send(server, '/oauth/token', again)
  const { body } = await read(await send(server, '/oauth/token', again))
  await use(server, body.access_token)
  expect((await send(server, '/oauth/token', again)).status).toBe(400)
})
