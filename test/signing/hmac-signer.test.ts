import { createHash, createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ConfigurationError, InvalidRequestError, type HttpRequest } from 'hawser'
import { hmacSigner, parts, type HmacSignerOptions } from 'hawser/signing'
import { request } from '../support/stub.ts'
import { failure, signed } from './signed.ts'

const { method, host, path, query, target, body, timestamp, nonce, keyId, bodyDigest, header, address } = parts
const secret = 'c4n4ry-of-thirty-two-characters-0'

// @see https://developers.binance.com/docs/binance-spot-api-docs/rest-api/endpoint-security-type#signed-endpoint-examples-for-post-apiv3order
it('signs as Binance: query and body, the signature at the end of the query', async () => {
  const binance = hmacSigner({
    keyId: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
    secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
    signed: [query, body],
    keyIdAt: { header: 'X-MBX-APIKEY' },
    timestamp: { unit: 'milliseconds', at: { query: 'timestamp' } },
    signature: { query: 'signature' },
  })
  const order = 'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000'
  const made = await signed(
    binance,
    request({ method: 'POST', url: `https://api.binance.com/api/v3/order?${order}` }),
    1499827319559,
  )
  expect(made.url).toBe(
    `https://api.binance.com/api/v3/order?${order}&timestamp=1499827319559&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71`,
  )
  expect(made.headers['x-mbx-apikey']).toMatch(/^vmPUZ/)
})

// @see https://www.bitmex.com/app/apiKeysUsage
it.each([
  [
    'GET',
    '/api/v1/instrument',
    undefined,
    1518064236,
    'c7682d435d0cfe87c16098df34ef2eb5a549d4c5a3c2b1f0f77b8af73423bf00',
  ],
  [
    'GET',
    '/api/v1/instrument?filter=%7B%22symbol%22%3A+%22XBTM15%22%7D',
    undefined,
    1518064237,
    'e2f422547eecb5b3cb29ade2127e21b858b235b386bfa45e1c1756eb3383919f',
  ],
  [
    'POST',
    '/api/v1/order',
    '{"symbol":"XBTM15","price":219.0,"clOrdID":"mm_bitmex_1a/oemUeQ4CAJZgP3fjHsA","orderQty":98}',
    1518064238,
    '1749cd2ccae4aa49048ae09f0b95110cee706e0944e6a14ad0b3a8cb45bd336b',
  ],
])('signs as BitMEX: %s %s', async (verb, at, data, expires, expected) => {
  const bitmex = hmacSigner({
    keyId: 'LAqUlngMIQkIUjXMUreyu3qn',
    secret: 'chNOOS4KvNXR_Xq4k4c9qsfoKWvnDecLATCRlcBwyKDYnWgO',
    signed: [method, target, timestamp, body],
    keyIdAt: { header: 'api-key' },
    timestamp: { unit: (nowMs) => String(nowMs / 1000 + 60), at: { header: 'api-expires' } },
    signature: { header: 'api-signature' },
  })
  const made = await signed(
    bitmex,
    request({ method: verb, url: `https://www.bitmex.com${at}`, body: data }),
    (expires - 60) * 1000,
  )
  expect(made.headers).toMatchObject({ 'api-expires': String(expires), 'api-signature': expected })
})

// @see https://duo.com/docs/adminapi#authentication
it('signs as Duo: lines, and the signature as the password of Basic', async () => {
  const duo = hmacSigner({
    keyId: 'DIWJ8X6AEYOR5OMC6TQ1',
    secret: 'Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep',
    digest: 'sha1',
    signed: [timestamp, method, host, path, body],
    separator: '\n',
    timestamp: { unit: (nowMs) => new Date(nowMs).toUTCString().replace('GMT', '-0000'), at: { header: 'date' } },
    signature: { header: 'authorization', prefix: 'Basic ' },
    format: (signature, facts) => Buffer.from(`${facts.keyId}:${signature}`).toString('base64'),
  })
  const url = 'https://api-xxxxxxxx.duosecurity.com/accounts/v1/account/list'
  const made = await signed(
    duo,
    request({ method: 'POST', url, body: 'realname=First%20Last&username=root' }),
    Date.parse('2012-08-21T17:29:18Z'),
  )
  expect(made.headers).toEqual({
    date: 'Tue, 21 Aug 2012 17:29:18 -0000',
    authorization: 'Basic RElXSjhYNkFFWU9SNU9NQzZUUTE6MmQ5N2Q2MTY2MzE5NzgxYjVhM2EwN2FmMzlkMzY2ZjQ5MTIzNGVkYw==',
  })
})

const nowMs = Date.parse('2026-01-02T03:04:05.678Z')
const everything: HmacSignerOptions = {
  secret,
  keyId: 'the-key',
  signed: [method, host, path, query, header('X-Note'), timestamp, nonce, keyId, bodyDigest, 'end'],
  separator: '\n',
  digest: 'sha512',
  encoding: 'base64',
  timestamp: { unit: 'iso', at: { header: 'x-time' } },
  nonce: { text: (uuid) => uuid.slice(0, 8), at: { query: 'nonce' } },
  bodyDigest: { encoding: 'base64url', at: { header: 'x-digest', prefix: 'sha256=' } },
  keyIdAt: { header: 'x-key' },
  signature: { header: 'x-signature', prefix: 'v1=' },
}
const post = {
  method: 'POST',
  url: 'https://vendor.test:8443/a%20b?x=1+2',
  headers: { 'x-note': 'note', 'content-type': 'application/json' },
  body: '{"a":1}',
}

it('puts everything in place and signs it as it is sent', async () => {
  const made = await signed(hmacSigner(everything), request(post), nowMs)
  const sent = /^https:\/\/vendor\.test:8443\/a%20b\?x=1\+2&nonce=([\da-f]{8})$/.exec(made.url)?.[1]
  const digest = createHash('sha256').update(post.body).digest('base64url')
  const content = ['POST', 'vendor.test:8443', '/a%20b', `x=1+2&nonce=${sent}`, 'note', '2026-01-02T03:04:05.678Z']
  const lines = [...content, sent, 'the-key', digest, 'end'].join('\n')
  const signature = createHmac('sha512', secret).update(lines).digest('base64')
  expect(made.headers).toEqual({
    ...post.headers,
    'x-time': '2026-01-02T03:04:05.678Z',
    'x-key': 'the-key',
    'x-digest': `sha256=${digest}`,
    'x-signature': `v1=${signature}`,
  })
  expect(made.body).toBe(post.body)
  expect(made.secrets).toEqual([signature, signature, secret])
})

it('writes time and signature into fields of the body, the signature over the rest of it', async () => {
  const signer = hmacSigner({
    secret,
    signed: [body],
    timestamp: { unit: 'seconds', at: { body: 'time' } },
    signature: { body: 'sign' },
  })
  const rest = '{"a":1,"time":"1767323045"'
  const sign = createHmac('sha256', secret).update(`${rest}}`).digest('hex')
  expect((await signed(signer, request(post), nowMs)).body).toBe(`${rest},"sign":"${sign}"}`)
})

it('changes the signature with every part that is signed', async () => {
  const options = { ...everything, nonce: { text: () => 'fixed', at: { query: 'nonce' } } }
  const signatureOf = async (over: Partial<HttpRequest>, more: object = {}, at: number = nowMs): Promise<string> =>
    (await signed(hmacSigner({ ...options, ...more }), request({ ...post, ...over }), at)).headers['x-signature'] ?? ''
  const changes: Partial<HttpRequest>[] = [
    {},
    { method: 'PUT' },
    { url: post.url.replace('vendor', 'other') },
    { url: post.url.replace('a%20b', 'a%20c') },
    { url: post.url.replace('1+2', '1+3') },
    { headers: { ...post.headers, 'x-note': 'other' } },
    { body: '{"a":2}' },
  ]
  const settings = [{ secret: 'other' }, { keyId: 'other' }, { nonce: { text: () => 'other' } }]
  const all = await Promise.all([
    ...changes.map(async (over) => signatureOf(over)),
    ...settings.map(async (more) => signatureOf({}, more)),
    signatureOf({}, {}, nowMs + 1),
  ])
  expect(new Set(all).size).toBe(changes.length + settings.length + 1)

  const words = fc.string({ unit: 'binary', maxLength: 10 })
  const property = fc.asyncProperty(words, words, async (one, other) => {
    expect((await signatureOf({ body: one })) === (await signatureOf({ body: other }))).toBe(
      Buffer.from(one).equals(Buffer.from(other)),
    )
  })
  await fc.assert(property, { numRuns: 200 })
})

it('takes parts of the caller’s own, and bytes for a secret', async () => {
  const bytes = createHash('sha256').update(secret).digest()
  const sorted = hmacSigner({
    secret: bytes,
    signed: [address, ({ url }) => url.search.slice(1).split('&').toReversed().join('|')],
    signature: { header: 'sign' },
    encoding: 'base64url',
  })
  const made = await signed(sorted, request({ url: 'https://vendor.test/?b=2&a=1' }))
  const expected = createHmac('sha256', bytes).update('https://vendor.test/?b=2&a=1a=1|b=2').digest('base64url')
  expect(made.headers['sign']).toBe(expected)
  expect(made.secrets).not.toContain(bytes)
})

it('takes the digest of a stream from the header where it goes', async () => {
  const stream = { ...post, body: Readable.from(['x']) }
  const given = { ...post.headers, 'x-digest': 'sha256=given' }
  const made = await signed(hmacSigner(everything), request({ ...stream, headers: given }))
  expect(made.headers['x-digest']).toBe('sha256=given')
  const error = await failure(async () => signed(hmacSigner(everything), request(stream)))
  expect(error).toBeInstanceOf(InvalidRequestError)
  expect(String(error)).toMatch(/text or bytes.*`x-digest`/)
})

it('refuses a request that lacks what is signed, or has the signature’s place taken', async () => {
  const refused = async (options: Partial<HmacSignerOptions>, over: Partial<HttpRequest>): Promise<unknown> =>
    failure(async () => signed(hmacSigner({ ...everything, ...options }), request({ ...post, ...over })))
  expect(String(await refused({}, { headers: {} }))).toContain('covers the header `X-Note`, which the request has not')
  expect(String(await refused({ signature: { query: 'x' } }, {}))).toContain('goes into `x`')
  expect(String(await refused({ signature: { body: 'a' } }, {}))).toContain('writes `a` into the body')
  expect(String(await refused({ signature: { body: 'b' } }, { body: '[]' }))).toContain(
    'neither a form nor a JSON object',
  )
  expect(String(await refused({ nonce: { text: () => 'a\nb', at: { header: 'n' } } }, {}))).toContain(
    '`n` holds a line break',
  )
  expect(
    await refused({ signed: [parts.body], signature: { header: 's' } }, { body: () => Readable.from([]) }),
  ).toBeInstanceOf(InvalidRequestError)
  const error = await refused({ keyId: undefined }, {})
  expect(error).toBeInstanceOf(ConfigurationError)
  expect(String(error)).toContain('`parts.keyId`')
})

it('refuses options that do not fit, and shows no secret', async () => {
  const at = { header: 'a' }
  const wrong: [object, RegExp][] = [
    [{ signed: [] }, /list of what is signed/],
    [{ signed: [1] }, /list of what is signed/],
    [{ timestamp: undefined }, /say in the option `timestamp`/],
    [{ bodyDigest: undefined }, /say in the option `bodyDigest`/],
    [{ nonce: undefined }, /say in the option `nonce`/],
    [{ timestamp: { unit: 'minutes', at } }, /seconds, milliseconds, iso, http/],
    [{ digest: 'md4' }, /`hmacSigner.digest`/],
    [{ bodyDigest: { encoding: 'hexx' } }, /`hmacSigner.bodyDigest.encoding`/],
    [{ bodyDigest: { at: { body: 'd' } } }, /cannot stand in the body/],
    [{ signature: { header: 'a', query: 'b' } }, /either `header` or `query` or `body`/],
    [{ signature: undefined }, /either `header`/],
    [{ keyIdAt: { headers: 'a' } }, /`hmacSigner.keyIdAt` takes either/],
    [{ secret: '' }, /`secret`/],
    [{ secret: undefined }, /`secret`/],
    [{ keyId: 'a\nb' }, /`keyId`/],
    [{ secrets: [] }, /no option `secrets`/],
  ]
  for (const [over, message] of wrong) {
    const error = await failure(() => hmacSigner({ ...everything, ...over }))
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(String(error)).toMatch(message)
    expect(inspect(error, { depth: null })).not.toContain('c4n4ry')
  }
})
