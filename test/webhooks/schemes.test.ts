import { expect, it } from 'vitest'
import { sign, verify, type SignedRequest, type Verification, type WebhookHeaders } from '../../src/webhooks/index.ts'
import { nowMs, samples, type Sample } from './samples.ts'

const each = samples.map((sample): readonly [string, Sample] => [sample.name, sample])

function signed(sample: Sample, over: Partial<Sample> = {}, now = nowMs): SignedRequest {
  const { scheme, method, url, headers, body, signing, values } = { ...sample, ...over }
  return sign(scheme, { method, url, headers, body }, { secrets: [signing], now, values, id: 'id-1' })
}

function check(sample: Sample, request: SignedRequest & { headers: WebhookHeaders }, now = nowMs): Verification {
  return verify(sample.scheme, request, { secrets: [sample.verifying], now, values: sample.values })
}

/** Where the signature of a request stands, and how to change it. */
function withSignature(sample: Sample, request: SignedRequest, change: (text: string) => string): SignedRequest {
  const { scheme } = sample
  const {
    header,
    numbered,
    field,
    prefix = '',
    separator,
  } = scheme.kind === 'jwt'
    ? { ...scheme.token, numbered: undefined, field: undefined, separator: undefined }
    : scheme.signature
  if (field !== undefined) {
    const name = field.split('.').at(-1) ?? ''
    const text = Buffer.from(request.body).toString()
    return {
      ...request,
      body: Buffer.from(text.replace(new RegExp(`("${name}":")([^"]*)`), (_, k: string, v: string) => k + change(v))),
    }
  }
  const name = numbered ? `${numbered}1` : typeof header === 'string' ? header : (header?.[0] ?? '')
  const entries = separator ? (request.headers[name] ?? '').split(separator) : [request.headers[name] ?? '']
  const changed = entries.map((entry) => (entry.startsWith(prefix) ? change(entry) : entry)).join(separator ?? '')
  return { ...request, headers: { ...request.headers, [name]: changed } }
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

function covers(sample: Sample, part: string): boolean {
  const result = check(sample, signed(sample))
  return result.ok && result.covers.some((one) => one === part || (part === 'body' && one === 'body-checksum'))
}

it.each(each)('verifies what it signs: %s', (_, sample) => {
  expect(check(sample, signed(sample))).toMatchObject({ ok: true, keyIndex: 0 })
})

it.each(each)('reads headers in any case, as Headers and as the raw list: %s', (_, sample) => {
  const request = signed(sample)
  const shouted = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
  )
  expect(check(sample, { ...request, headers: shouted }).ok).toBe(true)
  expect(verify(sample.scheme, { ...request, headers: new Headers(request.headers) }, options(sample)).ok).toBe(true)
  expect(verify(sample.scheme, { ...request, headers: Object.entries(shouted).flat() }, options(sample)).ok).toBe(true)
})

function options(sample: Sample): Parameters<typeof verify>[2] {
  return { secrets: [sample.verifying], now: nowMs, values: sample.values }
}

it.each(each.filter(([, sample]) => covers(sample, 'body')))(
  'refuses one flipped byte of the body: %s',
  (_, sample) => {
    const request = signed(sample)
    const last = request.body.length - 1
    for (const at of [0, last >> 1, last]) {
      expect(check(sample, { ...request, body: flip(request.body, at) }).ok).toBe(false)
    }
    expect(check(sample, { ...request, body: Buffer.concat([request.body, Buffer.from('\n')]) }).ok).toBe(false)
    expect(check(sample, { ...request, body: Buffer.alloc(0) }).ok).toBe(false)
  },
)

it.each(each.filter(([, sample]) => covers(sample, 'fields')))(
  'refuses a changed covered field: %s',
  (name, sample) => {
    const request = signed(sample)
    const changes: Record<string, readonly [string, string]> = {
      adyen: ['"pspReference":"b"', '"pspReference":"c"'],
      dropboxSign: ['signature_request_sent', 'signature_request_sent2'],
      sns: ['line two', 'line 2'],
    }
    const [from = '', to = ''] = changes[name] ?? []
    const text = Buffer.from(request.body).toString()
    expect(text).toContain(from)
    expect(check(sample, { ...request, body: Buffer.from(text.replace(from, to)) }).ok).toBe(false)
  },
)

it.each(each.filter(([, sample]) => covers(sample, 'url')))('refuses another URL: %s', (_, sample) => {
  const request = signed(sample)
  expect(check(sample, { ...request, url: 'https://hooks.example/in/there?b=2&a=1' }).ok).toBe(false)
  expect(check(sample, { ...request, url: 'https://hooks.example.org/in/here?b=2&a=1' }).ok).toBe(
    sample.name === 'contentful' || sample.name.startsWith('atlassian'),
  )
  expect(check(sample, { ...request, url: undefined })).toEqual({ ok: false, reason: 'missing-url' })
  expect(check(sample, { ...request, url: 'not a url' })).toEqual({ ok: false, reason: 'malformed-url' })
})

it.each(each.filter(([, sample]) => covers(sample, 'method')))('refuses another method: %s', (_, sample) => {
  expect(check(sample, { ...signed(sample), method: 'PUT' }).ok).toBe(false)
})

it.each(each.filter(([, sample]) => covers(sample, 'id')))('refuses another or no id: %s', (_, sample) => {
  const source = sample.scheme.kind === 'message' ? sample.scheme.id : undefined
  const request = signed(sample)
  if (source && 'header' in source) {
    const name = typeof source.header === 'string' ? source.header : (source.header[0] ?? '')
    expect(check(sample, { ...request, headers: { ...request.headers, [name]: 'id-2' } }).ok).toBe(false)
    const { [name]: _gone, ...rest } = request.headers
    expect(check(sample, { ...request, headers: rest })).toEqual({ ok: false, reason: 'missing-id' })
  } else {
    const text = Buffer.from(request.body).toString()
    expect(check(sample, { ...request, body: Buffer.from(text.replace('a-token', 'b-token')) }).ok).toBe(false)
  }
})

it.each(each)('refuses a wrong secret, and finds the right one of two: %s', (_, sample) => {
  const request = signed(sample)
  const base = { now: nowMs, values: sample.values }
  expect(verify(sample.scheme, request, { ...base, secrets: [sample.otherVerifying] })).toEqual({
    ok: false,
    reason: 'signature-mismatch',
  })
  const both = { ...base, secrets: [sample.otherVerifying, sample.verifying] }
  expect(verify(sample.scheme, request, both)).toMatchObject({ ok: true, keyIndex: 1 })
  const renewed = signed(sample, { signing: sample.otherSigning })
  expect(verify(sample.scheme, renewed, both)).toMatchObject({ ok: true, keyIndex: 0 })
})

it.each(each)('refuses a damaged, truncated, over-long or empty signature: %s', (_, sample) => {
  const request = signed(sample)
  const damage: readonly ((text: string) => string)[] = [
    (text) => text.slice(0, -6) + (text.at(-6) === 'a' ? 'b' : 'a') + text.slice(-5),
    (text) => text.slice(0, -1),
    (text) => text.slice(0, -4),
    (text) => `${text}0`,
    (text) => `${text}00`,
    (text) => text + text,
    (text) => text.slice(0, text.length >> 1),
    () => '',
    () => '=',
  ]
  for (const change of damage) expect(check(sample, withSignature(sample, request, change)).ok).toBe(false)
})

it.each(each)('refuses a wrong prefix and another writing of the same signature: %s', (_, sample) => {
  const request = signed(sample)
  const { scheme } = sample
  const prefix = scheme.kind === 'jwt' ? scheme.token.prefix : scheme.signature.prefix
  if (prefix) {
    for (const wrong of ['', 'v9=', prefix.toUpperCase() === prefix ? prefix.toLowerCase() : prefix.toUpperCase()]) {
      expect(
        check(
          sample,
          withSignature(sample, request, (text) => wrong + text.slice(prefix.length)),
        ).ok,
      ).toBe(false)
    }
  }
  const rewritten = withSignature(sample, request, (text) => {
    const bare = text.slice(prefix?.length ?? 0)
    const other = bare.endsWith('=') ? bare.replace(/=+$/, '') : bare.toUpperCase()
    return (prefix ?? '') + (other === bare ? `${bare}=` : other)
  })
  expect(check(sample, rewritten).ok).toBe(false)
})

it.each(each)('refuses a missing and a repeated signature header: %s', (_, sample) => {
  const request = signed(sample)
  const { scheme } = sample
  if (scheme.kind === 'message' && scheme.signature.field !== undefined) return
  const source = scheme.kind === 'jwt' ? { ...scheme.token, numbered: undefined } : scheme.signature
  const name = source.numbered
    ? `${source.numbered}1`
    : typeof source.header === 'string'
      ? source.header
      : (source.header?.[0] ?? '')
  const { [name]: value = '', ...rest } = request.headers
  expect(check(sample, { ...request, headers: rest })).toEqual({ ok: false, reason: 'missing-signature' })
  const repeats: readonly WebhookHeaders[] = [
    { ...request.headers, [name]: [value, value] },
    { ...request.headers, [name.toUpperCase()]: value },
    [...Object.entries(request.headers).flat(), name, value],
  ]
  for (const headers of repeats) {
    expect(verify(scheme, { ...request, headers }, options(sample))).toEqual({ ok: false, reason: 'repeated-header' })
  }
})

const timed = each.filter(
  ([, { scheme }]) =>
    scheme.kind === 'message' && scheme.timestamp !== undefined && Number.isFinite(scheme.timestamp.toleranceSeconds),
)

it.each(timed)('takes timestamps up to the tolerance, in both directions: %s', (_, sample) => {
  const { scheme } = sample
  const toleranceMs = (scheme.kind === 'message' ? (scheme.timestamp?.toleranceSeconds ?? 0) : 0) * 1000
  const request = signed(sample)
  for (const offset of [0, toleranceMs - 1000, toleranceMs, -toleranceMs + 1000, -toleranceMs]) {
    expect(check(sample, request, nowMs + offset).ok).toBe(true)
  }
  expect(check(sample, request, nowMs + toleranceMs + 1000)).toEqual({ ok: false, reason: 'too-old' })
  expect(check(sample, request, nowMs - toleranceMs - 1000)).toEqual({ ok: false, reason: 'too-new' })
  const wide = { ...options(sample), toleranceSeconds: Infinity, now: nowMs + 1e12 }
  expect(verify(scheme, request, wide).ok).toBe(true)
  expect(verify(scheme, request, { ...options(sample), toleranceSeconds: NaN }).ok).toBe(false)
})

it.each(timed)('refuses a timestamp with junk behind it, a sign, an exponent, or none: %s', (_, sample) => {
  const { scheme } = sample
  if (scheme.kind !== 'message' || !scheme.timestamp || scheme.timestamp.optional) return
  const at = 'length' in scheme.timestamp.at ? scheme.timestamp.at[0] : scheme.timestamp.at
  const request = signed(sample)
  if (!at || !('header' in at)) return
  const name = typeof at.header === 'string' ? at.header : (at.header[0] ?? '')
  const { [name]: value = '', ...rest } = request.headers
  for (const wrong of [`${value}junk`, `+${value}`, `-${value}`, `${value}.0`, `${value} ${value}`, '1e9', 'NaN', '']) {
    expect(check(sample, { ...request, headers: { ...rest, [name]: wrong } })).toEqual({
      ok: false,
      reason: 'malformed-timestamp',
    })
  }
  expect(check(sample, { ...request, headers: rest }).ok).toBe(false)
})

const wholeBody = each.filter(
  ([, sample]) =>
    covers(sample, 'body') &&
    sample.scheme.kind === 'message' &&
    !sample.scheme.items &&
    !sample.scheme.signature.field,
)

it.each(wholeBody)('compares bytes, not text: %s', (_, sample) => {
  const [broken, otherBroken] = [Uint8Array.of(0x7b, 0xff, 0x7d), Uint8Array.of(0x7b, 0xfe, 0x7d)]
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
  expect(decode(broken)).toBe(decode(otherBroken))
  for (const body of [
    broken,
    Buffer.alloc(0),
    Buffer.from('\ufeff{}'),
    Buffer.from('{}\r\n'),
    Buffer.alloc(1 << 20, 'x'),
  ]) {
    const { method, url, headers, values } = sample
    const request = sign(
      sample.scheme,
      { method, url, headers, body },
      { secrets: [sample.signing], now: nowMs, values },
    )
    expect(check(sample, request).ok).toBe(true)
    const other = body === broken ? otherBroken : Buffer.concat([body, Buffer.of(0)])
    expect(check(sample, { ...request, body: other }).ok).toBe(false)
  }
  const marked = signed(sample, { body: '\ufeff{}' })
  expect(check(sample, { ...marked, body: Buffer.from('{}') }).ok).toBe(false)
  expect(check(sample, { ...signed(sample), body: Buffer.from(sample.body) }).ok).toBe(true)
})
