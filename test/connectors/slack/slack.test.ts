import { expect, it } from 'vitest'
import { bearer, type ConnectorOptions } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { nonMarketplaceLimits, Slack, slack as profile, type NewFile, type SlackEvents } from 'hawser/slack'
import { fakeClock, mockVendor, type MockVendor } from 'hawser/testing'
import { receiver, schemes, sign, sources } from 'hawser/webhooks'

const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: 'https://slack.com', origins: ['https://files.slack.com'], respond }, { front: 'memory' })
const client = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Slack =>
  new Slack({ auth: bearer('xoxb-of-tests'), ...vendor.options, ...options })
const not = (error: string, more: object = {}): string => JSON.stringify({ ok: false, error, ...more })
const hello = { channel: 'C1', text: 'hello' }
const posted = (): Response => Response.json({ ok: true, channel: 'C1', ts: '1.0', message: { ts: '1.0' } })

it('makes an error of an answer that is not ok, with Slack’s code and the status that it means', async () => {
  using vendor = answering(posted)
  const failing = async (error: string, more?: object): Promise<unknown> => {
    vendor.fail(200, { body: not(error, more) })
    return client(vendor)
      .chat.postMessage(hello)
      .catch((failure: unknown) => failure)
  }
  expect(await failing('channel_not_found')).toMatchObject({
    code: 'HTTP_STATUS',
    status: 404,
    vendorCode: 'channel_not_found',
  })
  expect(String(await failing('channel_not_found'))).toContain('channel_not_found')
  expect(await failing('missing_scope', { needed: 'chat:write', provided: 'users:read' })).toMatchObject({
    status: 403,
    body: { needed: 'chat:write' },
  })
  expect(await failing('something_new')).toMatchObject({ status: 400, vendorCode: 'something_new', attempts: 1 })
  const messages = ['[ERROR] missing required field: channel']
  const invalid = await failing('invalid_arguments', { response_metadata: { messages } })
  expect(String(invalid)).toContain('missing required field')
})

it('waits as long as a refusal says, whatever its status, and posts once', async () => {
  using vendor = answering(posted)
  vendor.fail(429, { retryAfterSeconds: 30, body: not('ratelimited') })
  vendor.fail(200, { headers: { 'retry-after': '20' }, body: not('ratelimited') })
  vendor.fail(200, { headers: { 'retry-after': '5' }, body: not('rate_limited') })
  expect((await client(vendor, { retry: { maxAttempts: 4 } }).chat.postMessage(hello)).ts).toBe('1.0')
  expect(vendor.clock.slept).toEqual([30_000, 20_000, 5000])
})

it('reads again after an error of Slack’s own, and does not post again', async () => {
  using vendor = answering(() => Response.json({ ok: true, user: { id: 'U1' } }))
  vendor.fail(200, { body: not('internal_error') })
  expect((await client(vendor).users.info({ user: 'U1' })).user.id).toBe('U1')
  expect(vendor.requests).toHaveLength(2)
  vendor.fail(200, { body: not('internal_error') })
  await expect(client(vendor).chat.postMessage(hello)).rejects.toMatchObject({
    status: 500,
    retryStop: 'not-idempotent',
  })
  vendor.fail(200, { body: not('request_timeout') })
  await expect(client(vendor).chat.postMessage(hello)).rejects.toMatchObject({
    status: 408,
    retryStop: 'not-idempotent',
  })
})

it('opens the circuit for a Slack that says success and means trouble', async () => {
  using vendor = answering(posted)
  vendor.fail(200, { times: 99, body: not('service_unavailable') })
  const slack = client(vendor, { retry: false })
  for (let call = 0; call < 20; call++) await slack.users.info({ user: 'U1' }).catch(() => {})
  await expect(slack.users.info({ user: 'U1' })).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' })
  using refusing = answering(posted)
  refusing.fail(200, { times: 99, body: not('channel_not_found') })
  const wrong = client(refusing)
  for (let call = 0; call < 30; call++) await wrong.conversations.info({ channel: 'C1' }).catch(() => {})
  await expect(wrong.conversations.info({ channel: 'C1' })).rejects.toMatchObject({ status: 404 })
})

it('counts each method by itself, and pauses the one that Slack refuses', async () => {
  using vendor = answering(({ url }) => Response.json({ ok: true, channel: {}, user: {}, url }))
  const slack = client(vendor, { deadline: 200_000 })
  await Promise.all(Array.from({ length: 51 }, () => slack.conversations.info({ channel: 'C1' })))
  const times = vendor.requests.map(({ at }) => at - Date.UTC(2030, 0, 1))
  expect([times[49], times[50]]).toEqual([0, expect.closeTo(60_000, -3)])
  await slack.users.info({ user: 'U1' })
  const at = vendor.clock.now
  vendor.fail(429, { retryAfterSeconds: 40, body: not('ratelimited') })
  const refused = slack.users.info({ user: 'U1' })
  await slack.users.lookupByEmail({ email: 'a@x.example' })
  expect(vendor.clock.now).toBe(at)
  await refused
  expect(vendor.clock.now - at).toBeGreaterThanOrEqual(40_000)
})

it('posts one message in a second to a channel, and to others at once', async () => {
  using vendor = answering(posted)
  const slack = client(vendor)
  const channels = ['C1', 'C2', 'C1', 'C2', 'C3']
  await Promise.all(channels.map((channel) => slack.chat.postMessage({ channel, text: 'x' })))
  const from = Date.UTC(2030, 0, 1)
  const waits = vendor.requests.map(({ at }) => at - from)
  expect(waits.slice(0, 3)).toEqual([0, 0, 0])
  for (const waitMs of waits.slice(3)) expect(waitMs).toBeGreaterThanOrEqual(1000)
  expect(Math.max(...waits)).toBeLessThan(1100)
  expect(vendor.requests.slice(0, 3).map(({ json }) => json)).toMatchObject([
    { channel: 'C1' },
    { channel: 'C2' },
    { channel: 'C3' },
  ])
})

it('keeps to the limits of an app outside of the Marketplace', async () => {
  using vendor = answering(() => Response.json({ ok: true, messages: [] }))
  const slack = client(vendor, { throttle: { limits: nonMarketplaceLimits }, deadline: 300_000 })
  const read = (): Promise<unknown> => slack.conversations.history({ channel: 'C1' }).toArray({ limit: 1 })
  await Promise.all([read(), read(), read()])
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBeGreaterThanOrEqual(120_000)
})

it('tells whose token it is, and a bad token from a missing scope', async () => {
  using vendor = answering(() => Response.json({ ok: true, user_id: 'U7', team_id: 'T1' }))
  expect(await client(vendor).check()).toEqual({ ok: true, identity: 'U7' })
  expect(vendor.requests[0]?.url).toBe('https://slack.com/api/auth.test')
  vendor.fail(200, { body: not('invalid_auth') })
  expect(await client(vendor).check()).toMatchObject({ ok: false, because: 'credential' })
  vendor.fail(200, { body: not('missing_scope') })
  expect(await client(vendor).check()).toMatchObject({ ok: false, because: 'permission' })
  vendor.fail(200, { times: 9, body: not('service_unavailable') })
  expect(await client(vendor, { retry: false }).check()).toMatchObject({ ok: false, because: 'vendor' })
})

it('refreshes the bot’s token and the user’s each by itself, and repeats the call that was refused', async () => {
  const clock = fakeClock()
  const asked: string[] = []
  const lifetimes = { expires_in: 43_200 }
  const user = { id: 'U1', scope: 'users:read', access_token: 'xoxp-1', refresh_token: 'xoxe-user-1', ...lifetimes }
  const installed = {
    ok: true,
    access_token: 'xoxb-1',
    token_type: 'bot',
    refresh_token: 'xoxe-bot-1',
    scope: 'chat:write',
    ...lifetimes,
    authed_user: user,
  }
  using vendor = mockVendor(
    {
      origin: 'https://slack.com',
      async respond(request) {
        if (new URL(request.url).pathname === '/api/oauth.v2.access') {
          const form = new URLSearchParams(await request.text())
          const refresh = form.get('refresh_token')
          asked.push(refresh ?? form.get('code') ?? '')
          if (refresh === null) return Response.json(installed)
          const kind = refresh.includes('bot')
            ? { access_token: 'xoxb-2', refresh_token: 'xoxe-bot-2' }
            : { access_token: 'xoxp-2', refresh_token: 'xoxe-user-2' }
          return Response.json({ ok: true, ...kind, ...lifetimes })
        }
        const token = request.headers.get('authorization')
        return token === 'Bearer xoxb-1' ? new Response(not('token_expired')) : Response.json({ ok: true, user: token })
      },
    },
    { clock, front: 'memory' },
  )
  const app = oauthApp({
    profile,
    clientId: 'c',
    clientSecret: 's',
    redirectUri: 'https://app.example/cb',
    scopes: ['chat:write'],
    ...vendor.options,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme', binding: 'session' })
  expect(url).not.toContain('code_challenge')
  const state = new URL(url).searchParams.get('state') ?? ''
  await app.handleCallback(`https://app.example/cb?code=code-1&state=${state}`, { binding: 'session' })
  const bot = new Slack({ auth: app.connection('acme'), ...vendor.options })
  const person = new Slack({ auth: app.connection('acme', { token: 'user' }), ...vendor.options })
  expect((await bot.auth.test()).user).toBe('Bearer xoxb-2')
  expect((await person.auth.test()).user).toBe('Bearer xoxp-1')
  clock.advance(12 * 3_600_000)
  expect((await person.auth.test()).user).toBe('Bearer xoxp-2')
  expect((await bot.auth.test()).user).toBe('Bearer xoxb-2')
  expect(asked).toEqual(['code-1', 'xoxe-bot-1', 'xoxe-user-1', 'xoxe-bot-2'])
})

it.each([
  ['internal_error', 'retry'],
  ['ratelimited', 'retry'],
  ['invalid_refresh_token', 'reauthorize'],
  ['bad_client_secret', 'configuration'],
])('takes `%s` with status 200, where tokens are asked for, for %s', async (error, failure) => {
  using vendor = answering(() => new Response(not(error)))
  const app = oauthApp({
    profile,
    clientId: 'c',
    clientSecret: 's',
    redirectUri: 'https://app.example/cb',
    ...vendor.options,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme' })
  const came = `https://app.example/cb?code=code-1&state=${new URL(url).searchParams.get('state') ?? ''}`
  await expect(app.handleCallback(came)).rejects.toMatchObject({ code: 'OAUTH', failure })
})

it('takes signed events, typed, and answers the challenge of an address', async () => {
  const heard: string[] = []
  const now = Date.UTC(2030, 0, 1)
  const secrets = ['a secret']
  const receive = receiver<SlackEvents>(sources.slack, { secrets, now: () => now })
    .on('app_mention', ({ payload }) => heard.push(`${payload.team_id} ${payload.event.text}`))
    .on('*', ({ event, key }) => heard.push(`${event} ${key}`))
  const deliver = async (value: object, secret = 'a secret'): Promise<Response> => {
    const body = JSON.stringify(value)
    const headers = { 'content-type': 'application/json' }
    const signed = sign(schemes.slack, { headers, body }, { secrets: [secret], now: () => now })
    return receive(new Request('https://app.test/slack', { method: 'POST', headers: signed.headers, body }))
  }
  const challenged = await deliver({ type: 'url_verification', challenge: 'c-1' })
  expect([challenged.status, await challenged.text()]).toEqual([200, '{"challenge":"c-1"}'])
  expect((await deliver({ type: 'url_verification', challenge: 'c-1' }, 'another')).status).toBe(401)
  const event = { type: 'app_mention', text: 'hello' }
  expect((await deliver({ type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event })).status).toBe(200)
  expect(heard.toSorted()).toEqual(['T1 hello', 'app_mention Ev1'])
})

it('shows the token in no error', async () => {
  using vendor = answering(
    () => new Response(not('invalid_auth', { response_metadata: { messages: ['bad xoxb-of-tests'] } })),
  )
  const error: unknown = await client(vendor)
    .auth.test()
    .catch((caught: unknown) => caught)
  expect(String(error)).toContain('bad ')
  expect(String(error) + JSON.stringify(error)).not.toContain('xoxb-of-tests')
})

it.each([undefined, null, 7, new ArrayBuffer(3), new Blob(['x'])])(
  'refuses a file whose content is %o before anything is sent',
  async (content) => {
    using vendor = answering(posted)
    // As plain JavaScript gives it.
    const file: NewFile = JSON.parse('{"filename":"x.bin"}')
    await expect(client(vendor).files.upload(Object.assign(file, { content }))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
    expect(vendor.requests).toEqual([])
  },
)
