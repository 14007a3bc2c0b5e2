import { createHash, createHmac, type BinaryLike, type Hash, type Hmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { inspect, isDeepStrictEqual } from 'node:util'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigurationError, InvalidRequestError, type Credential, type HttpRequest } from 'hawser'
import { awsSigV4 } from 'hawser/signing'
import { request } from '../support/stub.ts'
import { s3, s3Vectors, suite, vectors } from './aws-vectors.ts'
import { failure, signed } from './signed.ts'

const { origin, nowMs, ...keys } = suite
const signedThen = async (credential: Credential, asked: HttpRequest): Promise<HttpRequest> =>
  signed(credential, asked, nowMs)
const signatureOf = (authorization: string | undefined): string => authorization?.split('Signature=')[1] ?? ''

it.each(vectors)('signs $name as AWS’ test suite does', async (vector) => {
  const { method = 'GET', target = '/', headers = {}, body, sessionToken, escapePath, signature } = vector
  const settings = { sendDigest: false, ...(escapePath && { escapePath }) }
  const credential = awsSigV4({ ...keys, ...settings, sessionToken })
  const made = await signedThen(credential, request({ method, url: origin + target, headers, body }))
  const names = ['host', 'x-amz-date', ...Object.keys(headers), ...(sessionToken ? ['x-amz-security-token'] : [])]
  expect(made.headers['authorization']).toBe(
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names.toSorted().join(';')}, Signature=${signature}`,
  )
  expect(made.headers['x-amz-date']).toBe('20150830T123600Z')
})

it.each(s3Vectors)('signs $name as the documentation of S3 shows', async (vector) => {
  const { method = 'GET', target = '/', headers = {}, body, signature } = vector
  const { origin, nowMs, ...keys } = s3
  const made = await signed(awsSigV4(keys), request({ method, url: origin + target, headers, body }), nowMs)
  expect(signatureOf(made.headers['authorization'])).toBe(signature)
})

/** What `@smithy/signature-v4` wants of a hash: its key makes it a keyed one. */
class Sha256 {
  readonly #hash: Hash | Hmac
  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as BinaryLike)
  }
  update(data: Uint8Array): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

const character = fc.constantFrom(...'abzAZ09-._~!$&\'()*+,;=:@ /?#%[]{}|\\^`"<>é€😀\n\t')
const text = fc.string({ unit: character, maxLength: 8 })
const name = fc.string({ unit: character, minLength: 1, maxLength: 6 })
const dots = /^(?:\.|%2e){1,2}$/i
const segments = fc.array(
  text.filter((part) => !dots.test(part)),
  { maxLength: 4 },
)
const headerNames = [
  'content-type',
  'x-custom',
  'my-header',
  'accept',
  'user-agent',
  'proxy-x',
  'sec-x',
  'x-amz-meta-a',
]
const headers = fc.dictionary(
  fc.constantFrom(...headerNames),
  fc.string({ unit: fc.constantFrom(...'ab \t",=;é'), maxLength: 12 }),
)
const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  segments,
  pairs: fc.array(fc.tuple(name, text), { maxLength: 5 }),
  headers,
  body: fc.option(fc.oneof(text, fc.uint8Array({ maxLength: 30 })), { nil: undefined }),
  sessionToken: fc.option(fc.constant('token/+='), { nil: undefined }),
  port: fc.constantFrom('', ':8443'),
  inForm: fc.boolean(),
})

it.each(['twice', 'once'] as const)('signs any request as AWS’ SDK does (path escaped %s)', async (escapePath) => {
  const property = fc.asyncProperty(anyRequest, async (any) => {
    const { method, segments, pairs, headers, body, sessionToken, port, inForm } = any
    const written = inForm
      ? new URLSearchParams(pairs).toString()
      : pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
    const path = `/${segments.map(encodeURIComponent).join('/')}`
    const url = `https://example.amazonaws.com${port}${path}${written === '' ? '' : `?${written}`}`
    const ours = await signedThen(
      awsSigV4({ ...keys, sessionToken, escapePath }),
      request({ method, url, headers, body }),
    )

    const query: Record<string, string[]> = Object.create(null)
    for (const [key, value] of pairs) (query[key] ??= []).push(value)
    const smithy = new SignatureV4({
      credentials: { ...keys, ...(sessionToken && { sessionToken }) },
      region: keys.region,
      service: keys.service,
      sha256: Sha256,
      uriEscapePath: escapePath === 'twice',
    })
    const theirs = await smithy.sign(
      {
        method,
        protocol: 'https:',
        hostname: 'example.amazonaws.com',
        path: new URL(ours.url).pathname,
        query,
        headers: { host: `example.amazonaws.com${port}`, ...headers },
        ...(body !== undefined && { body }),
      },
      { signingDate: new Date(nowMs) },
    )
    expect(ours.headers['authorization']).toBe(theirs.headers['authorization'])
    expect(ours.headers['x-amz-content-sha256']).toBe(theirs.headers['x-amz-content-sha256'])
    // What is sent means what was asked for, however it is spelled.
    expect([...new URL(ours.url).searchParams]).toEqual(pairs)
    expect(new URL(ours.url).pathname.split('/').map(decodeURIComponent)).toEqual([
      '',
      ...(segments.length ? segments : ['']),
    ])
  })
  await fc.assert(property, { numRuns: 500 })
})

const base = {
  method: 'POST',
  url: 'https://example.amazonaws.com/a/b?x=1&y=2',
  headers: { 'content-type': 'text/plain', 'x-custom': 'one' },
  body: 'body',
}
async function signatureWith(over: object, options: object = {}, at: number = nowMs): Promise<string> {
  const made = await signed(awsSigV4({ ...keys, ...options }), request({ ...base, ...over }), at)
  return signatureOf(made.headers['authorization'])
}

it('S38: changes the signature with every part that it covers', async () => {
  const changes = [
    { method: 'PUT' },
    { url: 'https://example.amazonaws.com/a/c?x=1&y=2' },
    { url: 'https://example.amazonaws.com/A/b?x=1&y=2' },
    { url: 'https://example.amazonaws.org/a/b?x=1&y=2' },
    { url: 'https://example.amazonaws.com:8443/a/b?x=1&y=2' },
    { url: 'https://example.amazonaws.com/a/b?x=1&y=3' },
    { url: 'https://example.amazonaws.com/a/b?x=1' },
    { url: 'https://example.amazonaws.com/a/b?x=1&y=2&z=' },
    { headers: { ...base.headers, 'content-type': 'text/html' } },
    { headers: { ...base.headers, 'x-custom': 'two' } },
    { headers: { ...base.headers, 'x-more': '' } },
    { body: 'Body' },
    { body: '' },
  ]
  const settings = [{ region: 'us-west-1' }, { service: 'other' }, { sessionToken: 't' }]
  const all = [signatureWith({}), ...changes.map(async (over) => signatureWith(over))]
  all.push(...settings.map(async (options) => signatureWith({}, options)), signatureWith({}, {}, nowMs + 1000))
  expect(new Set(await Promise.all(all)).size).toBe(2 + changes.length + settings.length)
})

it('leaves out of the signature what may change on the way', async () => {
  const untouched = await signatureWith({})
  expect(await signatureWith({ url: 'https://example.amazonaws.com/a/b?y=2&x=1' })).toBe(untouched)
  const passing = { ...base.headers, 'user-agent': 'x', 'cache-control': 'no-store', 'x-amzn-trace-id': 'Root=1' }
  expect(await signatureWith({ headers: passing })).toBe(untouched)
})

it('signs two requests alike only where they are alike', async () => {
  const different = fc.oneof(
    fc
      .tuple(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 30 }))
      .map((both) => both.map((body) => ({ body }))),
    fc
      .tuple(segments, segments)
      .map((both) =>
        both.map((parts) => ({ url: `https://example.amazonaws.com/${parts.map(encodeURIComponent).join('/')}` })),
      ),
    fc.tuple(name, text, name, text).map(([a, x, b, y]) =>
      [[a, x] as const, [b, y] as const].map((pair) => ({
        url: `https://example.amazonaws.com/?${pair.map(encodeURIComponent).join('=')}`,
      })),
    ),
  )
  const property = fc.asyncProperty(different, async ([one, other]) => {
    const same = isDeepStrictEqual(one, other)
    const [ours, theirs] = await Promise.all(
      [one, other].map(async (over: object = {}) => signatureWith(over, { escapePath: 'once' })),
    )
    expect(ours === theirs).toBe(same)
  })
  await fc.assert(property, { numRuns: 500 })
})

it('derives another key for another day and another secret', async () => {
  let secretAccessKey = 'one'
  const rotating = awsSigV4({ region: 'r', service: 's', keys: () => ({ accessKeyId: 'a', secretAccessKey }) })
  const day = 86_400_000
  for (const [secret, at] of [
    ['one', nowMs],
    ['one', nowMs + day],
    ['two', nowMs + day],
    ['one', nowMs],
  ] as const) {
    secretAccessKey = secret
    const fresh = awsSigV4({ region: 'r', service: 's', accessKeyId: 'a', secretAccessKey: secret })
    expect((await signed(rotating, request(), at)).headers).toEqual((await signed(fresh, request(), at)).headers)
  }
})

it('refuses a stream and says what to do, unless streams may go unsigned', async () => {
  const sign = async (over: object, body: unknown): Promise<unknown> =>
    signed(awsSigV4({ ...keys, ...over }), request({ method: 'PUT', body: body as never }))
  for (const body of [Readable.from(['x']), () => Readable.from(['x'])]) {
    const error = await failure(async () => sign({}, body))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(String(error)).toMatch(/text or bytes.*x-amz-content-sha256.*unsignedStreams/)
    expect(await sign({ unsignedStreams: true, sendDigest: false }, body)).toMatchObject({
      headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    })
  }
  const digest = createHash('sha256').update('x').digest('hex')
  expect(await sign({ unsignedStreams: true }, 'x')).toMatchObject({ headers: { 'x-amz-content-sha256': digest } })
})

it('takes the digest of a stream from the caller, and nothing that is none', async () => {
  const digest = createHash('sha256').update('x').digest('hex')
  const put = (given: string): Promise<unknown> =>
    signed(
      awsSigV4(keys),
      request({ method: 'PUT', body: Readable.from(['x']), headers: { 'x-amz-content-sha256': given } }),
    )
  const plain = await signed(awsSigV4(keys), request({ method: 'PUT', body: 'x' }))
  expect(await put(digest)).toMatchObject({ headers: plain.headers })
  await expect(put('UNSIGNED-PAYLOAD')).rejects.toThrow(InvalidRequestError)
})

it('spells S3’s path and every query so that they can be read in one way only', async () => {
  const { url } = await signed(
    awsSigV4({ ...keys, service: 's3express' }),
    request({ url: "https://example.amazonaws.com/a(1)/b'c/%7e%2f+?q=a+b&r=%7E%c3%a9!*" }),
  )
  expect(url).toBe('https://example.amazonaws.com/a%281%29/b%27c/~%2F%2B?q=a%20b&r=~%C3%A9%21%2A')
})

it('refuses keys that are empty or come with a line break, and shows none of them', async () => {
  const wrong: [string, object][] = [
    ['accessKeyId', { ...keys, accessKeyId: 'canary\n' }],
    ['secretAccessKey', { ...keys, secretAccessKey: ' canary' }],
    ['sessionToken', { ...keys, sessionToken: '' }],
    ['secretAccessKey', { ...keys, secretAccessKey: undefined }],
    ['region', { ...keys, region: '' }],
    ['region', { ...keys, region: 'us east' }],
    ['service', { ...keys, service: undefined }],
    ['escapePath', { ...keys, escapePath: 'never' }],
    ['no option', { ...keys, secretKey: 'canary' }],
    ['not both', { ...keys, keys: () => keys }],
    ['plain object', undefined as never],
  ]
  for (const [what, options] of wrong) {
    const error = await failure(() => awsSigV4(options as never))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(String(error)).toContain(what)
    expect(inspect(error, { depth: null })).not.toContain('canary')
  }
})
