import { createHash, X509Certificate } from 'node:crypto'
import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import * as oauth from 'openid-client'
import { expect, it } from 'vitest'
import { systemRuntime } from 'hawser'
import { authorizationServer, type AuthorizationServer, type AuthorizationServerOptions } from 'hawser/testing'
import { selfSigned } from '../../support/certificate.ts'
import { failureOf, type Loopback } from '../../support/loopback.ts'
import { served } from '../../support/served.ts'

const redirectUri = 'https://app.test/callback'

interface Site extends AsyncDisposable {
  readonly server: AuthorizationServer
  readonly socket: Loopback
  /** A strict client that has discovered the server. */
  readonly client: (
    authentication?: oauth.ClientAuth,
    metadata?: Partial<oauth.ClientMetadata>,
  ) => Promise<oauth.Configuration>
}

async function site(options: AuthorizationServerOptions = {}): Promise<Site> {
  const server = authorizationServer({ clock: { runtime: systemRuntime() }, ...options })
  const socket = await served(server)
  return {
    server,
    socket,
    client: (authentication = oauth.ClientSecretBasic('secret'), metadata = {}) =>
      oauth.discovery(new URL(socket.url), 'client', metadata, authentication, {
        execute: [oauth.allowInsecureRequests],
      }),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  }
}

/** Goes to an authorize address as a browser does, and gives where it is sent back to. */
async function visit(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' })
  return new URL(response.headers.get('location') ?? (await response.text()))
}

async function connect(
  config: oauth.Configuration,
  more: Record<string, string> = {},
  options: oauth.AuthorizationCodeGrantOptions = {},
): ReturnType<typeof oauth.authorizationCodeGrant> {
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
  const expectedState = oauth.randomState()
  const expectedNonce = oauth.randomNonce()
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid read',
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
    ...more,
  }
  const url = config.serverMetadata().require_pushed_authorization_requests
    ? await oauth.buildAuthorizationUrlWithPAR(config, parameters, options)
    : oauth.buildAuthorizationUrl(config, parameters)
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return oauth.authorizationCodeGrant(config, await visit(url), checks, undefined, options)
}

it.each(['RS256', 'ES256'] as const)(
  'passes a strict client’s code grant, id token signed with %s',
  async (algorithm) => {
    await using at = await site({ signingAlgorithm: algorithm })
    const config = await at.client(undefined, { id_token_signed_response_alg: algorithm })
    // Makes the client verify the signature with the server's key set.
    oauth.enableNonRepudiationChecks(config)
    const tokens = await connect(config)
    expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: 3600, scope: 'openid read' })
    expect(tokens.claims()).toMatchObject({ iss: at.socket.url, sub: 'user-1', aud: 'client' })

    const { body } = await oauth.fetchProtectedResource(
      config,
      tokens.access_token,
      new URL('/resource', at.socket.url),
      'GET',
    )
    expect(await new Response(body).json()).toEqual({ subject: 'user-1', client_id: 'client', scope: 'openid read' })
    const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token ?? '', { scope: 'read' })
    expect(refreshed).toMatchObject({ scope: 'read' })
    const again = await failureOf(oauth.refreshTokenGrant(config, tokens.refresh_token ?? ''))
    expect(again).toMatchObject({ error: 'invalid_grant', status: 400 })
  },
)

it('signs id tokens with a key that the client can tell from another server’s', async () => {
  await using one = await site()
  await using two = await site()
  const config = await one.client()
  oauth.enableNonRepudiationChecks(config)
  const foreign = await fetch(`${two.socket.url}/jwks`).then((response) => response.json())
  oauth.setJwksCache(config, { jwks: foreign as oauth.JWKS, uat: Math.floor(Date.now() / 1000) })
  expect(await failureOf(connect(config))).toMatchObject({ name: 'ClientError' })
})

it('sends the user’s refusal back', async () => {
  await using at = await site()
  const config = await at.client()
  at.server.deny()
  expect(await failureOf(connect(config))).toMatchObject({ error: 'access_denied' })
  at.server.approve({ subject: 'user-2', scope: 'openid' })
  expect(await connect(config)).toMatchObject({ scope: 'openid' })
})

it('takes a pushed authorization request, once', async () => {
  await using at = await site({ requirePushedRequests: true })
  const config = await at.client()
  expect(await connect(config)).toMatchObject({ scope: 'openid read' })

  const challenge = await oauth.calculatePKCECodeChallenge(oauth.randomPKCECodeVerifier())
  const parameters = { redirect_uri: redirectUri, code_challenge: challenge, code_challenge_method: 'S256' }
  const url = await oauth.buildAuthorizationUrlWithPAR(config, parameters)
  expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri'])
  expect((await visit(url)).searchParams.has('code')).toBe(true)
  expect((await fetch(url, { redirect: 'manual' })).status).toBe(400)
  expect((await fetch(oauth.buildAuthorizationUrl(config, parameters), { redirect: 'manual' })).status).toBe(400)
  const plain = { ...parameters, code_challenge_method: 'plain' }
  expect(await failureOf(oauth.buildAuthorizationUrlWithPAR(config, plain))).toMatchObject({ error: 'invalid_request' })
})

it.each(['RS256', 'PS256', 'ES256', 'ES384', 'Ed25519'])('takes a client that signs with %s', async (alg) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1' }
  await using at = await site({ clients: [{ id: 'client', publicKeys: [jwk] }] })
  const config = await at.client(oauth.PrivateKeyJwt({ key: privateKey, kid: 'k1' }))
  expect(await oauth.clientCredentialsGrant(config, { scope: 'a' })).toMatchObject({ scope: 'a' })
  const other = await generateKeyPair(alg)
  const stranger = await at.client(oauth.PrivateKeyJwt(other.privateKey))
  expect(await failureOf(oauth.clientCredentialsGrant(stranger))).toMatchObject({ error: 'invalid_client' })
  const renamed = await at.client(oauth.PrivateKeyJwt({ key: privateKey, kid: 'k2' }))
  expect(await failureOf(oauth.clientCredentialsGrant(renamed))).toMatchObject({ error: 'invalid_client' })
})

it('takes a client that signs with its secret, and none with another’s', async () => {
  const secret = 'a secret of at least thirty-two characters'
  await using at = await site({ clients: [{ id: 'client', secret, authentication: ['client_secret_jwt'] }] })
  const config = await at.client(oauth.ClientSecretJwt(secret))
  expect(await oauth.clientCredentialsGrant(config)).toHaveProperty('access_token')
  const wrong = await at.client(oauth.ClientSecretJwt(`${secret}!`))
  expect(await failureOf(oauth.clientCredentialsGrant(wrong))).toMatchObject({ error: 'invalid_client' })
  const plain = await at.client(oauth.ClientSecretPost(secret))
  expect(await failureOf(oauth.clientCredentialsGrant(plain))).toMatchObject({ error: 'invalid_client' })
})

it('takes a public client’s code grant, and gives it no token for itself', async () => {
  await using at = await site({ clients: [{ id: 'client' }] })
  const config = await at.client(oauth.None())
  expect(await connect(config)).toHaveProperty('refresh_token')
  expect(await failureOf(oauth.clientCredentialsGrant(config))).toMatchObject({ error: 'unauthorized_client' })
})

it('takes a client by its certificate, and its tokens with that certificate only', async () => {
  const { cert } = selfSigned()
  await using at = await site({ clients: [{ id: 'client', certificate: cert }] })
  const config = await at.client(oauth.TlsClientAuth())
  const shown = `:${new X509Certificate(cert).raw.toString('base64')}:`
  expect(await failureOf(oauth.clientCredentialsGrant(config))).toMatchObject({ error: 'invalid_client' })
  // What the end of TLS in front of the server does.
  config[oauth.customFetch] = (url, { body, ...options }) =>
    fetch(url, { ...options, body: body ?? null, headers: { ...options.headers, 'client-cert': shown } })
  const { access_token } = await oauth.clientCredentialsGrant(config)
  const use = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${at.socket.url}/resource`, { headers: { authorization: `Bearer ${access_token}`, ...headers } })
  expect((await use({ 'client-cert': shown })).status).toBe(200)
  expect((await use({})).status).toBe(401)
  const other = `:${new X509Certificate(selfSigned().cert).raw.toString('base64')}:`
  expect((await use({ 'client-cert': other })).status).toBe(401)
  const thumbprint = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')
  expect(at.server.introspect(access_token)).toMatchObject({ cnf: { 'x5t#S256': thumbprint } })
})

it.each([false, true])('binds tokens to a DPoP key, with a nonce of the server’s: %s', async (nonce) => {
  await using at = await site({ dpop: { required: true, nonce }, clients: [{ id: 'client' }] })
  const config = await at.client(oauth.None())
  expect(await failureOf(connect(config))).toMatchObject({ error: 'invalid_dpop_proof' })
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair('ES256', { extractable: true }))
  const tokens = await connect(config, {}, { DPoP })
  expect(tokens.token_type).toBe('dpop')
  expect(at.server.introspect(tokens.access_token)).toMatchObject({
    token_type: 'DPoP',
    cnf: { jkt: await DPoP.calculateThumbprint() },
  })
  const url = new URL('/resource?page=2', at.socket.url)
  const use = (handle?: oauth.DPoPHandle): Promise<Response> =>
    oauth.fetchProtectedResource(
      config,
      tokens.access_token,
      url,
      'GET',
      undefined,
      undefined,
      handle && { DPoP: handle },
    )
  expect((await use(DPoP)).status).toBe(200)
  expect(await failureOf(use())).toMatchObject({ status: 401 })
  const thief = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair())
  expect(await failureOf(use(thief))).toMatchObject({ status: 401 })
  // A public client's refresh token is bound too.
  const stolen = oauth.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP: thief })
  expect(await failureOf(stolen)).toMatchObject({ error: 'invalid_grant' })
  const refreshed = await oauth.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP })
  expect(refreshed.token_type).toBe('dpop')
})

it('binds a code to the key of the request that was pushed', async () => {
  await using at = await site({ requirePushedRequests: true })
  const config = await at.client()
  const DPoP = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair())
  const other = oauth.getDPoPHandle(config, await oauth.randomDPoPKeyPair())
  const pkceCodeVerifier = oauth.randomPKCECodeVerifier()
  const parameters = {
    redirect_uri: redirectUri,
    code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  }
  const back = await visit(await oauth.buildAuthorizationUrlWithPAR(config, parameters, { DPoP }))
  const exchange = (handle: oauth.DPoPHandle): Promise<oauth.TokenEndpointResponse> =>
    oauth.authorizationCodeGrant(config, back, { pkceCodeVerifier }, undefined, { DPoP: handle })
  expect(await failureOf(exchange(other))).toMatchObject({ error: 'invalid_grant' })
  expect(await exchange(DPoP)).toMatchObject({ token_type: 'dpop' })
})

it('lets a device wait for its user', async () => {
  await using at = await site({ deviceIntervalSeconds: 0.01 })
  const config = await at.client()
  const device = await oauth.initiateDeviceAuthorization(config, { scope: 'openid read' })
  const polled = oauth.pollDeviceAuthorizationGrant(config, device)
  // Not before the device has heard that it has to wait.
  while (at.server.tokenRequests[0]?.error !== 'authorization_pending') await new Promise((go) => setTimeout(go, 5))
  expect((await fetch(device.verification_uri_complete ?? '')).status).toBe(200)
  const tokens = await polled
  expect(tokens.claims()).toMatchObject({ sub: 'user-1' })
  const code = { device_code: device.device_code }
  const again = oauth.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:device_code', code)
  expect(await failureOf(again)).toMatchObject({ error: 'invalid_grant' })

  const refused = await oauth.initiateDeviceAuthorization(config, {})
  at.server.deny()
  await fetch(refused.verification_uri_complete ?? '')
  expect(await failureOf(oauth.pollDeviceAuthorizationGrant(config, refused))).toMatchObject({ error: 'access_denied' })
})

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

it('exchanges a token for a narrower one for another audience, and says who acts', async () => {
  await using at = await site()
  const config = await at.client()
  const { accessToken } = at.server.connect({ subject: 'user-2', scope: 'read write' })
  const { access_token: actor } = await oauth.clientCredentialsGrant(config)
  const fields = { subject_token: accessToken, subject_token_type: accessTokenType }
  const tokens = await oauth.genericGrantRequest(config, exchangeGrant, {
    ...fields,
    actor_token: actor,
    actor_token_type: accessTokenType,
    scope: 'read',
    audience: 'https://backend.test',
  })
  expect(tokens).toMatchObject({ issued_token_type: accessTokenType, scope: 'read' })
  expect(tokens.refresh_token).toBeUndefined()
  const facts = await oauth.tokenIntrospection(config, tokens.access_token)
  expect(facts).toMatchObject({ active: true, sub: 'user-2', aud: 'https://backend.test', act: { sub: 'client' } })

  const exchanged = (more: Record<string, string>): Promise<unknown> =>
    failureOf(oauth.genericGrantRequest(config, exchangeGrant, { ...fields, ...more }))
  expect(await exchanged({ scope: 'read admin' })).toMatchObject({ error: 'invalid_scope' })
  expect(await exchanged({ subject_token: 'access-of-nobody' })).toMatchObject({ error: 'invalid_request' })
  expect(await exchanged({ subject_token_type: 'urn:x' })).toMatchObject({ error: 'invalid_request' })
  at.server.disconnect(accessToken)
  expect(await exchanged({})).toMatchObject({ error: 'invalid_request' })
})

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

it('takes a trusted issuer’s word, signed, for this server, and once', async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const issuer = 'robot@project.test'
  await using at = await site({ trustedIssuers: [{ issuer, publicKey: await exportJWK(publicKey) }] })
  const config = await at.client()
  const assertion = (claims: Record<string, unknown> = {}, key = privateKey): Promise<string> =>
    new SignJWT({ iss: issuer, sub: 'user-3', aud: `${at.socket.url}/token`, exp: Date.now() / 1000 + 60, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key)
  const grant = async (text: string): Promise<oauth.TokenEndpointResponse> =>
    oauth.genericGrantRequest(config, jwtBearer, { assertion: text, scope: 'a' })
  const tokens = await grant(await assertion())
  expect(at.server.introspect(tokens.access_token)).toMatchObject({ sub: 'user-3', scope: 'a' })
  const { privateKey: other } = await generateKeyPair('RS256')
  const bad = [
    await assertion({}, other),
    await assertion({ iss: 'somebody else' }),
    await assertion({ aud: 'https://elsewhere.test' }),
    await assertion({ exp: Date.now() / 1000 - 1 }),
    await assertion({ exp: undefined }),
    await assertion({ exp: Date.now() / 1000 + 7200 }),
    await assertion({ nbf: Date.now() / 1000 + 120 }),
    await assertion({ iat: Date.now() / 1000 + 120 }),
    await assertion({ sub: undefined }),
    `${(await assertion()).split('.').slice(0, 2).join('.')}.`,
    'no JWT',
  ]
  for (const text of bad) expect(await failureOf(grant(text))).toMatchObject({ error: 'invalid_grant' })
  const once = await assertion({ jti: 'j1' })
  await grant(once)
  expect(await failureOf(grant(once))).toMatchObject({ error: 'invalid_grant' })
  // The same word is good for an exchange too.
  const subject = { subject_token: await assertion(), subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }
  expect(await oauth.genericGrantRequest(config, exchangeGrant, subject)).toHaveProperty('access_token')
  const forged = { ...subject, subject_token: await assertion({}, other) }
  expect(await failureOf(oauth.genericGrantRequest(config, exchangeGrant, forged))).toMatchObject({
    error: 'invalid_request',
  })
})

it('takes a SAML assertion that the test takes', async () => {
  const xml = '<Assertion>user-4</Assertion>'
  await using at = await site({ samlSubject: (text) => (text === xml ? 'user-4' : undefined) })
  const config = await at.client()
  const grant = async (text: string): Promise<oauth.TokenEndpointResponse> =>
    oauth.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:saml2-bearer', {
      assertion: Buffer.from(text).toString('base64url'),
    })
  expect(at.server.introspect((await grant(xml)).access_token)).toMatchObject({ sub: 'user-4' })
  expect(await failureOf(grant('<Assertion/>'))).toMatchObject({ error: 'invalid_grant' })
})

it('takes passwords only where it is told to', async () => {
  await using at = await site({ passwords: { ann: 'pass word' } })
  await using strict = await site()
  const sent = { username: 'ann', password: 'pass word' }
  const config = await at.client()
  expect(await oauth.genericGrantRequest(config, 'password', sent)).toHaveProperty('refresh_token')
  for (const wrong of [
    { ...sent, password: 'other' },
    { ...sent, username: 'constructor' },
  ]) {
    expect(await failureOf(oauth.genericGrantRequest(config, 'password', wrong))).toMatchObject({
      error: 'invalid_grant',
    })
  }
  const refused = oauth.genericGrantRequest(await strict.client(), 'password', sent)
  expect(await failureOf(refused)).toMatchObject({ error: 'unsupported_grant_type' })
  expect(config.serverMetadata().grant_types_supported).toContain('password')
})

it('revokes a refresh token with all that came of it, and an access token alone', async () => {
  await using at = await site()
  const config = await at.client()
  const active = async (token: string): Promise<boolean> => (await oauth.tokenIntrospection(config, token)).active
  const one = at.server.connect({ scope: 'read' })
  await oauth.tokenRevocation(config, one.accessToken)
  expect([await active(one.accessToken), await active(one.refreshToken)]).toEqual([false, true])
  const two = at.server.connect()
  await oauth.tokenRevocation(config, two.refreshToken, { token_type_hint: 'refresh_token' })
  expect([await active(two.accessToken), await active(two.refreshToken)]).toEqual([false, false])
  await oauth.tokenRevocation(config, 'unknown')
  expect(at.server.counters.familiesRevoked).toBe(1)
})

it('tells a client that proves itself about tokens, and another client’s it revokes not', async () => {
  const clients = [{ id: 'client', secret: 'secret' }, { id: 'other', secret: 'other' }, { id: 'public' }]
  await using at = await site({ clients })
  const config = await at.client()
  const { accessToken } = at.server.connect({ clientId: 'other', scope: 'read' })
  expect(await oauth.tokenIntrospection(config, accessToken)).toMatchObject({
    active: true,
    client_id: 'other',
    scope: 'read',
    token_type: 'Bearer',
    iss: at.socket.url,
  })
  expect(await failureOf(oauth.tokenRevocation(config, accessToken))).toMatchObject({ error: 'invalid_request' })
  expect(at.server.isLive(accessToken)).toBe(true)
  const anyone = await fetch(`${at.socket.url}/introspect`, {
    method: 'POST',
    body: new URLSearchParams({ token: accessToken, client_id: 'public' }),
  })
  expect(anyone.status).toBe(401)
})
