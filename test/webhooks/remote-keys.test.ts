import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { exportJWK, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import type { Send } from '../../src/http/policy.ts'
import {
  keyReference,
  receiver,
  remoteKeys,
  schemes,
  sign,
  sources,
  verify,
  verifyWithKeys,
  type JwtScheme,
  type KeyLookup,
} from '../../src/webhooks/index.ts'
import type { Runtime } from '../../src/runtime.ts'
import { nowMs, samples, type Sample } from './samples.ts'

interface Fake {
  readonly asked: string[]
  readonly send: Send
  readonly runtime: Runtime
  pages: Record<string, string>
  now: number
}

function fake(pages: Record<string, string>): Fake {
  const state: Fake = {
    asked: [],
    pages,
    now: nowMs,
    runtime: {
      now: () => state.now,
      after: () => () => undefined,
      limit: () => () => undefined,
      sleep: async () => undefined,
      random: () => 0,
      uuid: () => '',
    },
    async send({ url }) {
      state.asked.push(url)
      const page = state.pages[url]
      return { status: page === undefined ? 404 : 200, headers: {}, body: Buffer.from(page ?? 'not found') }
    },
  }
  return state
}

function sampleOf(name: string): Sample {
  const found = samples.find((sample) => sample.name === name)
  if (!found) throw new Error(`no sample ${name}`)
  return found
}

const certUrl = 'https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1d93a270'

function paypalRequest(url = certUrl): Parameters<typeof verify>[1] {
  const { signing, body, values } = sampleOf('paypal')
  return sign(schemes.paypal, { headers: { 'paypal-cert-url': url }, body }, { secrets: [signing], now: nowMs, values })
}

it('fetches the certificate of PayPal once for many webhooks at a time, and keeps it', async () => {
  const pem = String(sampleOf('paypal').verifying)
  const net = fake({ [certUrl]: pem })
  const keys = remoteKeys({ send: net.send, runtime: net.runtime })
  const options = { keys, values: { webhookId: 'WH-1' }, now: nowMs }
  const results = await Promise.all(
    Array.from({ length: 20 }, () => verifyWithKeys(schemes.paypal, paypalRequest(), options)),
  )
  expect(results.every(({ ok }) => ok)).toBe(true)
  expect(results[0]).toMatchObject({ covers: ['id', 'timestamp', 'body-checksum'] })
  expect(net.asked).toEqual([certUrl])
  net.now += 6 * 3_600_000
  expect((await verifyWithKeys(schemes.paypal, paypalRequest(), options)).ok).toBe(true)
  expect(net.asked).toHaveLength(2)
})

it.each([
  'http://api.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1',
  'https://evil-paypal.com/v1/notifications/certs/CERT-1',
  'https://paypal.com@evil.example/v1/notifications/certs/CERT-1',
  'https://api.paypal.com:8443/v1/notifications/certs/CERT-1',
  'https://api.paypal.com/v1/notifications/certs/../../../redirect?to=evil',
  'https://api.paypal.com/v1/notifications/certs/CERT-1\n',
  '//api.paypal.com/v1/notifications/certs/CERT-1',
  '',
])('asks nobody for a certificate at %j', async (url) => {
  const net = fake({})
  const keys = remoteKeys({ send: net.send, runtime: net.runtime })
  const request = { ...paypalRequest(), headers: { ...paypalRequest().headers, 'paypal-cert-url': url } }
  const result = await verifyWithKeys(schemes.paypal, request, { keys, values: { webhookId: 'WH-1' }, now: nowMs })
  expect(result).toEqual({ ok: false, reason: 'untrusted-key' })
  expect(net.asked).toEqual([])
})

it('refuses another webhook id, algorithm and checksum of PayPal', () => {
  const { verifying } = sampleOf('paypal')
  const request = paypalRequest()
  const options = { secrets: [verifying], values: { webhookId: 'WH-1' }, now: nowMs }
  expect(verify(schemes.paypal, request, options).ok).toBe(true)
  expect(verify(schemes.paypal, request, { ...options, values: { webhookId: 'WH-2' } }).ok).toBe(false)
  expect(verify(schemes.paypal, request, { ...options, values: {} }).ok).toBe(false)
  const weak = { ...request.headers, 'paypal-auth-algo': 'SHA1withRSA' }
  expect(verify(schemes.paypal, { ...request, headers: weak }, options)).toEqual({
    ok: false,
    reason: 'unexpected-value',
  })
})

it('asks again for a key that was not there, but not at once', async () => {
  const net = fake({})
  const keys = remoteKeys({ send: net.send, runtime: net.runtime })
  const options = { keys, values: { webhookId: 'WH-1' }, now: nowMs }
  for (let n = 0; n < 5; n++) {
    expect(await verifyWithKeys(schemes.paypal, paypalRequest(), options)).toEqual({
      ok: false,
      reason: 'key-unavailable',
    })
  }
  expect(net.asked).toHaveLength(1)
  net.pages[certUrl] = String(sampleOf('paypal').verifying)
  net.now += 60_000
  expect((await verifyWithKeys(schemes.paypal, paypalRequest(), options)).ok).toBe(true)
})

it('gives up on a server that does not answer', async () => {
  const timers: (() => void)[] = []
  const runtime: Runtime = { ...fake({}).runtime, limit: (_ms, callback) => (timers.push(callback), () => undefined) }
  const send: Send = ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
  const result = verifyWithKeys(schemes.paypal, paypalRequest(), { keys: remoteKeys({ send, runtime }), now: nowMs })
  await new Promise((resolve) => setImmediate(resolve))
  for (const fire of timers) fire()
  expect(await result).toEqual({ ok: false, reason: 'key-unavailable' })
})

it('answers 503 through the receiver while the keys are not to be had', async () => {
  const receive = receiver(sources.paypal, {
    keys: () => Promise.reject(new Error('down')),
    values: { webhookId: 'WH-1' },
    now: nowMs,
  })
  const { body, headers } = paypalRequest()
  const request = new Request('https://hooks.example/', {
    method: 'POST',
    headers: new Headers(Object(headers)),
    body: Buffer.from(body),
  })
  expect((await receive(request)).status).toBe(503)
})

it.each(['1', '2'])('verifies version %s of SNS with the certificate of its own region, China too', async (version) => {
  const { signing, verifying, body } = sampleOf('sns')
  for (const host of ['sns.eu-west-1.amazonaws.com', 'sns.cn-north-1.amazonaws.com.cn']) {
    const url = `https://${host}/SimpleNotificationService-0000.pem`
    const message = { ...JSON.parse(body), SignatureVersion: version, SigningCertURL: url, Subject: 'a subject' }
    const request = sign(
      schemes.sns,
      { headers: {}, body: JSON.stringify(message) },
      { secrets: [signing], now: nowMs },
    )
    const net = fake({ [url]: String(verifying) })
    const keys = remoteKeys({ send: net.send, runtime: net.runtime })
    expect(await verifyWithKeys(schemes.sns, request, { keys, now: nowMs })).toMatchObject({ ok: true, id: 'm-1' })
  }
})

it('asks nobody for a certificate of SNS at another host, and refuses other types and versions', () => {
  const { signing, verifying, body } = sampleOf('sns')
  for (const url of [
    'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
    'https://s3.amazonaws.com/evil/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.pem?x',
  ]) {
    const request = { headers: {}, body: JSON.stringify({ ...JSON.parse(body), SigningCertURL: url }) }
    expect(() => keyReference(schemes.sns, request)).toThrow('untrusted-key')
  }
  const options = { secrets: [verifying], now: nowMs }
  const request = sign(schemes.sns, { headers: {}, body }, { secrets: [signing], now: nowMs })
  const message = JSON.parse(Buffer.from(request.body).toString())
  for (const over of [
    { Type: 'Other' },
    { SignatureVersion: '3' },
    { SignatureVersion: '1' },
    { SignatureVersion: 'toString' },
    { Subject: 'new' },
  ]) {
    expect(verify(schemes.sns, { headers: {}, body: JSON.stringify({ ...message, ...over }) }, options).ok).toBe(false)
  }
})

const audience = 'https://hooks.example'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

async function googleToken(claims: object, kid = 'k1', alg = 'RS256'): Promise<string> {
  const iat = nowMs / 1000
  const full = { iss: 'https://accounts.google.com', aud: audience, iat, exp: iat + 3600, email: 'a@b', ...claims }
  return `Bearer ${await new SignJWT(full).setProtectedHeader({ alg, kid }).sign(rsa.privateKey)}`
}

it('verifies a push of Google with the key set, and asks anew for a key id it does not know, once a minute', async () => {
  const jwks = 'https://www.googleapis.com/oauth2/v3/certs'
  const others = Array.from({ length: 12 }, (_, n) => ({ kty: 'RSA', kid: `old-${n}`, n: 'AQAB', e: 'AQAB' }))
  const net = fake({ [jwks]: JSON.stringify({ keys: others }) })
  const keys = remoteKeys({ send: net.send, runtime: net.runtime })
  const options = { keys, values: { audience }, now: nowMs }
  const ask = async (token: Promise<string>): ReturnType<typeof verifyWithKeys> =>
    verifyWithKeys(schemes.googlePubsub, { headers: { authorization: await token }, body: '{}' }, options)
  for (let n = 0; n < 5; n++) expect((await ask(googleToken({}))).ok).toBe(false)
  expect(net.asked).toHaveLength(1)
  net.pages[jwks] = JSON.stringify({
    keys: [...others, { ...(await exportJWK(rsa.publicKey)), kid: 'k1', alg: 'RS256' }],
  })
  net.now += 60_000
  expect(await ask(googleToken({}))).toMatchObject({ ok: true, covers: ['timestamp'] })
  expect(net.asked).toHaveLength(2)
  const refusals: readonly [object, string][] = [
    [{ aud: 'https://other.example' }, 'claim-mismatch'],
    [{ iss: 'https://evil.example' }, 'claim-mismatch'],
    [{ exp: nowMs / 1000 }, 'too-old'],
    [{ exp: undefined }, 'claim-mismatch'],
    [{ exp: 'never' }, 'malformed-timestamp'],
    [{ nbf: nowMs / 1000 + 1 }, 'too-new'],
  ]
  for (const [claims, reason] of refusals) {
    const token = `Bearer ${await signRaw({ alg: 'RS256', kid: 'k1' }, { iss: 'https://accounts.google.com', aud: audience, iat: nowMs / 1000, exp: nowMs / 1000 + 60, ...claims })}`
    expect(await ask(Promise.resolve(token))).toEqual({ ok: false, reason })
  }
  expect(
    await verifyWithKeys(
      schemes.googlePubsub,
      { headers: { authorization: await googleToken({}) }, body: '' },
      { keys, now: nowMs },
    ),
  ).toEqual({ ok: false, reason: 'claim-mismatch' })
})

it('believes a push of Google of the given account only, whose address is verified', async () => {
  const options = { secrets: [rsa.publicKey], values: { audience, email: 'a@b' }, now: nowMs }
  const ask = async (claims: object): Promise<unknown> => {
    const headers = { authorization: await googleToken(claims) }
    return verify(schemes.googlePubsub, { headers, body: '{}' }, options)
  }
  expect(await ask({ email_verified: true })).toMatchObject({ ok: true })
  for (const claims of [{}, { email_verified: false }, { email: 'c@d', email_verified: true }])
    expect(await ask(claims)).toEqual({ ok: false, reason: 'claim-mismatch' })
  const headers = { authorization: await googleToken({ email_verified: false }) }
  const ofAny = { secrets: [rsa.publicKey], values: { audience }, now: nowMs }
  expect(verify(schemes.googlePubsub, { headers, body: '{}' }, ofAny).ok).toBe(false)
  const request = { headers: {}, body: '{}' }
  const signed = sign(schemes.googlePubsub, request, { ...options, secrets: [rsa.privateKey] })
  expect(verify(schemes.googlePubsub, signed, options).ok).toBe(true)
})

it('refuses an address of a key that is not the vendor’s, also with the key at hand', () => {
  const { values, body } = sampleOf('paypal')
  const secrets = [rsa.privateKey]
  const signed = sign(schemes.paypal, { headers: {}, body }, { secrets, now: nowMs, values })
  const ask = (certUrl: string | undefined): unknown => {
    const headers = { ...signed.headers, 'paypal-cert-url': certUrl }
    return verify(schemes.paypal, { headers, body }, { secrets: [rsa.publicKey], now: nowMs, values })
  }
  expect(ask('https://api.paypal.com/v1/notifications/certs/CERT-360caa42')).toMatchObject({ ok: true })
  expect(ask(undefined)).toMatchObject({ ok: true })
  for (const url of ['https://evil.example/v1/notifications/certs/x', 'http://api.paypal.com/v1/notifications/certs/x'])
    expect(ask(url)).toEqual({ ok: false, reason: 'untrusted-key' })
})

it('verifies a token of FusionAuth in each of its algorithms, each with its own type of key and curve', () => {
  const secret = 'a secret of at least sixty-four bytes, since HMAC with SHA-512 wants as many'
  const curves = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' }
  for (const algorithm of schemes.fusionauth.algorithms) {
    const only: JwtScheme = { ...schemes.fusionauth, algorithms: [algorithm] }
    const curve = Object.entries(curves).find(([name]) => name === algorithm)?.[1]
    const pair = curve === undefined ? rsa : generateKeyPairSync('ec', { namedCurve: curve })
    const shared = algorithm.startsWith('HS')
    const secrets = [shared ? secret : pair.privateKey]
    const request = sign(only, { headers: {}, body: '{}' }, { secrets, now: nowMs })
    const given = { secrets: [shared ? secret : pair.publicKey], now: nowMs }
    expect([algorithm, verify(schemes.fusionauth, request, given).ok]).toEqual([algorithm, true])
    expect(verify(schemes.fusionauth, { ...request, body: '{ }' }, given).ok).toBe(false)
    const other: JwtScheme = { ...schemes.fusionauth, algorithms: [algorithm === 'ES256' ? 'ES384' : 'ES256'] }
    expect(verify(other, request, given).ok).toBe(false)
  }
})

async function signRaw(header: object, claims: object): Promise<string> {
  const { sign: signBytes } = await import('node:crypto')
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${signBytes('sha256', Buffer.from(signed), rsa.privateKey).toString('base64url')}`
}

it('lets no token choose its algorithm', async () => {
  const publicPem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const claims = {
    iss: 'https://accounts.google.com',
    aud: audience,
    iat: nowMs / 1000,
    exp: nowMs / 1000 + 60,
    request_body_sha256: '',
  }
  const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(publicPem))
  const none = [{ alg: 'none' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const critical = await signRaw({ alg: 'RS256', crit: ['x'], x: 1 }, claims)
  const options = { secrets: [publicPem], values: { audience }, now: nowMs }
  for (const token of [confused, `${none}.`, critical, none, 'a.b', 'a.b.c', '..', '']) {
    for (const scheme of [schemes.googlePubsub, schemes.fusionauth]) {
      const headers = { authorization: `Bearer ${token}`, 'x-fusionauth-signature-jwt': token }
      expect(verify(scheme, { headers, body: '' }, options).ok).toBe(false)
    }
  }
})

it('verifies a webhook of Plaid with keys that the caller looks up by id', async () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...ec.publicKey.export({ format: 'jwk' }), kid: 'plaid-1' }
  const asked: unknown[] = []
  const keys: KeyLookup = async (reference) => (asked.push(reference), [jwk])
  const secret = { id: 'plaid-1', secret: ec.privateKey }
  const request = sign(schemes.plaid, { headers: {}, body: '{"a":1}' }, { secrets: [secret], now: nowMs })
  expect((await verifyWithKeys(schemes.plaid, request, { keys, now: nowMs })).ok).toBe(true)
  expect(asked).toEqual([{ kid: 'plaid-1' }])
  expect(await verifyWithKeys(schemes.plaid, request, { keys, now: nowMs + 301_000 })).toEqual({
    ok: false,
    reason: 'too-old',
  })
  expect((await verifyWithKeys(schemes.plaid, { ...request, body: '{"a":2}' }, { keys, now: nowMs })).ok).toBe(false)
  const expired = [{ ...jwk, expired_at: nowMs / 1000 - 1 }]
  expect(verify(schemes.plaid, request, { secrets: expired, now: nowMs })).toEqual({ ok: false, reason: 'no-secret' })
  expect(verify(schemes.plaid, request, { secrets: [{ ...jwk, expired_at: null }], now: nowMs }).ok).toBe(true)
  const renamed = [{ ...jwk, kid: 'plaid-2' }]
  expect(verify(schemes.plaid, request, { secrets: renamed, now: nowMs })).toEqual({
    ok: false,
    reason: 'signature-mismatch',
  })
})

it('asks Atlassian for the key by an id that cannot leave its path', async () => {
  const { values } = sampleOf('atlassianLifecycle')
  const base = { url: 'https://app.example/installed', headers: {}, body: '' }
  const of = (id: string): string | undefined => {
    const secrets = [{ id, secret: rsa.privateKey }]
    const request = sign(schemes.atlassianLifecycle, base, { secrets, now: nowMs, values })
    return keyReference(schemes.atlassianLifecycle, request).url
  }
  expect(of('0e50fccb-239d-4991-a5db-dc850ba3f236')).toBe(
    'https://connect-install-keys.atlassian.com/0e50fccb-239d-4991-a5db-dc850ba3f236',
  )
  for (const id of ['.', '../x', 'a/b', 'a?b', '', '..']) expect(() => of(id)).toThrow('untrusted-key')
})

it('takes a public key as PEM, DER in base64, JWK and key object', () => {
  const { signing, verifying, body } = sampleOf('sendgrid')
  const request = sign(schemes.sendgrid, { headers: {}, body }, { secrets: [signing], now: nowMs })
  const key = createPublicKey({ key: Buffer.from(String(verifying), 'base64'), format: 'der', type: 'spki' })
  const forms = [
    verifying,
    key,
    key.export({ format: 'jwk' }),
    key.export({ format: 'der', type: 'spki' }),
    key.export({ format: 'pem', type: 'spki' }).toString(),
  ]
  for (const secret of forms) expect(verify(schemes.sendgrid, request, { secrets: [secret], now: nowMs }).ok).toBe(true)
})
