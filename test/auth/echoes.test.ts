import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import {
  Connector,
  apiKey,
  anonymous,
  basic,
  bearer,
  parseLinks,
  redirect,
  stack,
  idempotency,
  type ConnectorOptions,
  type Credential,
  type HttpRequest,
  type VendorProfile,
} from 'hawser'
import { redactText } from '../../src/http/redact.ts'
import { loopback, type Handle } from '../support/loopback.ts'
import { request, response, script } from '../support/stub.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'vendor',
    baseUrl: 'https://vendor.test',
    errors: { message: (b) => b?.message, code: (b) => b?.code },
  }
}
async function failing(
  auth: Credential,
  handle: Handle,
  how: 'get' | 'stream' = 'get',
  more: Partial<ConnectorOptions> = {},
): Promise<string> {
  await using server = await loopback(handle)
  const error: unknown = await new Vendor({ auth, baseUrl: server.url, retry: false, ...more }).http[how]('/x').then(
    (x) => x,
    (e: unknown) => e,
  )
  return inspect(error, { depth: null }) + JSON.stringify((error as { body?: unknown }).body)
}
const secret = 'c4n4ry/v4lue+0042'

it('blanks an echoed key in a streamed failure too', async () => {
  expect(
    await failing(
      apiKey({ header: 'x-key', key: secret }),
      (q, s) => s.writeHead(401).end(JSON.stringify({ message: `bad key ${q.headers['x-key']}` })),
      'stream',
    ),
  ).not.toContain(secret)
})
it('blanks an echo with JSON escapes (PHP writes \\/)', async () => {
  expect(
    await failing(apiKey({ header: 'x-key', key: secret }), (q, s) =>
      s.writeHead(401).end(JSON.stringify({ message: `bad key ${q.headers['x-key']}` }).replaceAll('/', '\\/')),
    ),
  ).not.toContain(secret)
})
it('blanks a percent-encoded echo of a query key', async () => {
  expect(
    await failing(apiKey({ query: 'key', key: secret }), (q, s) =>
      s.writeHead(404).end(JSON.stringify({ message: `no route ${q.url}` })),
    ),
  ).not.toContain(encodeURIComponent(secret))
})
it('blanks the password of basic where the vendor decodes it', async () => {
  expect(
    await failing(basic('user', 'c4n4ryv4lue0042'), (q, s) =>
      s
        .writeHead(401)
        .end(JSON.stringify({ message: `wrong: ${Buffer.from(String(q.headers.authorization).slice(6), 'base64')}` })),
    ),
  ).not.toContain('c4n4ryv4lue0042')
})
it('blanks a key behind a prefix without a blank', async () => {
  expect(
    await failing(apiKey({ header: 'authorization', prefix: 'Token token=', key: secret }), (_, s) =>
      s.writeHead(401).end(JSON.stringify({ message: `bad ${secret}` })),
    ),
  ).not.toContain(secret)
})
it('does not blank the caller’s own words because the key is in the query', async () => {
  await using server = await loopback((_, s) =>
    s.writeHead(404).end(JSON.stringify({ message: 'no such repo: honojs-hono' })),
  )
  const error: unknown = await new Vendor({ auth: apiKey({ query: 'key', key: secret }), baseUrl: server.url }).http
    .get('/x', { query: { repo: 'honojs-hono' } })
    .catch((e: unknown) => e)
  expect(String(error)).toContain('honojs-hono')
})
it('cuts a long message before it searches it', () => {
  const since = performance.now()
  redactText('token-'.repeat(1_000))
  expect(performance.now() - since).toBeLessThan(200)
})
it('cuts a long message before it searches it (no keyword in it)', () => {
  const since = performance.now()
  redactText('a-'.repeat(15_000))
  expect(performance.now() - since).toBeLessThan(200)
})
it('keeps the query of a route out of operations', async () => {
  await using server = await loopback((_, s) => s.end('{}'))
  const events: unknown[] = []
  await new Vendor({ auth: anonymous(), baseUrl: server.url, onEvent: (e) => events.push(e) }).http.request(
    'GET /x?token=canary',
  )
  expect(JSON.stringify(events)).not.toContain('canary')
})
it('reads rel outside of other parameters’ quotes', () => {
  expect(parseLinks('<https://a.test/1>; title="x; rel=next"; rel="prev"')).toEqual([
    { url: 'https://a.test/1', rel: ['prev'] },
  ])
})
it('does not carry a write’s body to a foreign origin', async () => {
  const { send, sent } = script(response(307, { location: 'https://elsewhere.test/y' }), response(200))
  await stack(
    [redirect({ elsewhere: 'anonymous' })],
    send,
  )(request({ method: 'POST', body: '{"password":"x"}' })).catch(() => {})
  expect(sent.filter(({ url }) => url.startsWith('https://elsewhere')).map(({ body }) => body)).toEqual([])
})
it('redirect 303 of a keyed write drops the key', async () => {
  const { send, sent } = script(response(303, { location: '/y' }), response(200))
  await stack([idempotency({ header: 'idempotency-key' }), redirect()], send)(request({ method: 'POST', body: '{}' }))
  expect(sent[1]?.headers['idempotency-key']).toBeUndefined()
})
it('refuses every spelling of another origin', async () => {
  const sent: HttpRequest[] = []
  const { http } = new Vendor({
    auth: bearer('t'),
    transport: async (r) => (sent.push(r), response(200)),
    retry: false,
  })
  for (const target of [
    'https://vendor.test@evil.test/',
    'https://vendor.test.evil.test/',
    'https://evil.test\\@vendor.test/',
    '//evil.test/',
    '/\\evil.test',
    '\\\\evil.test',
    'https://vendor.test:8443/',
    'http://vendor.test/',
    'https:/\\evil.test',
    ' https://evil.test/',
    'https://ｅvil.test/',
    'https:evil.test',
    '/\t/evil.test',
    'HTTPS://evil.test',
    'https://vendor.test:443@evil.test/',
    'https://x:y@vendor.test/',
    '/..;/x',
    '/a/%2e%2E/b',
    '/a/.%2e',
  ])
    await http.get(target).catch(() => {})
  expect(sent.map(({ url }) => url).filter((url) => !url.startsWith('https://vendor.test/'))).toEqual([])
})
it('does not redact-miss vendorCode', async () => {
  expect(
    await failing(anonymous(), (_, s) =>
      s.writeHead(400).end(JSON.stringify({ code: `bad password=c4n4ryv4lue0042 ${'x'.repeat(5000)}` })),
    ).then((t) => t.length),
  ).toBeLessThan(9_000)
})
