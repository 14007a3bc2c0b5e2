import { mkdtempSync, readFileSync, rmSync, existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Connector, apiKey, basic, bearer, cursor, type Pages, type VendorProfile } from 'hawser'
import {
  CassetteSecretError,
  mockVendor,
  record,
  replayCassette,
  type Recorder,
  type RecordOptions,
} from 'hawser/testing'

const token = 'vendor-token-7f3a9c'
const folder = mkdtempSync(join(tmpdir(), 'hawser-cassettes-'))
let server: Server
let address = ''

// A vendor that repeats secrets wherever a vendor could.
const routes: Record<string, (request: IncomingMessage, body: string, url: URL) => unknown> = {
  '/me': (request) => ({ login: 'octocat', greeting: `you sent ${request.headers.authorization}` }),
  '/things': (_, __, url) =>
    url.searchParams.has('after')
      ? { results: [{ id: 2 }], next: '' }
      : { results: [{ id: 1 }], next: 'b3BhcXVlQ3Vyc29yOjE4OTM0NTYwMDA' },
  '/token': () => ({
    access_token: 'opaque-access-1',
    refresh_token: 'opaque-refresh-1',
    token_type: 'bearer',
    expires_in: 3600,
  }),
  '/echo': (_, body) => ({ said: body }),
  '/encoded': () => ({
    a: Buffer.from(`user:${token}`).toString('base64'),
    b: encodeURIComponent(`x=${token}`).replaceAll('-', '%2d'),
    c: JSON.stringify({ inner: JSON.stringify(token) }),
    d: Buffer.from(token).toString('hex'),
  }),
  '/bytes': () => 'bytes',
  '/jwt': () => ({
    note: 'see eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl there',
    sha: 'x7Qp2Lw9Zt4Rk8Vb3Nm6Hs1Jd',
  }),
}

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', address)
    const chunks: Uint8Array[] = []
    request.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    request.on('end', () => {
      const answer = routes[url.pathname]?.(request, Buffer.concat(chunks).toString(), url)
      response.writeHead(answer === undefined ? 404 : 200, {
        'content-type': 'application/json',
        'set-cookie': 'sid=cookie-value-31415; Path=/; HttpOnly',
        'x-ratelimit-remaining': '59',
      })
      if (url.pathname === '/bytes') response.end(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(token)]))
      else response.end(JSON.stringify(answer ?? { message: 'Nothing is here.' }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://api.vendor.test' }
  things(): Pages<{ id: number }> {
    return this.http.paginate('/things', { page: cursor({ param: 'after', items: 'results', next: 'next' }) })
  }
}

let files = 0
function recording(options: Partial<RecordOptions> = {}): { recorder: Recorder; client: Vendor; file: string } {
  const file = join(folder, 'new', `cassette-${++files}.json`)
  const recorder = record({ file, ...options })
  const client = new Vendor({ auth: bearer(token), transport: recorder.transport, baseUrl: address })
  return { recorder, client, file }
}

const secretsAt = (text: string, ...secrets: readonly string[]): string[] =>
  secrets.filter((secret) => text.includes(secret))

it('writes what a real server answered, and answers the same from it without the server', async () => {
  const { recorder, client, file } = recording()
  const items = await client.things().toArray({ limit: 10 })
  const posted = await client.http.post('/echo', { json: { b: 2, a: 1 } })
  await recorder.save()

  for (const front of ['msw', 'memory', 'loopback'] as const) {
    using vendor = mockVendor(replayCassette(file), { front })
    const again = new Vendor({ auth: bearer('another-token'), ...vendor.options, baseUrl: address })
    expect(await again.things().toArray({ limit: 10 })).toEqual(items)
    expect(await again.http.post('/echo', { json: { a: 1, b: 2 } })).toEqual(posted)
    expect(await again.http.get('/things').withResponse()).toMatchObject({
      response: { headers: { 'x-ratelimit-remaining': '59' } },
    })
  }
})

it('scrubs what the credential added, cookies, token answers, JSON web tokens and random strings, wherever they are repeated', async () => {
  const { recorder, client, file } = recording()
  await client.http.get('/me', { query: { api_key: 'query-secret-1', page: 1 } })
  await client.http.post('/token', {
    form: { grant_type: 'refresh_token', refresh_token: 'old-refresh-9', client_secret: 'client-secret-5' },
  })
  await client.http.post('/echo', { json: { text: 'opaque-access-1', deep: { apiKey: 'body-secret-2' } } })
  await client.http.get('/jwt')
  await client.http.get('/encoded')
  await recorder.save()
  const text = readFileSync(file, 'utf8')
  expect(
    secretsAt(
      text,
      token,
      'query-secret-1',
      'old-refresh-9',
      'client-secret-5',
      'opaque-access-1',
      'opaque-refresh-1',
      'body-secret-2',
      'cookie-value',
      'eyJ',
      'x7Qp2Lw9',
      Buffer.from(token).toString('hex'),
    ),
  ).toEqual([])
  expect(text).toContain('"greeting": "you sent Bearer scrubbed-')
  expect(text).toContain('"expires_in": 3600')
  expect(text).toContain('"login": "octocat"')
})

it('gives the same text for the same exchanges in another order', async () => {
  const texts = []
  for (const order of [
    ['/me', '/things', '/jwt'],
    ['/jwt', '/me', '/things'],
  ]) {
    const { recorder, client, file } = recording()
    for (const path of order) await client.http.get(path)
    await recorder.save()
    texts.push(readFileSync(file, 'utf8'))
  }
  expect(texts[0]).toBe(texts[1])
})

it('refuses to write where a known secret would stand, and says where but not which', async () => {
  const { recorder, client, file } = recording()
  await client.http.bytes('/bytes')
  await client.http.get('/me')
  const refused = (await recorder.save().catch((error: unknown) => error)) as CassetteSecretError
  expect(refused).toBeInstanceOf(CassetteSecretError)
  expect(refused.places).toEqual([`GET ${address}/bytes: response.body.base64`])
  expect(JSON.stringify(refused) + String(refused)).not.toContain(token)
  expect(existsSync(file)).toBe(false)

  const left = recording({ change: (entry) => (entry.request.url.endsWith('/bytes') ? undefined : entry) })
  await left.client.http.bytes('/bytes')
  await left.recorder.save()
  expect(readFileSync(left.file, 'utf8')).toContain('"entries": []')
})

it('knows the password of basic authentication, and keys in headers of any name', async () => {
  const { recorder, file } = recording()
  const common = { transport: recorder.transport, baseUrl: address }
  await new Vendor({ auth: basic('me', 'pass-word-8'), ...common }).http.post('/echo', {
    json: 'pass-word-8',
  })
  await new Vendor({ auth: apiKey({ header: 'x-vendor', key: 'plain-key-4' }), ...common }).http.post('/echo', {
    json: 'plain-key-4',
  })
  await recorder.save()
  expect(
    secretsAt(
      readFileSync(file, 'utf8'),
      'pass-word-8',
      'plain-key-4',
      Buffer.from('me:pass-word-8').toString('base64'),
    ),
  ).toEqual([])
})

it('keeps an address with a secret in it an address, to be replayed with another secret', async () => {
  routes['/bot1%2F2%2F3-secret/me'] = () => ({ ok: true })
  const { recorder, client } = recording({ secrets: ['1/2/3-secret'] })
  await client.http.get('/bot1%2F2%2F3-secret/me')
  const cassette = recorder.cassette()
  expect(cassette.entries[0]?.request.url).toBe(`${address}/scrubbed-1/me`)
  using vendor = mockVendor(replayCassette(cassette))
  const again = new Vendor({ auth: bearer('t'), ...vendor.options, baseUrl: address })
  expect(await again.http.get('/bot-other/me')).toEqual({ ok: true })
})

it('records what is streamed in both directions', async () => {
  const { recorder, client } = recording()
  const body = (): Readable => Readable.from([Buffer.from('{"a":'), Buffer.from('1}')])
  const stream = await client.http.stream('/echo', { body }, 'POST')
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('{"said":"{\\"a\\":1}"}')
  expect(recorder.cassette().entries[0]).toMatchObject({
    request: { body: { json: { a: 1 } } },
    response: { body: { json: { said: '{"a":1}' } } },
  })
})

it('gives a repeated request its answers in their order, and then the last one', async () => {
  let count = 0
  routes['/count'] = () => ({ count: ++count })
  const { recorder, client } = recording()
  await client.http.get('/count')
  await client.http.get('/count')
  using vendor = mockVendor(replayCassette(recorder.cassette()))
  const again = new Vendor({ auth: bearer('t'), ...vendor.options, baseUrl: address })
  const seen = [await again.http.get('/count'), await again.http.get('/count'), await again.http.get('/count')]
  expect(seen).toEqual([{ count: 1 }, { count: 2 }, { count: 2 }])
})

it('leads from what was scrubbed to where it led, and from another name to nothing below it', async () => {
  const answers = { '/pi/scrubbed-1': 'one', '/pi/scrubbed-1/lines': 'lines of one', '/pi/scrubbed-2': 'two' }
  const entries = Object.entries(answers).map(([path, json]) => ({
    request: { method: 'GET', url: `https://api.vendor.test${path}`, query: {}, headers: {} },
    response: { status: 200, headers: {}, body: { json } },
  }))
  using vendor = mockVendor(replayCassette({ format: 'hawser-cassette/1', entries }), { front: 'memory' })
  const { http } = new Vendor({ auth: bearer('another-token'), ...vendor.options })
  for (const [path, answer] of Object.entries(answers).toReversed()) expect(await http.get(path)).toBe(answer)
  expect(await http.get('/pi/pi_of_the_test/lines')).toBe('lines of one')
  await expect(http.get('/pi/pi_of_the_test/refunds')).rejects.toThrow('No entry of the cassette answers')
})

it('says how the nearest entry differs from a request that nobody recorded, and never sends it again', async () => {
  const { recorder, client } = recording()
  await client.http.get('/me', { query: { page: 1 } })
  await client.http.post('/echo', { json: { title: 'a' } })
  using vendor = mockVendor(replayCassette(recorder.cassette()))
  const again = new Vendor({ auth: bearer('t'), ...vendor.options, baseUrl: address })
  const error = await again.http.get('/me', { query: { page: 2, x: 'kJ8s7Df6Gh5Jk4Lq3Wz2Xc1Vb' } }).catch(String)
  expect(error).toContain(`nearest entry: GET ${address}/me`)
  expect(error).toContain('query.page.0: recorded "1", asked "2"')
  expect(error).toContain('query.x: recorded nothing')
  expect(error).not.toContain('kJ8s7Df6')
  await expect(again.http.post('/echo', { json: { title: 'b' } })).rejects.toThrow(
    'body.json.title: recorded "a", asked "b"',
  )
  expect(vendor.requests).toHaveLength(2)
})

it('refuses what is no cassette of its format', () => {
  expect(() => replayCassette('package.json')).toThrow('Record it anew')
})
