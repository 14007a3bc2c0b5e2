import { createHash, createHmac, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { WebhookVerificationError } from '../../src/errors.ts'
import {
  body,
  schemes,
  sign,
  signedBy,
  timestamp,
  verifier,
  verify,
  type MessageScheme,
  type WebhookSecret,
} from '../../src/webhooks/index.ts'
import { nowMs } from './samples.ts'

const hex = (text: string, key = 'k'): string => createHmac('sha256', key).update(text).digest('hex')
const request = { headers: { 'x-hub-signature-256': `sha256=${hex('{}')}` }, body: '{}' }

it('tells how to keep the raw bytes where the body was parsed', () => {
  for (const parsed of [{}, { a: 1 }, [1], null, undefined, 7]) {
    const check = (): unknown => verify(schemes.github, { ...request, body: parsed as never }, { secrets: ['k'] })
    expect(check).toThrow(WebhookVerificationError)
    expect(check).toThrow(expect.objectContaining({ code: 'WEBHOOK_VERIFICATION', reason: 'body-not-raw' }))
    expect(check).toThrow(/express\.raw.*request\.text\(\).*parseAs/)
  }
})

it('believes nothing without a secret, or with one that is empty or cannot be decoded', () => {
  const unusable: readonly (readonly WebhookSecret[])[] = [
    [],
    [''],
    [new Uint8Array()],
    ['k', ''],
    Array.from({ length: 11 }, () => 'k'),
  ]
  for (const secrets of unusable)
    expect(verify(schemes.github, request, { secrets })).toEqual({ ok: false, reason: 'no-secret' })
  for (const secret of ['whsec_', 'whsec_!!', '']) {
    expect(verify(schemes.standardWebhooks, request, { secrets: [secret] })).toEqual({ ok: false, reason: 'no-secret' })
  }
  expect(verify(schemes.adyenPlatform, request, { secrets: ['xyz'] })).toEqual({ ok: false, reason: 'no-secret' })
  expect(verify(schemes.discord, request, { secrets: ['00'] })).toEqual({ ok: false, reason: 'no-secret' })
  expect(verify(schemes.github, request, { secrets: [undefined as never] })).toEqual({ ok: false, reason: 'no-secret' })
})

it('takes a base64 secret with and without padding and in both alphabets, and none with anything else in it', () => {
  const reasonOf = (scheme: MessageScheme, secret: string): unknown => {
    const result = verify(scheme, { headers: {}, body: '' }, { secrets: [secret] })
    return !result.ok && result.reason
  }
  for (const secret of ['AAAA', 'AA', 'AA==', 'AAA', 'AAA=', '+/+/', '-_-_', 'AAAAAA'])
    expect([secret, reasonOf(schemes.standardWebhooks, `whsec_${secret}`)]).toEqual([secret, 'missing-signature'])
  // The last has one digit too many, or lacks one: no encoder ends so.
  for (const secret of ['AAAA\n', ' AAAA', 'AA AA', 'A=AA', 'AA===', '=', 'AAAA AAA', 'AAAAA'])
    expect([secret, reasonOf(schemes.standardWebhooks, `whsec_${secret}`)]).toEqual([secret, 'no-secret'])
  for (const secret of ['0aF9', '00']) expect(reasonOf(schemes.adyenPlatform, secret)).toBe('missing-signature')
  for (const secret of ['0', '000', '0g', '00\n', '00 00', '00=='])
    expect([secret, reasonOf(schemes.adyenPlatform, secret)]).toEqual([secret, 'no-secret'])
})

it('takes PEM for no shared secret, be it whole, cut after its first line or put on one', () => {
  const pem = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString()
  const [first = ''] = pem.split('\n')
  const texts = [pem, first, pem.replaceAll('\n', ''), pem.replaceAll('\n', String.raw`\n`), ` ${pem}`]
  for (const scheme of [schemes.github, schemes.standardWebhooks, schemes.openai, schemes.adyenPlatform])
    for (const secret of texts)
      expect(verify(scheme, request, { secrets: [secret] })).toEqual({ ok: false, reason: 'no-secret' })
})

// @see https://www.rfc-editor.org/rfc/rfc7617#section-2
it('takes the credentials of basic authentication as user and password, or as the header that they make', () => {
  const authorization = 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='
  const resultFor = (secret: string): unknown =>
    verify(schemes.chargebee, { headers: { authorization }, body: '{}' }, { secrets: [secret] })
  for (const secret of ['Aladdin:open sesame', authorization]) expect(resultFor(secret)).toMatchObject({ ok: true })
  for (const secret of ['Aladdin:open', 'Basic QWxhZGRpbjpvcGVu', authorization.slice('Basic '.length)])
    expect(resultFor(secret)).toEqual({ ok: false, reason: 'signature-mismatch' })
})

it('finds an entry of a list behind empty entries and white space, and none that only begins in another', () => {
  const stamp = String(nowMs / 1000)
  const good = hex(`${stamp}.{}`)
  const ask = (value: string): unknown =>
    verify(schemes.stripe, { headers: { 'stripe-signature': value }, body: '{}' }, { secrets: ['k'], now: nowMs })
  for (const list of [`,, ,t=${stamp}, ,v1=${good},`, `  t=${stamp}, \t v1=${good}`, `v1=${good},t=${stamp}`])
    expect(ask(list)).toMatchObject({ ok: true, timestamp: nowMs })
  for (const list of [`t=${stamp},av1=${good}`, `t=${stamp},v1`, `t=${stamp},v,1=${good}`, `t=${stamp},\tv1=${good}`])
    expect(ask(list)).toEqual({ ok: false, reason: 'malformed-signature' })
})

it('takes a secret as text, as bytes and as a key object', () => {
  for (const secret of ['k', Buffer.from('k'), createSecretKey(Buffer.from('k')), { id: 'one', secret: 'k' }]) {
    expect(verify(schemes.github, request, { secrets: [secret] })).toEqual({
      ok: true,
      id: undefined,
      timestamp: undefined,
      keyIndex: 0,
      covers: ['body'],
    })
  }
})

it('takes the time as a number, a date and a function', () => {
  const signed = sign(schemes.slack, { headers: {}, body: 'x' }, { secrets: ['k'], now: nowMs })
  for (const now of [nowMs, new Date(nowMs), () => nowMs]) {
    expect(verify(schemes.slack, signed, { secrets: ['k'], now })).toMatchObject({ ok: true, timestamp: nowMs })
  }
  expect(verify(schemes.slack, signed, { secrets: ['k'], now: new Date(NaN) })).toEqual({
    ok: false,
    reason: 'too-old',
  })
})

it('reads the several signatures of one header, and counts only the version it knows', () => {
  const stamp = String(nowMs / 1000)
  const good = hex(`${stamp}.{}`)
  const bad = hex('other')
  const ask = (value: string): unknown =>
    verify(schemes.stripe, { headers: { 'stripe-signature': value }, body: '{}' }, { secrets: ['k'], now: nowMs })
  expect(ask(`t=${stamp},v1=${bad},v1=${good},v0=${bad}`)).toMatchObject({ ok: true })
  expect(ask(`t=${stamp}, v1=${good}`)).toMatchObject({ ok: true })
  expect(ask(`t=${stamp},v0=${good}`)).toEqual({ ok: false, reason: 'malformed-signature' })
  expect(ask(`t=${stamp},t=${stamp},v1=${good}`)).toEqual({ ok: false, reason: 'malformed-signature' })
  expect(ask(`v1=${good}`)).toEqual({ ok: false, reason: 'missing-timestamp' })
  expect(ask(`t=${stamp},v1=,v1=${good}`)).toMatchObject({ ok: true })
  expect(ask(`t=${stamp},v1=,v1=`)).toEqual({ ok: false, reason: 'malformed-signature' })
  expect(ask(`t=${stamp},${`v1=${bad},`.repeat(10)}v1=${good}`)).toEqual({ ok: false, reason: 'too-many-signatures' })
})

it('takes either header while a key is rolled, and one header for each of several keys', () => {
  const both = sign(schemes.hookdeck, { headers: {}, body: 'x' }, { secrets: ['old', 'new'], now: nowMs })
  expect(Object.keys(both.headers).slice(1)).toEqual(['x-hookdeck-signature', 'x-hookdeck-signature-2'])
  for (const secret of ['old', 'new']) expect(verify(schemes.hookdeck, both, { secrets: [secret] }).ok).toBe(true)
  const many = sign(schemes.docusign, { headers: {}, body: 'x' }, { secrets: ['a', 'b', 'c'] })
  expect(Object.keys(many.headers)).toContain('x-docusign-signature-3')
  for (const secret of ['a', 'b', 'c']) expect(verify(schemes.docusign, many, { secrets: [secret] }).ok).toBe(true)
  const { 'box-signature-primary': primary = '', ...rest } = sign(
    schemes.box,
    { headers: {}, body: 'x' },
    { secrets: ['a'], now: nowMs },
  ).headers
  const second = { headers: { ...rest, 'box-signature-secondary': primary }, body: 'x' }
  expect(verify(schemes.box, second, { secrets: ['b', 'a'], now: nowMs })).toMatchObject({ ok: true, keyIndex: 1 })
})

it('takes only the key that the vendor names', () => {
  const named = [{ id: 'key-1', secret: 'same' }]
  const signed = sign(schemes.pusher, { headers: {}, body: '{}' }, { secrets: named })
  expect(signed.headers['x-pusher-key']).toBe('key-1')
  expect(verify(schemes.pusher, signed, { secrets: named }).ok).toBe(true)
  expect(verify(schemes.pusher, signed, { secrets: [{ id: 'key-2', secret: 'same' }] }).ok).toBe(false)
  const { 'x-pusher-key': _, ...headers } = signed.headers
  expect(verify(schemes.pusher, { headers, body: '{}' }, { secrets: named }).ok).toBe(false)
  expect(verify(schemes.pusher, { headers, body: '{}' }, { secrets: ['same'] }).ok).toBe(true)
})

it('says what a signature does not cover', () => {
  const covers = (scheme: MessageScheme, text: string, secret = 'k', headers = {}): unknown => {
    const signed = sign(scheme, { url: 'https://h/', headers, body: text }, { secrets: [secret], now: nowMs })
    const result = verify(scheme, signed, { secrets: [secret], now: nowMs })
    return result.ok && result.covers
  }
  expect(covers(schemes.mailgun, '{"signature":{}}')).toEqual(['timestamp', 'id'])
  expect(covers(schemes.okta, '{}')).toEqual([])
  expect(covers(schemes.plivoV2, '{}', 'k', { 'x-plivo-signature-v2-nonce': '1' })).toEqual(['path', 'headers'])
  expect(covers(schemes.twilio, 'a=1')).toEqual(['url', 'form'])
  expect(covers(schemes.standardWebhooks, '{}', 'whsec_aaaaaaaa')).toEqual(['id', 'timestamp', 'body'])
})

it('takes an empty id for none, and a webhook of Box only with its version and algorithm', () => {
  const secrets = ['whsec_aaaaaaaa']
  const signed = sign(schemes.standardWebhooks, { headers: {}, body: 'x' }, { secrets, now: nowMs })
  const signature = createHmac('sha256', Buffer.from('aaaaaaaa', 'base64')).update(`.${nowMs / 1000}.x`)
  const headers = {
    ...signed.headers,
    'webhook-id': '',
    'webhook-signature': `v1,${signature.digest('base64')}`,
  }
  expect(verify(schemes.standardWebhooks, { headers, body: 'x' }, { secrets, now: nowMs })).toEqual({
    ok: false,
    reason: 'missing-id',
  })
  const box = sign(schemes.box, { headers: {}, body: 'x' }, { secrets: ['k'], now: nowMs })
  for (const name of ['box-signature-version', 'box-signature-algorithm']) {
    const without = { ...box, headers: { ...box.headers, [name]: undefined } }
    expect(verify(schemes.box, without, { secrets: ['k'], now: nowMs })).toEqual({
      ok: false,
      reason: 'unexpected-value',
    })
  }
})

it('reads the time of Linear from the signed body before the unsigned header', () => {
  const text = JSON.stringify({ webhookTimestamp: nowMs })
  const ask = (headers: Record<string, string>, sent = text, now = nowMs): unknown =>
    verify(
      schemes.linear,
      { headers: { 'linear-signature': hex(sent), ...headers }, body: sent },
      { secrets: ['k'], now },
    )
  expect(ask({ 'linear-timestamp': '1' })).toMatchObject({ ok: true })
  expect(ask({ 'linear-timestamp': String(nowMs + 61_000) }, text, nowMs + 61_000)).toEqual({
    ok: false,
    reason: 'too-old',
  })
  expect(ask({ 'linear-timestamp': String(nowMs - 61_000) }, '{}')).toEqual({ ok: false, reason: 'too-old' })
  expect(ask({}, '{}')).toMatchObject({ ok: true, timestamp: undefined })
})

it('verifies each item of a notification of Adyen, and refuses the whole for one that is forged', () => {
  const item = { pspReference: 'p', amount: { value: 1, currency: 'EUR' }, additionalData: {} }
  const key = '00'.repeat(32)
  const whole = {
    notificationItems: [{ NotificationRequestItem: item }, { NotificationRequestItem: { ...item, pspReference: 'q' } }],
  }
  const signed = sign(schemes.adyen, { headers: {}, body: JSON.stringify(whole) }, { secrets: [key] })
  const ask = (text: string): boolean => verify(schemes.adyen, { headers: {}, body: text }, { secrets: [key] }).ok
  const text = Buffer.from(signed.body).toString()
  expect(ask(text)).toBe(true)
  expect(ask(text.replace('"pspReference":"q"', '"pspReference":"r"'))).toBe(false)
  expect(ask('{"notificationItems":[]}')).toBe(false)
  const [first] = JSON.parse(text).notificationItems
  expect(ask(JSON.stringify(first.NotificationRequestItem))).toBe(true)
  for (const list of [null, 'x', {}, [null], [{}]]) {
    expect(ask(JSON.stringify({ ...first.NotificationRequestItem, notificationItems: list }))).toBe(false)
  }
})

it('reads the method in any case, and takes one that is not given for POST', () => {
  const base = { url: 'https://h.example/', headers: {}, body: '{}' }
  const signed = sign(schemes.hubspot, base, { secrets: ['k'], now: nowMs })
  const ask = (method: string | undefined): boolean =>
    verify(schemes.hubspot, { ...signed, method }, { secrets: ['k'], now: nowMs }).ok
  expect([undefined, 'POST', 'post', 'Post', 'GET'].map(ask)).toEqual([true, true, true, true, false])
})

it('undoes the twelve escapes of HubSpot and leaves the others', () => {
  const encoded = 'https://h.example/a%2Fb?q=%3Fx%3a%20%26'
  const text = `POSThttps://h.example/a/b?q=?x:%20%26{}${nowMs}`
  const headers = {
    'x-hubspot-signature-v3': createHmac('sha256', 'k').update(text).digest('base64'),
    'x-hubspot-request-timestamp': String(nowMs),
  }
  expect(
    verify(schemes.hubspot, { method: 'POST', url: encoded, headers, body: '{}' }, { secrets: ['k'], now: nowMs }).ok,
  ).toBe(true)
})

it('takes the body of a JSON webhook of Twilio only with its own digest', () => {
  const url = `https://h.example/x?bodySHA256=${createHash('sha256').update('{}').digest('hex')}`
  const headers = { 'x-twilio-signature': createHmac('sha1', 'k').update(url).digest('base64') }
  const ask = (text: string): unknown => verify(schemes.twilio, { url, headers, body: text }, { secrets: ['k'] })
  expect(ask('{}')).toMatchObject({ ok: true, covers: ['url', 'body'] })
  expect(ask('{ }')).toEqual({ ok: false, reason: 'signature-mismatch' })
})

it('refuses a form with escapes that two bodies could share', () => {
  const headers = { 'x-twilio-signature': createHmac('sha1', 'k').update('https://h/a\ufffd').digest('base64') }
  for (const form of ['a=%FF', 'a=%FE', Buffer.of(0x61, 0x3d, 0xff)]) {
    expect(verify(schemes.twilio, { url: 'https://h/', headers, body: form }, { secrets: ['k'] })).toEqual({
      ok: false,
      reason: 'malformed-body',
    })
  }
})

it('refuses a form of more fields than a vendor sends, and never reads only the first of them', () => {
  const { headers } = sign(schemes.twilio, { url: 'https://h/', headers: {}, body: 'a=1' }, { secrets: ['k'] })
  const ask = (form: string): unknown =>
    verify(schemes.twilio, { url: 'https://h/', headers, body: form }, { secrets: ['k'] })
  expect(ask('a=1')).toMatchObject({ ok: true })
  for (const form of ['&a=1'.repeat(1_000_000), `a=1${'&'.repeat(2000)}b=2`]) {
    expect(ask(form)).toEqual({ ok: false, reason: 'malformed-body' })
  }
  expect(ask(`a=1${'&'.repeat(900)}b=2`)).toEqual({ ok: false, reason: 'signature-mismatch' })
})

it('refuses white space around a signature, and takes it before an entry of a list', () => {
  for (const space of [' ', '\t', '\n', '\u00a0', '\ufeff']) {
    for (const value of [
      `${request.headers['x-hub-signature-256']}${space}`,
      `${space}${request.headers['x-hub-signature-256']}`,
    ]) {
      expect(
        verify(schemes.github, { ...request, headers: { 'x-hub-signature-256': value } }, { secrets: ['k'] }).ok,
      ).toBe(false)
    }
  }
  const stamp = String(nowMs)
  const list = `t=${stamp}, v1=${hex(`${stamp}.{}`)}`
  expect(
    verify(schemes.workos, { headers: { 'workos-signature': list }, body: '{}' }, { secrets: ['k'], now: nowMs }).ok,
  ).toBe(true)
  expect(
    verify(schemes.workos, { headers: { 'workos-signature': `${list} ` }, body: '{}' }, { secrets: ['k'], now: nowMs })
      .ok,
  ).toBe(false)
})

it('takes the headers that Contentful lists, which must name the list and the time', () => {
  const base = { method: 'POST', url: 'https://h.example/a b?x=1', body: '{}' }
  const ask = (headers: Record<string, string>): unknown =>
    verify(schemes.contentful, { ...base, headers }, { secrets: ['k'], now: nowMs })
  const signed = sign(
    schemes.contentful,
    { ...base, headers: { 'x-contentful-topic': 'entry' } },
    { secrets: ['k'], now: nowMs },
  )
  expect(ask({ ...signed.headers })).toMatchObject({ ok: true, covers: ['method', 'url', 'headers', 'body'] })
  for (const list of ['', 'x-contentful-timestamp', 'x-contentful-signed-headers', `${'a,'.repeat(60)}b`]) {
    expect(ask({ ...signed.headers, 'x-contentful-signed-headers': list })).toMatchObject({ ok: false })
  }
})

it('finds nothing in Headers under a listed name that cannot be one, and throws nothing', () => {
  const base = { method: 'POST', url: 'https://h.example/', body: '{}' }
  const signed = sign(schemes.contentful, { ...base, headers: {} }, { secrets: ['k'], now: nowMs })
  for (const name of ['a b', 'é', '\t', '']) {
    const list = `${signed.headers['x-contentful-signed-headers']},${name}`
    const get = (asked: string): string | null =>
      asked === 'x-contentful-signed-headers' ? list : new Headers({ ...signed.headers }).get(asked)
    expect(verify(schemes.contentful, { ...base, headers: { get } }, { secrets: ['k'], now: nowMs })).toEqual({
      ok: false,
      reason: 'missing-header',
    })
  }
})

it('notes what is signed where it is listed, and finds out anew where the list is another', () => {
  const covered = (scheme: MessageScheme): unknown => {
    const result = verify(scheme, sign(scheme, { headers: {}, body: 'x' }, { secrets: ['k'] }), { secrets: ['k'] })
    return result.ok && result.covers
  }
  const mine: MessageScheme = { ...schemes.stripe, signed: signedBy(timestamp, '.', body) }
  expect(covered(mine)).toEqual(['timestamp', 'body'])
  expect(covered({ ...mine, signed: signedBy(timestamp) })).toEqual(['timestamp'])
  expect(covered({ ...mine, signed: mine.signed.filter((part) => part !== body) })).toEqual(['timestamp'])
  expect(covered({ ...mine, signed: [body, '.', timestamp, { value: 'tenant' }] })).toEqual(['body', 'timestamp'])
  expect(Object.isFrozen(covered(mine))).toBe(true)
})

it('reads a scheme that its user describes', () => {
  const mine: MessageScheme = {
    kind: 'message',
    vendor: 'Mine',
    algorithm: 'hmac-sha512',
    signature: { header: ['x-mine-signature'], separator: ';', prefix: 's=' },
    encoding: 'base64',
    signed: ['mine:', timestamp, '\n', { header: 'x-mine-tenant' }, '\n', body],
    timestamp: { at: { header: 'x-mine-at' }, unit: 'iso', toleranceSeconds: 10 },
  }
  const signed = sign(mine, { headers: { 'x-mine-tenant': 'a' }, body: 'x' }, { secrets: ['k', 'l'], now: nowMs })
  const check = verifier(mine, { secrets: ['l'], now: nowMs })
  expect(check(signed)).toMatchObject({ ok: true, covers: ['timestamp', 'headers', 'body'] })
  expect(check({ ...signed, headers: { ...signed.headers, 'x-mine-tenant': 'b' } }).ok).toBe(false)
  expect(check({ ...signed, headers: { ...signed.headers, 'x-mine-tenant': undefined } })).toEqual({
    ok: false,
    reason: 'missing-header',
  })
})
