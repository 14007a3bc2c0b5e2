import { X509Certificate, createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, it } from 'vitest'
import { axiosTransport, memoryTokenStore, type ClientAuthentication, type HttpRequest, type OAuthVendor } from 'hawser'
import { appleClientSecret, oauthApp, type OAuthAppOptions } from 'hawser/oauth'
import { fakeClock } from 'hawser/testing'
import { selfSigned } from '../support/certificate.ts'
import { failureOf, loopback } from '../support/loopback.ts'
import { oidc } from '../support/oidc.ts'

const request: HttpRequest = { method: 'GET', url: 'https://api.test', headers: {}, operation: 'x', idempotent: true }
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()

interface Seen {
  readonly authorization: string | undefined
  readonly body: URLSearchParams
}

async function seenWith(
  clientAuthentication: ClientAuthentication,
  over: Partial<OAuthAppOptions> = {},
  oauth: OAuthVendor = {},
): Promise<Seen> {
  await using server = await loopback((_, response) => response.end('{"access_token":"at"}'))
  const app = oauthApp({
    profile: {
      name: 'vendor',
      baseUrl: server.url,
      oauth: { issuer: 'https://issuer.test', tokenUrl: `${server.url}/token`, clientAuthentication, ...oauth },
    },
    clientId: 'my-client.id',
    ...over,
  })
  await app.clientCredentials().apply(request, fakeClock().runtime)
  const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = server.requests
  return { authorization: headers.authorization, body: new URLSearchParams(body.toString()) }
}

const basicOf = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const clientSecret = 'a-b.c_d~ é:%'

it('S13: sends a secret by Basic as RFC 6749 encodes it, and nowhere else', async () => {
  const { authorization, body } = await seenWith('basic', { clientSecret })
  expect(authorization).toBe(basicOf('my%2Dclient%2Eid:a%2Db%2Ec%5Fd%7E+%C3%A9%3A%25'))
  expect([...body.keys()]).toEqual(['grant_type'])
})

it('S13: sends a secret by Basic as it is to a vendor that does not decode it', async () => {
  const { authorization, body } = await seenWith('raw-basic', { clientSecret })
  expect(authorization).toBe(basicOf(`my-client.id:${clientSecret}`))
  expect([...body.keys()]).toEqual(['grant_type'])
})

it('S13: sends a secret in the body, and in no header', async () => {
  const { authorization, body } = await seenWith('body', { clientSecret })
  expect(authorization).toBeUndefined()
  expect([body.get('client_id'), body.get('client_secret')]).toEqual(['my-client.id', clientSecret])
})

it('names a client without a secret', async () => {
  const { authorization, body } = await seenWith('none')
  expect(authorization).toBeUndefined()
  expect([...body.keys()]).toEqual(['grant_type', 'client_id'])
})

it('S13: signs an assertion of a minute at most, for the issuer, with an id of its own', async () => {
  const { authorization, body } = await seenWith('private-key-jwt', { privateKey: pkcs1, keyId: 'k1' })
  expect(authorization).toBeUndefined()
  const assertion = body.get('client_assertion') ?? ''
  const now = Date.UTC(2030, 0, 1) / 1000
  const verified = await jwtVerify(assertion, rsa.publicKey, {
    audience: 'https://issuer.test',
    issuer: 'my-client.id',
    subject: 'my-client.id',
    currentDate: new Date(now * 1000),
  })
  expect(verified.protectedHeader).toEqual({ alg: 'RS256', kid: 'k1' })
  expect(Number(verified.payload.exp) - Number(verified.payload.iat)).toBe(60)
  expect(verified.payload.iat).toBe(now)
  expect(verified.payload.jti).toMatch(/^.{36}$/)
  expect(body.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
})

it('signs an assertion for whom the vendor wants it', async () => {
  const { body } = await seenWith(
    'private-key-jwt',
    { privateKey: pkcs1, algorithm: 'PS256' },
    { assertionAudience: 'https://t.test/token' },
  )
  expect(decodeJwt(body.get('client_assertion') ?? '').aud).toBe('https://t.test/token')
  expect(decodeProtectedHeader(body.get('client_assertion') ?? '').alg).toBe('PS256')
})

it('signs an assertion with the secret', async () => {
  const key = 'a secret of more than thirty-two bytes'
  const { body } = await seenWith('client-secret-jwt', { clientSecret: key })
  const currentDate = new Date(Date.UTC(2030, 0, 1))
  const { payload } = await jwtVerify(body.get('client_assertion') ?? '', new TextEncoder().encode(key), {
    currentDate,
    algorithms: ['HS256'],
  })
  expect(payload.iss).toBe('my-client.id')
})

it('makes Apple’s secret anew for each request', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const secret = appleClientSecret({ teamId: 'TEAM', clientId: 'com.example', keyId: 'KEY', privateKey })
  const { body } = await seenWith('body', { clientSecret: secret })
  const { payload, protectedHeader } = await jwtVerify(body.get('client_secret') ?? '', createPublicKey(privateKey), {
    audience: 'https://appleid.apple.com',
    issuer: 'TEAM',
    subject: 'com.example',
    currentDate: new Date(Date.UTC(2030, 0, 1)),
  })
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY', typ: 'JWT' })
  expect(Number(payload.exp) - Number(payload.iat)).toBe(330)
})

it.each([
  ['private-key-jwt', 'privateKey'],
  ['basic', 'clientSecret'],
  ['raw-basic', 'clientSecret'],
  ['body', 'clientSecret'],
  ['client-secret-jwt', 'clientSecret'],
] as const)('refuses %s without what it needs, before anything is sent', async (method, option) => {
  expect(await failureOf(seenWith(method))).toMatchObject({
    code: 'CONFIGURATION',
    message: expect.stringContaining(option),
  })
})

it('proves itself to oidc-provider in every way that it knows, assertions anew after a failure included', async () => {
  const long = 'a-client-secret-of-some-length-that-is-long-enough'
  const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }
  const common = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] as [] }
  await using server = await oidc([
    { ...common, client_id: 'basic', client_secret: long, token_endpoint_auth_method: 'client_secret_basic' },
    { ...common, client_id: 'body', client_secret: long, token_endpoint_auth_method: 'client_secret_post' },
    {
      ...common,
      client_id: 'client-secret-jwt',
      client_secret: long,
      token_endpoint_auth_method: 'client_secret_jwt',
      token_endpoint_auth_signing_alg: 'HS256',
    },
    {
      ...common,
      client_id: 'private-key-jwt',
      jwks: { keys: [jwk] },
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'RS256',
    },
  ])
  const wire = axiosTransport()
  for (const method of ['basic', 'body', 'client-secret-jwt', 'private-key-jwt'] as const) {
    let failed = false
    const app = oauthApp({
      profile: {
        name: 'vendor',
        baseUrl: server.issuer,
        oauth: { issuer: server.issuer, discover: true, clientAuthentication: method },
      },
      clientId: method,
      ...(method === 'private-key-jwt' ? { privateKey: pkcs1 } : { clientSecret: long }),
      // The server has taken the assertion, and its answer is a 503 on the way.
      async transport(sent) {
        const response = await wire(sent)
        if (failed || !sent.url.endsWith('/token')) return response
        failed = true
        return { status: 503, headers: {}, body: new Uint8Array() }
      },
    })
    const clock = fakeClock({ startAt: Date.now() })
    const applied = await app.clientCredentials().apply(request, clock.runtime)
    expect(applied.headers['authorization']).toMatch(/^Bearer /)
  }
  expect(server.tokenRequests).toHaveLength(8)
})

it('S15: shows a certificate to the server, and notes its thumbprint with the tokens', async () => {
  const [mine, theirs] = [selfSigned(), selfSigned()]
  const subjects: string[] = []
  const server = createServer({ ...theirs, requestCert: true, rejectUnauthorized: false }, (incoming, response) => {
    const { socket } = incoming
    if (socket instanceof TLSSocket) subjects.push(socket.getPeerCertificate().fingerprint256 ?? '')
    response.end('{"access_token":"at"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const store = memoryTokenStore()
  const kept: string[] = []
  const spied = {
    ...store,
    compareAndSwap: (...given: Parameters<typeof store.compareAndSwap>) => (
      kept.push(given[2] ?? ''),
      store.compareAndSwap(...given)
    ),
  }
  const app = oauthApp({
    profile: { name: 'vendor', baseUrl: url, oauth: { tokenUrl: `${url}/token`, clientAuthentication: 'mtls' } },
    clientId: 'c',
    tls: { ...mine, ca: theirs.cert },
  })
  await app.clientCredentials({ store: spied, connection: 'x' }).apply(request, fakeClock().runtime)
  const { raw, fingerprint256 } = new X509Certificate(mine.cert)
  expect(subjects).toEqual([fingerprint256])
  expect(kept.at(-1)).toContain(`"boundTo":"${createHash('sha256').update(raw).digest('base64url')}"`)
  server.closeAllConnections()
  server.close()
})
