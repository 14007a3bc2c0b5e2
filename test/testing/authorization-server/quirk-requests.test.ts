import * as oauth from 'openid-client'
import { expect, it } from 'vitest'
import { authorizationServer, quirks, tokenFaults, type AuthorizationServer } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'
import { authorize, basic, byCode, form, refresh, send } from './asking.ts'
import { strictClient } from './strict-client.ts'

const clientCredentials = { grant_type: 'client_credentials', client_id: 'client', client_secret: 'secret' }
const xml = `<r>${Object.entries(clientCredentials)
  .map(([name, value]) => `<${name}>${value}</${name}>`)
  .join('')}</r>`
const query = `/token?${new URLSearchParams(clientCredentials).toString()}`

it.each([
  [
    'json',
    quirks.jsonRequests,
    '/token',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(clientCredentials) },
  ],
  ['xml', quirks.xmlRequests, '/token', { method: 'POST', headers: { 'content-type': 'application/xml' }, body: xml }],
  ['query', quirks.queryRequests, query, { method: 'POST' }],
  ['get', quirks.getRequests, query, { method: 'GET' }],
] as const)('takes token requests in %s where the vendor does, and nowhere else', async (_, quirk, path, init) => {
  expect((await send(authorizationServer({ quirk }), path, init)).status).toBe(200)
  expect((await send(authorizationServer(), path, init)).status).toBe(400)
  expect((await send(authorizationServer({ quirk }), '/token', form(clientCredentials))).status).toBe(400)
})

it('tells a Basic header that is encoded from one that is not', async () => {
  const clients = [
    { id: 'my:client', secret: 'a+b%/ c' },
    { id: 'client', secret: 'a+b%/ c' },
  ]
  const encoded = basic('client', 'a+b%/ c')
  const raw = { authorization: `Basic ${Buffer.from('client:a+b%/ c').toString('base64')}` }
  const status = async (server: AuthorizationServer, headers: Record<string, string>): Promise<number> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    return (await send(server, '/token', { method: 'POST', headers, body })).status
  }
  const strict = authorizationServer({ clients })
  expect([await status(strict, encoded), await status(strict, raw)]).toEqual([200, 401])
  expect(await status(strict, basic('my:client', 'a+b%/ c'))).toBe(200)
  const vendor = authorizationServer({ clients, quirk: quirks.rawBasic })
  expect([await status(vendor, encoded), await status(vendor, raw)]).toEqual([401, 200])
  const header = authorizationServer({ quirk: quirks.basicOnly })
  expect(await status(header, basic('client', 'secret'))).toBe(200)
  expect((await send(header, '/token', form(clientCredentials))).status).toBe(401)
})

it('takes renamed parameters under the vendor’s names only', async () => {
  const server = authorizationServer({ quirk: quirks.renamedParameters })
  expect((await authorize(server)).status).toBe(400)
  const renamed = {
    client_id: undefined,
    redirect_uri: undefined,
    app_id: 'client',
    redirect_url: 'https://app.test/callback',
  }
  const { query } = await authorize(server, renamed)
  const { code = '', ...others } = byCode(query)
  const asked = new URLSearchParams({ ...others, auth_code: code, app_id: 'client', app_secret: 'secret' })
  expect((await send(server, '/token', { method: 'POST', body: asked })).status).toBe(200)
})

it.each([
  [quirks.commaScopes, 'read,write', 'read write'],
  [quirks.plusScopes, 'read+write', 'read,write'],
])('takes scopes with the vendor’s separator (%o)', async (quirk, right, wrong) => {
  const server = authorizationServer({ quirk, scopes: ['read', 'write'] })
  expect((await authorize(server, { scope: right })).query.has('code')).toBe(true)
  expect((await authorize(server, { scope: wrong })).query.get('error')).toBe('invalid_scope')
})

it('refuses a challenge where the vendor knows none', async () => {
  const server = authorizationServer({ quirk: quirks.noPkce })
  expect((await authorize(server)).query.get('error')).toBe('invalid_request')
  const bare = { code_challenge: undefined, code_challenge_method: undefined }
  const { query } = await authorize(server, bare)
  const { code_verifier: _, ...asked } = byCode(query)
  expect((await send(server, '/token', form(asked))).status).toBe(200)
})

it('takes refresh tokens at an address of their own', async () => {
  const server = authorizationServer({ quirk: quirks.refreshElsewhere })
  const asked = form({ grant_type: 'refresh_token', refresh_token: server.connect().refreshToken })
  expect((await send(server, '/token', asked)).status).toBe(400)
  expect((await send(server, '/token/refresh', asked)).status).toBe(200)
  expect((await send(server, '/token/refresh', form(clientCredentials))).status).toBe(400)
})

it('says with `WWW-Authenticate` what hides the error code from a strict client', async () => {
  const { server, config } = strictClient(quirks.refusalWithChallenge)
  const error = await failureOf(oauth.refreshTokenGrant(config, 'nonsense'))
  expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
  expect(error).not.toHaveProperty('error', 'invalid_grant')
  expect((await refresh(server, 'nonsense')).body.error).toBe('invalid_grant')
})

it.each([
  [tokenFaults.rateLimited(30), { code: 'OAUTH_RESPONSE_BODY_ERROR', status: 429 }],
  [tokenFaults.unavailable(), { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
  [tokenFaults.badGateway(), { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
  [tokenFaults.redirect('https://elsewhere.test/'), { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
  [tokenFaults.crashAfterRotate(), { code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
  [tokenFaults.garbage(), { code: 'OAUTH_PARSE_ERROR' }],
])('shows a strict client a fault (%o)', async (fault, expected) => {
  const { server, config } = strictClient({ see: '' })
  server.strike(fault)
  expect(await failureOf(oauth.clientCredentialsGrant(config))).toMatchObject(expected)
})
