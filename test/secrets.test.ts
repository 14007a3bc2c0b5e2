import { inspect } from 'node:util'
import axios from 'axios'
import { expect, it } from 'vitest'
import {
  Connector,
  apiKey,
  axiosTransport,
  basic,
  bearer,
  type ConnectorOptions,
  type Credential,
  type VendorProfile,
} from 'hawser'
import { loopback, type Handle, type Loopback } from './support/loopback.ts'

// Fifteen letters and digits that appear nowhere else.
const canary = 'c4n4ryv4lue0042'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'vendor',
    baseUrl: 'https://vendor.test',
    errors: { message: (body) => body?.message },
  }
}

/** Everything that can be reached from a value, printed in every way a program prints. */
function printed(value: unknown): string {
  const seen = new Set<unknown>()
  const texts: string[] = []
  for (let at = value; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at)
    texts.push(
      String(at),
      at.stack ?? '',
      at.message,
      JSON.stringify(at),
      JSON.stringify(Object.getOwnPropertyDescriptors(at)),
    )
  }
  texts.push(inspect(value, { depth: null, showHidden: true, getters: false }), JSON.stringify(value))
  return texts.join('\n')
}

function reachesAxiosError(value: unknown, depth = 0): boolean {
  if (axios.isAxiosError(value)) return true
  if (typeof value !== 'object' || value === null || depth > 8) return false
  return Reflect.ownKeys(value).some((key) => reachesAxiosError(Reflect.get(value, key), depth + 1))
}

const secret = `${canary}-secret`
const credentials: [string, Credential][] = [
  ['bearer', bearer(secret)],
  ['basic', basic('user', secret)],
  ['key in a header', apiKey({ header: 'x-vendor-key', key: secret })],
  ['key in the query', apiKey({ query: 'api_key', key: secret })],
  ['secret function', bearer(async () => secret)],
]

const failures: [string, Handle][] = [
  [
    '404 that repeats all it got',
    (request, response, body) =>
      response
        .writeHead(404)
        .end(
          JSON.stringify({
            message: `bad ${request.headers.authorization} ${request.headers['x-vendor-key']} ${request.url?.split('api_key=')[1]}`,
            body: body.toString(),
          }),
        ),
  ],
  ['503', (_, response) => response.writeHead(503).end()],
  ['429', (_, response) => response.writeHead(429, { 'retry-after': '999' }).end()],
  ['reset', (request) => request.socket.resetAndDestroy()],
  [
    'cut',
    (request, response) => (
      response.writeHead(200, { 'content-length': '99' }).write('x'),
      void setImmediate(() => request.socket.destroy())
    ),
  ],
  ['html', (_, response) => response.end('<p>hello</p>')],
  ['redirect away', (_, response) => response.writeHead(302, { location: 'https://elsewhere.test/' }).end()],
  ['too large', (_, response) => response.end('x'.repeat(5_000))],
  ['silence', () => {}],
]

const options = (server: Loopback, auth: Credential, events: unknown[]): ConnectorOptions => ({
  auth,
  baseUrl: server.url,
  transport: axiosTransport({ maxResponseBytes: 4_000, proxy: false }),
  retry: { maxAttempts: 2, backoff: () => 1 },
  attemptTimeout: 150,
  deadline: 2_000,
  onEvent: (event) => events.push(event),
})

for (const [failure, handle] of failures) {
  it(`shows no secret after: ${failure}`, async () => {
    for (const [, auth] of credentials) {
      await using server = await loopback(handle)
      const events: unknown[] = []
      const { http } = new Vendor(options(server, auth, events))
      const error: unknown = await http
        .post(`/things/1?in_path_query=${canary}`, {
          query: { token: canary },
          headers: { cookie: `session=${canary}`, 'x-note': canary },
          json: { password: canary },
          idempotent: true,
        })
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(printed(error)).not.toContain(canary)
      expect(printed(error)).not.toContain(Buffer.from(`user:${secret}`).toString('base64'))
      expect(JSON.stringify(events)).not.toContain(canary)
      expect(events.length).toBeGreaterThan(0)
      expect(reachesAxiosError(error)).toBe(false)
    }
  })
}

it('shows no secret of a base URL or an address that is refused', async () => {
  const made = (): Vendor => new Vendor({ auth: bearer('t'), baseUrl: `https://user:${canary}@vendor.test` })
  expect(made).toThrow()
  expect(
    printed(
      await Promise.resolve()
        .then(made)
        .catch((thrown: unknown) => thrown),
    ),
  ).not.toContain(canary)
  const refused = new Vendor({ auth: bearer('t') }).http.get(`https://user:${canary}@vendor.test/x`)
  expect(printed(await refused.catch((thrown: unknown) => thrown))).not.toContain(canary)
})

it('shows no proxy password, wherever the proxy fails', async () => {
  await using proxy = await loopback((request) => request.socket.destroy())
  for (const target of ['http://vendor.example', 'https://vendor.example']) {
    process.env['HTTP_PROXY'] = process.env['HTTPS_PROXY'] = proxy.url.replace('//', `//user:${canary}@`)
    try {
      const error: unknown = await new Vendor({
        auth: bearer('t'),
        baseUrl: target,
        retry: false,
        attemptTimeout: 500,
      }).http
        .get('/x')
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(printed(error)).not.toContain(canary)
    } finally {
      delete process.env['HTTP_PROXY']
      delete process.env['HTTPS_PROXY']
    }
  }
})

it('shows no secret of a stream that breaks', async () => {
  await using server = await loopback(
    (request, response) => (
      response.writeHead(200, { 'content-length': '99' }).write('x'),
      void setTimeout(() => request.socket.destroy(), 20)
    ),
  )
  const { http } = new Vendor(options(server, bearer(secret), []))
  const read = async (): Promise<void> => {
    for await (const _ of await http.stream('/x', { headers: { 'x-note': canary } }));
  }
  const error: unknown = await read().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Error)
  expect(printed(error)).not.toContain(canary)
  expect(reachesAxiosError(error)).toBe(false)
})
