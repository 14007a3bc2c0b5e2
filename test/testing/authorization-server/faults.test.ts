import { expect, it } from 'vitest'
import { Connector, NetworkError, bearer, systemRuntime, type VendorProfile } from 'hawser'
import { authorizationServer, fakeClock, mockVendor, tokenFaults, type TokenFault } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'
import { served } from '../../support/served.ts'
import { ask, refresh } from './asking.ts'

it('drops a connection before the work, and the token is as good as it was', async () => {
  const server = authorizationServer()
  const { refreshToken } = server.connect()
  server.strike(tokenFaults.dropBefore())
  const error = await failureOf(refresh(server, refreshToken))
  expect(error).toBeInstanceOf(NetworkError)
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

it.each([tokenFaults.dropAfter(), tokenFaults.crashAfterRotate(), tokenFaults.garbage()])(
  'loses an answer after the work: a strict server takes the second try for reuse (%o)',
  async (fault) => {
    const server = authorizationServer()
    const { refreshToken } = server.connect()
    server.strike(fault)
    await refresh(server, refreshToken).catch(() => {})
    expect((await refresh(server, refreshToken)).body.error).toBe('invalid_grant')
    expect(server.counters).toMatchObject({ refreshes: 1, reuseDetections: 1, familiesRevoked: 1 })
  },
)

it('lets the second try through where there is grace', async () => {
  const server = authorizationServer({ rotation: 'until-first-use' })
  const { refreshToken } = server.connect()
  server.strike(tokenFaults.dropAfter())
  await failureOf(refresh(server, refreshToken))
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

it.each<[TokenFault, number, string]>([
  [tokenFaults.rateLimited(30), 429, 'retry-after: 30'],
  [tokenFaults.unavailable(), 503, 'content-type: application/json'],
  [tokenFaults.unavailable(500), 500, 'content-type: application/json'],
  [tokenFaults.badGateway(), 502, 'content-type: text/html'],
  [tokenFaults.redirect('https://elsewhere.test/'), 302, 'location: https://elsewhere.test/'],
])('answers with %o, and the work is not done', async (fault, status, header) => {
  const server = authorizationServer()
  const { refreshToken } = server.connect()
  server.strike(fault)
  const response = await ask(server, '/token', { grant_type: 'refresh_token', refresh_token: refreshToken })
  expect(response.status).toBe(status)
  expect([...response.headers].map((pair) => pair.join(': '))).toContain(header)
  expect(server.counters.refreshes).toBe(0)
  expect((await refresh(server, refreshToken)).status).toBe(200)
})

it('is slow on the virtual clock, and does the work at once', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ clock })
  const { refreshToken } = server.connect()
  server.strike(tokenFaults.slow(90_000))
  const started = clock.now
  const slow = refresh(server, refreshToken)
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.isLive(refreshToken)).toBe(false)
  expect((await slow).status).toBe(200)
  expect(clock.now - started).toBe(90_000)
})

it('tells a wrong time', async () => {
  const clock = fakeClock({ startAt: 0 })
  const server = authorizationServer({ clock })
  const { refreshToken } = server.connect()
  server.strike(tokenFaults.skewedDate(-600_000))
  const { headers, body } = await refresh(server, refreshToken)
  expect(headers.get('date')).toBe('Wed, 31 Dec 1969 23:50:00 GMT')
  const right = await refresh(server, body.refresh_token)
  expect(right.headers.get('date')).toBe('Thu, 01 Jan 1970 00:00:00 GMT')
  server.strike(tokenFaults.skewedDate(86_400_000), { times: Infinity })
  for (const _ of [1, 2]) expect((await refresh(server, '')).headers.get('date')).toBe('Fri, 02 Jan 1970 00:00:00 GMT')
})

it('strikes in the order of the script, and only the grants it is told', async () => {
  const server = authorizationServer()
  const { refreshToken } = server.connect()
  server.strike(tokenFaults.unavailable(), { grant: 'refresh_token' })
  server.strike(tokenFaults.rateLimited(1), { times: 2 })
  const client = { grant_type: 'client_credentials' }
  expect((await ask(server, '/token', client)).status).toBe(429)
  expect((await refresh(server, refreshToken)).status).toBe(503)
  expect((await refresh(server, refreshToken)).status).toBe(429)
  expect((await ask(server, '/token', client)).status).toBe(200)
  expect(server.tokenRequests.map(({ grantType, status, fault }) => [grantType, status, fault])).toEqual([
    ['client_credentials', 429, 'answer'],
    ['refresh_token', 503, 'answer'],
    ['refresh_token', 429, 'answer'],
    ['client_credentials', 200, undefined],
  ])
})

it('strikes by chance as often as it is told, and the same requests with the same seed', async () => {
  const struck = async (seed: number): Promise<string> => {
    const faults = [
      { fault: tokenFaults.dropAfter(), probability: 0.2 },
      { fault: tokenFaults.unavailable(), probability: 0.1 },
    ]
    const server = authorizationServer({ rotation: 'reusable', chaos: { seed, faults, grant: 'refresh_token' } })
    const { refreshToken } = server.connect()
    for (let times = 0; times < 500; times++) await refresh(server, refreshToken).catch(() => {})
    await ask(server, '/token', { grant_type: 'client_credentials' })
    return server.tokenRequests.map(({ fault }) => (fault ?? '.').slice(0, 1)).join('')
  }
  const [one, same, other] = [await struck(1), await struck(1), await struck(2)]
  expect(same).toBe(one)
  expect(other).not.toBe(one)
  const count = (kind: string): number => one.split(kind).length - 1
  // Four standard deviations around 100 and 50 of 500.
  expect(Math.abs(count('d') - 100)).toBeLessThan(36)
  expect(Math.abs(count('a') - 50)).toBeLessThan(27)
  expect(one.endsWith('.')).toBe(true)
})

it('breaks a real connection, and runs on the real clock', async () => {
  const server = authorizationServer({ clock: { runtime: systemRuntime() }, latencyMs: 5 })
  await using socket = await served(server)
  const { refreshToken, accessToken } = server.connect()
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: 'client',
    client_secret: 'secret',
  })
  server.strike(tokenFaults.dropAfter())
  const error = await failureOf(fetch(`${socket.url}/token`, { method: 'POST', body }))
  expect(error).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
  expect((await fetch(`${socket.url}/token`, { method: 'POST', body })).status).toBe(400)
  const headers = { authorization: `Bearer ${accessToken}` }
  const refused = await fetch(`${socket.url}/resource`, { headers })
  expect(refused.status).toBe(401)
  expect(Math.abs(Date.parse(refused.headers.get('date') ?? '') - Date.now())).toBeLessThan(10_000)
})

class Api extends Connector {
  static override readonly profile: VendorProfile = { name: 'api', baseUrl: 'https://auth.test' }
}

it('stands behind a mock vendor, where a dropped connection looks like one', async () => {
  const server = authorizationServer()
  using vendor = mockVendor(server)
  const { accessToken } = server.connect({ scope: 'read' })
  const { http } = new Api({ auth: bearer(accessToken), ...vendor.options })
  expect(await http.get('/resource')).toEqual({ subject: 'user-1', client_id: 'client', scope: 'read' })
  server.strike(tokenFaults.dropAfter())
  const lost = http.post('/token', { form: { grant_type: 'client_credentials' } })
  expect(await failureOf(lost)).toMatchObject({ code: 'NETWORK', reason: 'ECONNRESET', attempts: 1 })
  server.disconnect(accessToken)
  expect(await failureOf(http.get('/resource'))).toMatchObject({ status: 401 })
})
