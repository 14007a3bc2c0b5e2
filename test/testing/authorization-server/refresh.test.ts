import { expect, it } from 'vitest'
import { authorizationServer, fakeClock } from 'hawser/testing'
import { ask, basic, refresh, use } from './asking.ts'

it('rotates strictly: a used token ends the family, the winner’s tokens included', async () => {
  const server = authorizationServer()
  const { accessToken, refreshToken } = server.connect({ scope: 'read' })
  const first = await refresh(server, refreshToken)
  expect(first.status).toBe(200)
  expect(first.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'read' })
  expect(first.body.refresh_token).not.toBe(refreshToken)
  expect((await use(server, accessToken)).status).toBe(200)

  const again = await refresh(server, refreshToken)
  expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
  expect((await refresh(server, first.body.refresh_token)).body.error).toBe('invalid_grant')
  expect((await use(server, first.body.access_token)).status).toBe(401)
  expect((await use(server, accessToken)).status).toBe(401)
  expect(server.counters).toEqual({
    refreshes: 1,
    reissues: 0,
    maxParallelRefreshes: 1,
    reuseDetections: 1,
    familiesRevoked: 1,
    requests: { refresh_token: 3 },
  })
})

it('leaves other families alone', async () => {
  const server = authorizationServer()
  const [one, other] = [server.connect(), server.connect({ subject: 'user-2' })]
  await refresh(server, one.refreshToken)
  await refresh(server, one.refreshToken)
  expect((await use(server, other.accessToken)).body.subject).toBe('user-2')
  expect((await refresh(server, other.refreshToken)).status).toBe(200)
})

it('answers a used token for as long as the grace lasts, and not one older', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ clock, rotation: { kind: 'grace', graceMs: 30_000 } })
  const { refreshToken } = server.connect()
  const lost = await refresh(server, refreshToken)
  clock.advance(29_999)
  const found = await refresh(server, refreshToken)
  expect(found.status).toBe(200)
  expect(server.isLive(lost.body.refresh_token)).toBe(true)
  expect(server.counters).toMatchObject({ refreshes: 2, reissues: 1, reuseDetections: 0 })
  clock.advance(1)
  expect(server.isLive(refreshToken)).toBe(false)
  expect((await refresh(server, refreshToken)).body.error).toBe('invalid_grant')
  expect(server.isLive(found.body.access_token)).toBe(false)
})

it('ends a family within the grace where a token comes from before the last one', async () => {
  const server = authorizationServer({ rotation: { kind: 'grace', graceMs: 30_000 } })
  const { refreshToken } = server.connect()
  const { body } = await refresh(server, refreshToken)
  await refresh(server, body.refresh_token)
  expect((await refresh(server, refreshToken)).status).toBe(400)
  expect(server.counters.familiesRevoked).toBe(1)
})

it('keeps a used token until the access token that replaced its own is used', async () => {
  const server = authorizationServer({ rotation: 'until-first-use' })
  const { accessToken, refreshToken } = server.connect()
  await refresh(server, refreshToken)
  await use(server, accessToken)
  const second = await refresh(server, refreshToken)
  expect(second.status).toBe(200)
  await use(server, second.body.access_token)
  expect((await refresh(server, refreshToken)).body.error).toBe('invalid_grant')
  // The vendors that do so end no family for it.
  expect((await refresh(server, second.body.refresh_token)).status).toBe(200)
  expect([server.counters.reuseDetections, server.counters.familiesRevoked]).toEqual([1, 0])
})

it('gives no new refresh token where it is reusable', async () => {
  const server = authorizationServer({ rotation: 'reusable' })
  const { refreshToken } = server.connect()
  for (let times = 0; times < 3; times++) {
    const { status, body } = await refresh(server, refreshToken)
    expect([status, body.refresh_token]).toEqual([200, undefined])
  }
  expect(server.counters.refreshes).toBe(3)
})

it('lets access tokens and refresh tokens expire on the clock', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ clock, accessTokenMs: 60_000, refreshTokenMs: 120_000 })
  const { accessToken, refreshToken } = server.connect()
  clock.advance(59_999)
  expect((await use(server, accessToken)).status).toBe(200)
  clock.advance(1)
  const refused = await use(server, accessToken)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
  const { body } = await refresh(server, refreshToken)
  expect(body.expires_in).toBe(60)
  clock.advance(120_000)
  expect((await refresh(server, body.refresh_token)).body.error).toBe('invalid_grant')
})

it('ends the old access token with a refresh where it is told to', async () => {
  const server = authorizationServer({ refreshEndsAccessTokens: true })
  const { accessToken, refreshToken } = server.connect()
  const { body } = await refresh(server, refreshToken)
  expect((await use(server, accessToken)).status).toBe(401)
  expect((await use(server, body.access_token)).status).toBe(200)
})

it('narrows a scope, and widens none', async () => {
  const server = authorizationServer()
  const { refreshToken } = server.connect({ scope: 'read write' })
  expect((await refresh(server, refreshToken, { scope: 'read admin' })).body.error).toBe('invalid_scope')
  const { body } = await refresh(server, refreshToken, { scope: 'read' })
  expect(body.scope).toBe('read')
  // What the user consented to stays. @see https://www.rfc-editor.org/rfc/rfc6749#section-6
  expect((await refresh(server, body.refresh_token)).body.scope).toBe('read write')
})

it('gives a token to the client that it belongs to, and to nobody else', async () => {
  const clients = ['one', 'two'].map((id) => ({ id, secret: `${id}-secret` }))
  const server = authorizationServer({ clients })
  const { accessToken, refreshToken } = server.connect({ clientId: 'one' })
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const other = await ask(server, '/token', fields, basic('two', 'two-secret'))
  expect(other.body.error).toBe('invalid_grant')
  const wrong = await ask(server, '/token', fields, basic('one', 'two-secret'))
  expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
  expect(wrong.headers.get('www-authenticate')).toBe('Basic realm="oauth"')
  expect(
    (await ask(server, '/token', { ...fields, refresh_token: accessToken }, basic('one', 'one-secret'))).status,
  ).toBe(400)
  expect((await ask(server, '/token', fields, basic('one', 'one-secret'))).status).toBe(200)
})

it('counts how many refreshes of one connection overlap', async () => {
  const server = authorizationServer({ latencyMs: 50, rotation: 'reusable' })
  const [one, other] = [server.connect(), server.connect()]
  await Promise.all([one, one, one, other].map(({ refreshToken }) => refresh(server, refreshToken)))
  await refresh(server, one.refreshToken)
  expect(server.counters.maxParallelRefreshes).toBe(3)
})

it('ends a grant when the user disconnects it', async () => {
  const server = authorizationServer()
  const { accessToken, refreshToken } = server.connect()
  server.disconnect(accessToken)
  expect([server.isLive(accessToken), server.isLive(refreshToken)]).toEqual([false, false])
  expect((await refresh(server, refreshToken)).body.error).toBe('invalid_grant')
  expect(server.counters.reuseDetections).toBe(0)
})
