import {
  assert,
  constantFrom,
  property,
  sample as draw,
  string,
  tuple,
  uint8Array,
  webUrl,
  oneof,
  constant,
  integer,
  array,
  dictionary,
  jsonValue,
  anything,
  type Arbitrary,
} from 'fast-check'
import { expect, it } from 'vitest'
import { sign, verify, type WebhookHeaders } from '../../src/webhooks/index.ts'
import { nowMs, samples } from './samples.ts'

/** `FUZZ_RUNS=100000` is the nightly form. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 2000)

const names = [
  ...new Set(
    samples.flatMap(({ scheme, method, url, headers, body, signing, values }) =>
      Object.keys(sign(scheme, { method, url, headers, body }, { secrets: [signing], now: nowMs, values }).headers),
    ),
  ),
]

/** What a signature header may look like to a parser that is too trusting. */
const hostile: Arbitrary<string> = oneof(
  string({ unit: 'binary', maxLength: 60 }),
  constantFrom(
    '',
    ' ',
    ',',
    ';',
    '=',
    'v1=',
    'v1,',
    't=',
    't=1,v1=',
    'sha256=',
    'Basic ',
    'JWT ',
    'Bearer a.b.c',
    '__proto__',
    'v1=\u0000',
  ),
  tuple(
    constantFrom('t=1,v1=', 'sha256=', 'v0=', 'v1,', 'ts=1;h1=', ''),
    uint8Array({ minLength: 0, maxLength: 80 }),
  ).map(([prefix, bytes]) => prefix + Buffer.from(bytes).toString('base64')),
  array(constantFrom('v1,AAAA', 'v1=00', 'h1=00', 't=1'), { maxLength: 40 }).map((list) => list.join(' ')),
  integer().map(String),
  jsonValue().map((value) => `${b64(value)}.${b64(value)}.AAAA`),
)

function b64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

const hostileHeaders: Arbitrary<WebhookHeaders> = oneof(
  dictionary(
    oneof(constantFrom(...names), string({ maxLength: 20 })),
    oneof(hostile, array(hostile, { maxLength: 3 })),
  ),
  array(oneof(constantFrom(...names), hostile), { maxLength: 20 }),
)

const hostileBody: Arbitrary<Uint8Array | string> = oneof(
  uint8Array({ maxLength: 300 }),
  string({ unit: 'binary', maxLength: 200 }),
  jsonValue().map((value) => JSON.stringify(value)),
  constantFrom(...samples.map(({ body }) => body)),
  dictionary(
    constantFrom(
      'signature',
      'event',
      'value',
      'notificationItems',
      'Type',
      'Signature',
      'SignatureVersion',
      'webhookTimestamp',
      '__proto__',
    ),
    jsonValue(),
  ).map((value) => JSON.stringify(value)),
)

const hostileUrl: Arbitrary<string | undefined> = oneof(
  constant(undefined),
  webUrl({ withQueryParameters: true, withFragments: true }),
  string({ unit: 'binary', maxLength: 60 }),
  constantFrom(
    'http://',
    'https://[::1]:8080/?a=%ff',
    'https://h/?bodySHA256=',
    'https://h/?%&%=%&&',
    'https://u:p@h:99/',
  ),
)

it('never throws and never accepts, whatever is sent', { timeout: 30_000 + runs * 5 }, () => {
  const request = tuple(constantFrom(...samples), hostileHeaders, hostileBody, hostileUrl, string({ maxLength: 8 }))
  assert(
    property(request, ([sample, headers, body, url, method]) => {
      const result = verify(
        sample.scheme,
        { method, url, headers, body },
        { secrets: [sample.verifying], now: nowMs, values: sample.values, toleranceSeconds: Infinity },
      )
      expect(result.ok).toBe(false)
    }),
    { numRuns: runs },
  )
})

it('never throws on a true webhook that is changed in one place', { timeout: 30_000 + runs * 5 }, () => {
  const change = tuple(constantFrom(...samples), constantFrom('header', 'body', 'url'), integer({ min: 0 }), hostile)
  assert(
    property(change, ([sample, where, at, text]) => {
      const { scheme, method, url, headers, body, signing, verifying, values } = sample
      const request = sign(scheme, { method, url, headers, body }, { secrets: [signing], now: nowMs, values })
      const own = Object.keys(request.headers)
      const name = own[at % own.length] ?? ''
      const bytes = Uint8Array.from(request.body)
      bytes[at % bytes.length] = at & 255
      const changed = {
        ...request,
        ...(where === 'header' && { headers: { ...request.headers, [name]: text } }),
        ...(where === 'body' && { body: bytes }),
        ...(where === 'url' && { url: url + text }),
      }
      expect(typeof verify(scheme, changed, { secrets: [verifying], now: nowMs, values }).ok).toBe('boolean')
    }),
    { numRuns: runs },
  )
})

it('never throws on headers that are no headers', () => {
  for (const headers of draw(anything(), 500)) {
    for (const { scheme, verifying } of samples.slice(0, 30)) {
      expect(
        verify(
          scheme,
          { headers: Object(headers), body: '{}', url: 'https://h/' },
          { secrets: [verifying], now: nowMs },
        ).ok,
      ).toBe(false)
    }
  }
})
