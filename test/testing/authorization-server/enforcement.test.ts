import { createSecretKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto'
import { SignJWT, exportJWK } from 'jose'
import { expect, it } from 'vitest'
import { ConfigurationError } from 'hawser'
import {
  authorizationServer,
  fakeClock,
  type AuthorizationServer,
  type AuthorizationServerOptions,
} from 'hawser/testing'
import { ask, authorize, basic, challenge, exchange, read, refresh, use, type Answer } from './asking.ts'

it('sends a code back, and exchanges it once; a second time ends all that came of it', async () => {
  const server = authorizationServer()
  const { status, query, to } = await authorize(server, { scope: 'read' })
  expect([status, to]).toEqual([302, 'https://app.test/callback'])
  expect(Object.fromEntries(query)).toEqual({ code: expect.any(String), state: 's', iss: 'https://auth.test' })
  const { body } = await exchange(server, query.get('code'))
  expect(body).toMatchObject({ token_type: 'Bearer', scope: 'read' })
  expect((await use(server, body.access_token)).body).toMatchObject({ subject: 'user-1' })

  expect((await exchange(server, query.get('code'))).body.error).toBe('invalid_grant')
  expect((await use(server, body.access_token)).status).toBe(401)
  expect((await refresh(server, body.refresh_token)).body.error).toBe('invalid_grant')
  expect(server.counters).toMatchObject({ reuseDetections: 1, familiesRevoked: 1 })
})

it.each<[string, Record<string, string>, string]>([
  ['another verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
  ['a verifier that is too short', { code_verifier: 'v'.repeat(42) }, 'invalid_request'],
  ['a verifier that is too long', { code_verifier: 'v'.repeat(129) }, 'invalid_request'],
  ['a verifier of other characters', { code_verifier: `${'v'.repeat(42)}+` }, 'invalid_request'],
  ['no verifier', { code_verifier: '' }, 'invalid_request'],
  ['another redirect_uri', { redirect_uri: 'https://app.test/callback/' }, 'invalid_grant'],
  ['another code', { code: 'code-1' }, 'invalid_grant'],
  ['no code', { code: '' }, 'invalid_request'],
])('refuses an exchange with %s', async (_, fields, error) => {
  const server = authorizationServer()
  const { query } = await authorize(server)
  expect((await exchange(server, query.get('code'), fields)).body.error).toBe(error)
})

it('lets a code expire, and takes it from the client that it was given to only', async () => {
  const clock = fakeClock()
  const clients = [
    { id: 'client', secret: 'secret' },
    { id: 'other', secret: 'other' },
  ]
  const server = authorizationServer({ clock, clients })
  const stolen = (await authorize(server)).query.get('code') ?? ''
  const fields = {
    grant_type: 'authorization_code',
    code: stolen,
    code_verifier: 'v'.repeat(43),
    redirect_uri: 'https://app.test/callback',
  }
  expect((await ask(server, '/token', fields, basic('other', 'other'))).body.error).toBe('invalid_grant')
  clock.advance(59_999)
  const late = (await authorize(server)).query.get('code')
  expect((await exchange(server, stolen)).status).toBe(200)
  clock.advance(60_000)
  expect((await exchange(server, late)).body.error).toBe('invalid_grant')
})

it.each<[string, Record<string, string | undefined>, string]>([
  ['no challenge', { code_challenge: undefined }, 'invalid_request'],
  ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a challenge without a method', { code_challenge_method: undefined }, 'invalid_request'],
  ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
  ['an unknown scope', { scope: 'read admin' }, 'invalid_scope'],
])('sends the browser back without a code for %s', async (_, fields, error) => {
  const server = authorizationServer({ scopes: ['read'] })
  const { query } = await authorize(server, fields)
  expect([query.get('error'), query.get('state'), query.get('iss'), query.has('code')]).toEqual([
    error,
    's',
    'https://auth.test',
    false,
  ])
})

it.each<[string, Record<string, string | undefined>]>([
  ['an unknown client', { client_id: 'stranger' }],
  ['a redirect_uri that is not registered', { redirect_uri: 'https://app.test/callback?x' }],
  ['a request_uri that was not pushed', { request_uri: 'urn:ietf:params:oauth:request_uri:1' }],
])('sends the browser nowhere for %s', async (_, fields) => {
  const { status, to } = await authorize(authorizationServer(), fields)
  expect([status, to]).toEqual([400, ''])
})

it('takes the one redirect_uri for granted, and asks which where there are two', async () => {
  const one = authorizationServer()
  const { query } = await authorize(one, { redirect_uri: undefined })
  const fields = { grant_type: 'authorization_code', code: query.get('code') ?? '', code_verifier: 'v'.repeat(43) }
  expect((await ask(one, '/token', fields)).status).toBe(200)
  const redirectUris = ['https://app.test/a', 'https://app.test/b']
  const two = authorizationServer({ clients: [{ id: 'client', redirectUris }] })
  expect((await authorize(two, { redirect_uri: undefined })).status).toBe(400)
  expect((await authorize(two, { redirect_uri: 'https://app.test/b' })).to).toBe('https://app.test/b')
})

it('asks for a verifier where there was a challenge, and for none where there was none', async () => {
  const server = authorizationServer({ quirk: { see: '', pkce: 'optional' } })
  const bare = await authorize(server, { code_challenge: undefined, code_challenge_method: undefined })
  expect((await exchange(server, bare.query.get('code'))).body.error).toBe('invalid_grant')
  const proved = await authorize(server)
  const { code_verifier: _, ...fields } = {
    code_verifier: '',
    grant_type: 'authorization_code',
    code: proved.query.get('code') ?? '',
    redirect_uri: 'https://app.test/callback',
  }
  expect((await ask(server, '/token', fields)).body.error).toBe('invalid_request')
  expect(
    (await authorize(server, { code_challenge_method: 'plain', code_challenge: challenge })).query.has('error'),
  ).toBe(true)
})

it('follows what the user says', async () => {
  const server = authorizationServer()
  server.approve({ subject: 'user-2', scope: 'read' })
  const { query } = await authorize(server, { scope: 'read write' })
  const { body } = await exchange(server, query.get('code'))
  expect(body).toMatchObject({ scope: 'read' })
  expect(server.introspect(body.access_token)).toMatchObject({ sub: 'user-2' })
  server.deny()
  expect((await authorize(server)).query.get('error')).toBe('access_denied')
  server.deny('consent_required')
  expect((await authorize(server)).query.get('error')).toBe('consent_required')
})

it.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['a wrong secret', {}, basic('client', 'wrong'), 'invalid_client'],
  ['an unknown client', {}, basic('stranger', 'secret'), 'invalid_client'],
  ['a header that is no Basic', {}, { authorization: 'Bearer x' }, 'invalid_client'],
  [
    'a Basic that cannot be decoded',
    {},
    { authorization: `Basic ${Buffer.from('client:%zz').toString('base64')}` },
    'invalid_client',
  ],
  ['nothing', {}, {}, 'invalid_client'],
  ['a bare id', { client_id: 'client' }, {}, 'invalid_client'],
  ['a wrong secret in the body', { client_id: 'client', client_secret: 'wrong' }, {}, 'invalid_client'],
  ['two ways at once', { client_id: 'client', client_secret: 'secret' }, basic('client', 'secret'), 'invalid_request'],
  ['the id of another client', { client_id: 'other' }, basic('client', 'secret'), 'invalid_request'],
  ['an assertion that is none', { client_assertion: 'a.b.c', client_assertion_type: 'urn:x' }, {}, 'invalid_client'],
])('refuses a client with %s', async (_, fields, headers, error) => {
  const server = authorizationServer({ clients: [{ id: 'client', secret: 'secret' }, { id: 'other' }] })
  const { status, body } = await ask(server, '/token', { grant_type: 'client_credentials', ...fields }, headers)
  expect([status, body.error]).toEqual([error === 'invalid_client' ? 401 : 400, error])
})

it('gives a client only the grants that it is registered for', async () => {
  const clients = [{ id: 'client', secret: 'secret', grants: ['client_credentials'] }]
  const server = authorizationServer({ clients })
  expect((await ask(server, '/token', { grant_type: 'client_credentials' })).status).toBe(200)
  expect((await refresh(server, 'x')).body.error).toBe('unauthorized_client')
  for (const grant of ['implicit', 'constructor']) {
    expect((await ask(server, '/token', { grant_type: grant })).body.error).toBe('unsupported_grant_type')
  }
})

it('refuses a token request with a parameter that comes twice, none, or another method', async () => {
  const server = authorizationServer()
  const token = (init: RequestInit): Promise<Answer> =>
    Promise.resolve(server.respond(new Request('https://auth.test/token?grant_type=client_credentials', init))).then(
      read,
    )
  const headers = { ...basic('client', 'secret'), 'content-type': 'application/x-www-form-urlencoded' }
  const twice = 'grant_type=client_credentials&scope=a&scope=b'
  expect((await token({ method: 'POST', headers, body: twice })).body.error).toBe('invalid_request')
  const audiences = 'grant_type=client_credentials&audience=a&audience=b'
  const { body } = await token({ method: 'POST', headers, body: audiences })
  expect(server.introspect(body.access_token)).toMatchObject({ aud: ['a', 'b'] })
  expect((await token({ method: 'POST', headers, body: '' })).body.error).toBe('invalid_request')
  expect((await token({ headers })).body.error).toBe('invalid_request')
})

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

it('makes a device wait: pending, slower each time it asks too soon, expired at the end', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ clock })
  const { body: device } = await ask(server, '/device_authorization', { scope: 'read' })
  expect(device).toMatchObject({ interval: 5, expires_in: 600, user_code: 'USER-0001' })
  const poll = async (afterMs: number): Promise<string> => {
    clock.advance(afterMs)
    const fields = { grant_type: deviceGrant, device_code: String(device['device_code']) }
    return (await ask(server, '/token', fields)).body.error
  }
  expect(await poll(0)).toBe('authorization_pending')
  expect(await poll(4_999)).toBe('slow_down')
  expect(await poll(9_999)).toBe('slow_down')
  expect(await poll(15_000)).toBe('authorization_pending')
  expect(await poll(600_000 - 29_998 - 1)).toBe('authorization_pending')
  expect(await poll(1)).toBe('expired_token')
  const late = await server.respond(new Request(String(device['verification_uri_complete'])))
  expect(late?.status).toBe(404)
})

it('answers a device whose user has come, once', async () => {
  const server = authorizationServer({ deviceIntervalSeconds: 0 })
  const { body: device } = await ask(server, '/device_authorization', { scope: 'read write' })
  server.approve({ scope: 'read' })
  const uri = String(device['verification_uri_complete'])
  expect((await server.respond(new Request(uri)))?.status).toBe(200)
  server.deny()
  expect((await server.respond(new Request(uri)))?.status).toBe(404)
  const fields = { grant_type: deviceGrant, device_code: String(device['device_code']) }
  expect((await ask(server, '/token', fields)).body).toMatchObject({ scope: 'read', refresh_token: expect.any(String) })
  expect((await ask(server, '/token', fields)).body.error).toBe('invalid_grant')
})

/** A DPoP proof as a test wants it. */
async function proofOf(
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const jwk = await exportJWK(keys.publicKey)
  return new SignJWT({ jti: randomUUID(), htm: 'POST', htu: 'https://auth.test/token', iat: 1_893_456_000, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(keys.privateKey)
}
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const otherKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function withProof(server: AuthorizationServer, dpop: string): Promise<Answer> {
  return ask(server, '/token', { grant_type: 'client_credentials' }, { ...basic('client', 'secret'), dpop })
}

it('takes a good proof of possession once', async () => {
  const server = authorizationServer()
  const proof = await proofOf(keys, {})
  expect((await withProof(server, proof)).body).toMatchObject({ token_type: 'DPoP' })
  expect((await withProof(server, proof)).body.error).toBe('invalid_dpop_proof')
  for (const iat of [1_893_456_000 - 60, 1_893_456_000 + 60]) {
    expect((await withProof(server, await proofOf(keys, { iat }))).status).toBe(200)
  }
})

it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['another method', { htm: 'GET' }, {}],
  ['another address', { htu: 'https://auth.test/other' }, {}],
  ['an address that is none', { htu: 'token' }, {}],
  ['an old time', { iat: 1_893_456_000 - 61 }, {}],
  ['a time ahead', { iat: 1_893_456_000 + 61 }, {}],
  ['no time', { iat: undefined }, {}],
  ['no id', { jti: undefined }, {}],
  ['another type', {}, { typ: 'JWT' }],
  ['no key', {}, { jwk: undefined }],
  ['another key', {}, { jwk: otherKeys.publicKey.export({ format: 'jwk' }) }],
  ['a private key', {}, { jwk: keys.privateKey.export({ format: 'jwk' }) }],
  ['a key that is none', {}, { jwk: { kty: 'EC' } }],
])('refuses a proof with %s', async (_, claims, header) => {
  const answer = await withProof(authorizationServer(), await proofOf(keys, claims, header))
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_dpop_proof'])
})

it('refuses a proof that is signed with a secret, or no JWT', async () => {
  const secret = createSecretKey(Buffer.alloc(32))
  const jwk = secret.export({ format: 'jwk' })
  const proof = await new SignJWT({ jti: '1', htm: 'POST', htu: 'https://auth.test/token', iat: 1_893_456_000 })
    .setProtectedHeader({ alg: 'HS256', typ: 'dpop+jwt', jwk })
    .sign(secret)
  for (const bad of [proof, 'no JWT']) {
    expect((await withProof(authorizationServer(), bad)).body.error).toBe('invalid_dpop_proof')
  }
})

it('hands out nonces, and takes each for ten minutes', async () => {
  const clock = fakeClock()
  const server = authorizationServer({ clock, dpop: { nonce: true } })
  const attempt = async (nonce?: string): Promise<Answer> =>
    withProof(server, await proofOf(keys, { nonce, iat: Math.floor(clock.now / 1000) }))
  const first = await attempt()
  expect([first.status, first.body.error]).toEqual([400, 'use_dpop_nonce'])
  const nonce = first.headers.get('dpop-nonce') ?? ''
  const taken = await attempt(nonce)
  expect([taken.status, taken.headers.get('dpop-nonce')]).toEqual([200, nonce])
  clock.advance(300_000)
  const renewed = await attempt(nonce)
  expect(renewed.status).toBe(200)
  expect(renewed.headers.get('dpop-nonce')).not.toBe(nonce)
  clock.advance(300_000)
  expect((await attempt(nonce)).body.error).toBe('use_dpop_nonce')
})

it('takes a bound token with a proof for it only, and says so in the challenge', async () => {
  const server = authorizationServer()
  const { body } = await withProof(server, await proofOf(keys, {}))
  const ath = 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo'
  const get = async (authorization: string, dpop?: string): Promise<Answer> => {
    const headers = { authorization, ...(dpop !== undefined && { dpop }) }
    return read(await server.respond(new Request('https://auth.test/resource', { headers })))
  }
  const proof = (claims: Record<string, unknown>): Promise<string> =>
    proofOf(keys, { htm: 'GET', htu: 'https://auth.test/resource', ...claims })
  const refused = await get(`DPoP ${body.access_token}`, await proof({ ath }))
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'DPoP error="invalid_dpop_proof"'])
  expect((await get(`Bearer ${body.access_token}`)).status).toBe(401)
  expect((await get(`DPoP ${body.access_token}`)).status).toBe(401)
  const { accessToken } = server.connect()
  expect((await get(`DPoP ${accessToken}`)).headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
})

const audience = 'https://auth.test'
async function asserted(options: AuthorizationServerOptions, claims: Record<string, unknown>): Promise<Answer> {
  const server = authorizationServer({ clients: [{ id: 'client', publicKeys: [keys.publicKey] }], ...options })
  const assertion = await new SignJWT({
    iss: 'client',
    sub: 'client',
    aud: audience,
    jti: '1',
    exp: 1_893_456_060,
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256' })
    .sign(keys.privateKey)
  const fields = {
    grant_type: 'client_credentials',
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  const first = await ask(server, '/token', fields, {})
  // Whatever it was: a second time it is not good.
  expect((await ask(server, '/token', fields, {})).body.error).toBe('invalid_client')
  return first
}

it.each<[string, Record<string, unknown>]>([
  ['another issuer', { iss: 'other' }],
  ['another subject', { sub: 'other' }],
  ['another audience', { aud: 'https://auth.test.evil.org' }],
  ['an end that is past', { exp: 1_893_456_000 }],
  ['no end', { exp: undefined }],
  ['no id', { jti: undefined }],
])('refuses a client’s assertion with %s, and takes a good one once', async (_, claims) => {
  expect((await asserted({}, { aud: [audience, 'https://other.test'] })).status).toBe(200)
  expect((await asserted({}, { aud: `${audience}/token` })).status).toBe(200)
  const answer = await asserted({}, claims)
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client'])
})

it('protects a simulator’s own routes', async () => {
  const server = authorizationServer()
  const { accessToken, refreshToken } = server.connect({ scope: 'read' })
  const access = (token?: string, scope?: string): ReturnType<AuthorizationServer['protect']> =>
    server.protect(
      new Request('https://api.test/things', {
        headers: token === undefined ? {} : { authorization: `bearer ${token}` },
      }),
      scope === undefined ? {} : { scope },
    )
  expect(access(accessToken, 'read')).toEqual({
    ok: true,
    subject: 'user-1',
    clientId: 'client',
    scope: 'read',
    audience: [],
  })
  const refusals: readonly [ReturnType<typeof access>, number, string][] = [
    [access(), 401, 'Bearer'],
    [access(refreshToken), 401, 'Bearer error="invalid_token"'],
    [access('x'), 401, 'Bearer error="invalid_token"'],
    [access(accessToken, 'write'), 403, 'Bearer error="insufficient_scope"'],
  ]
  for (const [refused, status, header] of refusals) {
    if (refused.ok) throw new Error('It was let through.')
    expect([refused.response.status, refused.response.headers.get('www-authenticate')]).toEqual([status, header])
  }
})

it('names what it can do, at the address that it is asked at', async () => {
  const server = authorizationServer({
    scopes: ['read'],
    clients: [{ id: 'client', secret: 's', publicKeys: [keys.publicKey] }],
  })
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    const { body } = await read(await server.respond(new Request(`http://127.0.0.1:9999${path}`)))
    expect(body).toMatchObject({
      issuer: 'http://127.0.0.1:9999',
      token_endpoint: 'http://127.0.0.1:9999/token',
      scopes_supported: ['read'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    })
    expect(body).toMatchObject({
      authorization_response_iss_parameter_supported: true,
      require_pushed_authorization_requests: false,
      tls_client_certificate_bound_access_tokens: false,
      id_token_signing_alg_values_supported: ['RS256'],
      jwks_uri: 'http://127.0.0.1:9999/jwks',
    })
    expect(body['grant_types_supported']).not.toContain('password')
  }
  expect(await server.respond(new Request('https://auth.test/elsewhere'))).toBeUndefined()
  expect(await server.respond(new Request('https://auth.test/par'))).toBeUndefined()
})

it('shares nothing between two servers', async () => {
  const [one, two] = [authorizationServer(), authorizationServer()]
  const { refreshToken } = one.connect()
  expect((await refresh(two, refreshToken)).body.error).toBe('invalid_grant')
  one.deny()
  expect((await authorize(two)).query.has('code')).toBe(true)
})

it.each<[string, unknown]>([
  ['a misspelt option', { accessTokenMS: 1 }],
  ['a time that is none', { accessTokenMs: Number.NaN }],
  ['a negative grace', { rotation: { kind: 'grace', graceMs: -1 } }],
  ['two clients with one id', { clients: [{ id: 'a' }, { id: 'a' }] }],
  ['a key that is none', { clients: [{ id: 'a', publicKeys: ['no PEM'] }] }],
  ['a negative probability', { chaos: { seed: 1, faults: [{ probability: -1, fault: { kind: 'slow', ms: 1 } }] } }],
])('refuses %s', (_, options) => {
  expect(() => authorizationServer(options as AuthorizationServerOptions)).toThrow(ConfigurationError)
})

it('tells a life of less than a second as it is', async () => {
  const server = authorizationServer({ accessTokenMs: 500 })
  expect((await ask(server, '/token', { grant_type: 'client_credentials' })).body).toMatchObject({ expires_in: 0.5 })
  const forever = authorizationServer({ accessTokenMs: Infinity })
  expect((await ask(forever, '/token', { grant_type: 'client_credentials' })).body).not.toHaveProperty('expires_in')
})

it('writes down who asked for what, and what came of it', async () => {
  const server = authorizationServer()
  await ask(server, '/token', { grant_type: 'client_credentials', scope: 'a' })
  await ask(server, '/token', { grant_type: 'client_credentials', client_id: 'client', client_secret: 'x' }, {})
  const [first, second] = server.tokenRequests
  expect(first).toMatchObject({
    at: Date.UTC(2030, 0, 1),
    grantType: 'client_credentials',
    clientId: 'client',
    parameters: { grant_type: 'client_credentials', scope: 'a' },
    headers: basic('client', 'secret'),
    status: 200,
  })
  expect(first).not.toHaveProperty('error')
  expect(second).toMatchObject({ clientId: 'client', status: 401, error: 'invalid_client' })
})
