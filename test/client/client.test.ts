import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  Connector,
  DecodeError,
  HttpError,
  InvalidRequestError,
  RateLimitedError,
  anonymous,
  bearer,
  path,
  type ConnectorOptions,
  type StandardSchema,
  type VendorProfile,
} from 'hawser'
import { mockVendor, type MockVendor } from 'hawser/testing'

const profile: VendorProfile = {
  name: 'tracker',
  baseUrl: 'https://tracker.test/v1',
  version: { header: 'tracker-version', value: '2030-01-01' },
  idempotency: { header: 'Idempotency-Key' },
  errors: { message: (body) => body?.error?.message, code: (body) => body?.error?.code, requestId: 'x-trace' },
}
class Tracker extends Connector {
  static override readonly profile: VendorProfile = profile
}
const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond })
const client = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Tracker['http'] =>
  new Tracker({ auth: bearer('token'), ...vendor.options, ...options }).http

it('sends what it was told and decodes what comes back', async () => {
  using vendor = answering(async (request) =>
    Response.json({ got: await request.json() }, { status: 201, headers: { 'x-trace': 't1' } }),
  )
  const { data, response } = await client(vendor)
    .post<{ got: unknown }>(path`/tickets/${'a b'}`, {
      json: { title: 'x' },
      query: { dry: true },
      headers: { 'X-Mine': '1' },
    })
    .withResponse()
  expect(data).toEqual({ got: { title: 'x' } })
  expect([response.status, response.headers['x-trace']]).toEqual([201, 't1'])
  expect(vendor.requests[0]).toMatchObject({
    method: 'POST',
    url: 'https://tracker.test/v1/tickets/a%20b?dry=true',
    headers: {
      'content-type': 'application/json',
      'tracker-version': '2030-01-01',
      'x-mine': '1',
      'idempotency-key': expect.any(String),
      authorization: 'Bearer token',
    },
  })
})

it('sends forms and files', async () => {
  using vendor = answering(async (request) => {
    const form = await request.formData()
    const file = form.get('file')
    return Response.json({
      fields: [...form.keys()],
      name: file instanceof File && file.name,
      text: file instanceof File && (await file.text()),
      title: form.get('title'),
    })
  })
  const http = client(vendor)
  expect(await http.post('/f', { form: { title: 'a&b' } })).toMatchObject({ fields: ['title'], title: 'a&b' })
  const multipart = new FormData()
  multipart.append('title', 'grüße "x"')
  multipart.append('file', new Blob(['line\r\n--not-a-boundary'], { type: 'text/plain' }), 'a"b.txt')
  expect(await http.post('/f', { multipart })).toEqual({
    fields: ['title', 'file'],
    name: 'a"b.txt',
    text: 'line\r\n--not-a-boundary',
    title: 'grüße "x"',
  })
})

it('sends a form with files again after a failure', async () => {
  using vendor = answering(async (request) => Response.json([...(await request.formData()).keys()]))
  vendor.fail(503)
  const multipart = new FormData()
  multipart.append('file', new Blob(['x']), 'x')
  expect(await client(vendor).post('/f', { multipart })).toEqual(['file'])
  expect(vendor.requests.map(({ body }) => body.length)).toEqual([
    vendor.requests[0]?.body.length,
    vendor.requests[0]?.body.length,
  ])
})

it('gives text, bytes and streams', async () => {
  using vendor = answering(() => new Response('héllo'))
  const http = client(vendor)
  expect(await http.text('/t')).toBe('héllo')
  expect(Buffer.from(await http.bytes('/t')).toString()).toBe('héllo')
  let streamed = ''
  for await (const chunk of await http.stream('/t')) streamed += chunk
  expect(streamed).toBe('héllo')
})

it('gives undefined for an empty body', async () => {
  using vendor = answering(() => new Response(null, { status: 204 }))
  expect(await client(vendor).delete('/tickets/1')).toBeUndefined()
})

it('calls any endpoint by its route', async () => {
  using vendor = answering(async (request) => Response.json({ url: request.url, body: await request.text() }))
  const http = client(vendor)
  expect(await http.request('GET /a/{id}', { id: 'x/y', page: 2 })).toEqual({
    url: 'https://tracker.test/v1/a/x%2Fy?page=2',
    body: '',
  })
  expect(await http.request('POST /a/{id}', { id: 1, title: 't' })).toEqual({
    url: 'https://tracker.test/v1/a/1',
    body: '{"title":"t"}',
  })
  await expect(http.request('get /a')).rejects.toThrow(InvalidRequestError)
  await expect(http.request('GET /a/{id}', {})).rejects.toThrow('`id` is missing')
})

it('writes the body of a route as a form where the profile says so', async () => {
  class Forms extends Connector {
    static override readonly profile: VendorProfile = { ...profile, forms: /^\/old\//g, arrays: 'indices' }
  }
  using vendor = answering(async (request) => Response.json(await request.text()))
  const { http } = new Forms({ auth: bearer('token'), ...vendor.options })
  expect(await http.request('POST /old/{id}', { id: 1, items: [{ n: 1 }] })).toBe('items[0][n]=1')
  expect(await http.request('PATCH /old/{id}', { id: 1, n: 1 }, { form: { n: 2 } })).toBe('n=2')
  expect(await http.request('POST /new/{id}', { id: 1, n: 1 })).toBe('{"n":1}')
  expect(vendor.requests.map(({ headers }) => headers['content-type'])).toEqual([
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded',
    'application/json',
  ])
  await expect(http.request('POST /old/{id}', { id: 1, n: () => 1 })).rejects.toThrow('`n`')
})

it('throws what the vendor says, with the facts of the call', async () => {
  using vendor = answering(() =>
    Response.json(
      { error: { message: 'no such ticket', code: 'missing' } },
      { status: 404, headers: { 'x-trace': 't-9' } },
    ),
  )
  const error: unknown = await client(vendor)
    .get(path`/tickets/${{ id: 'secret-id' }}`)
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(HttpError)
  expect(error).toMatchObject({
    message: 'GET /tickets/{id}: answered 404, “no such ticket”.',
    vendor: 'tracker',
    operation: 'GET /tickets/{id}',
    status: 404,
    vendorCode: 'missing',
    requestId: 't-9',
    attempts: 1,
    retryStop: 'not-retryable',
    body: { error: { code: 'missing' } },
    request: { method: 'GET', origin: 'https://tracker.test', headers: { accept: 'application/json' } },
  })
})

it('calls a throttle that outlasts the deadline a RateLimitedError, with the wait', async () => {
  using vendor = answering(() => new Response('', { status: 429, headers: { 'retry-after': '3600' } }))
  const error: unknown = await client(vendor)
    .get('/t')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RateLimitedError)
  expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_600_000, attempts: 1, retryStop: 'deadline' })
})

it('counts attempts on the error, and names the key of a write that may be sent again', async () => {
  using vendor = answering(() => new Response('', { status: 503 }))
  const error: unknown = await client(vendor)
    .post('/t', { json: {} })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    status: 503,
    attempts: 4,
    retryStop: 'attempts',
    idempotencyKey: vendor.requests[0]?.headers['idempotency-key'],
  })
})

it('does not mistake malformed JSON or another content type for data', async () => {
  using vendor = answering((request) =>
    request.url.endsWith('html')
      ? new Response('<h1>canary</h1>', { headers: { 'content-type': 'text/html' } })
      : new Response('{"canary":'),
  )
  await expect(client(vendor).get('/broken')).rejects.toThrow(DecodeError)
  await expect(client(vendor).get('/html')).rejects.toMatchObject({
    code: 'DECODE',
    status: 200,
    message: expect.stringMatching(/text\/html/),
  })
  await expect(client(vendor).get('/html')).rejects.toThrow(/^(?!.*canary)/)
  expect(vendor.requests).toHaveLength(3)
})

it('checks the answer by a schema and gives its type', async () => {
  const schema: StandardSchema<{ id: number }> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value) =>
        JSON.stringify(value) === '{"id":1}' ? { value: { id: 1 } } : { issues: [{ path: ['id'] }, {}] },
    },
  }
  using vendor = answering((request) => Response.json({ id: request.url.endsWith('1') ? 1 : 'canary' }))
  const { id } = await client(vendor).get('/t/1', { schema })
  expect(id).toBe(1)
  await expect(client(vendor).get('/t/2', { schema })).rejects.toThrow('does not fit the schema at id, its root')
})

it('refuses bad input as a rejection, before anything is sent', async () => {
  using vendor = answering(() => Response.json({}))
  const http = client(vendor)
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const bad: (() => PromiseLike<unknown>)[] = [
    () => http.get('tickets'),
    () => http.get('//evil.test/x'),
    () => http.get('/a/../b'),
    () => http.get(path`/tickets/${''}`),
    () => http.get(path`/tickets/${'..'}`),
    () => http.get('https://evil.test/x'),
    () => http.get('https://user:pw@tracker.test/x'),
    () => http.get('/t', { headers: { 'x-note': 'a\r\nb: c' } }),
    () => http.get('/t', { headers: { host: 'evil.test' } }),
    () => http.get('/t', { query: { n: Number.NaN } }),
    () => http.get('/t', { timeout: 5 } as never),
    () => http.get('/t', { attemptTimeoutMs: 0 }),
    () => http.get('/t', { attemptTimeoutMs: 70_000 }),
    () => http.get('/t', { attemptTimeoutMs: 20, deadlineMs: 10 }),
    () => http.get('/t', { signal: {} as never }),
    () => http.post('/t', { json: circle }),
    () => http.post('/t', { json: () => 1 }),
    () => http.post('/t', { json: {}, form: {} }),
    () => http.post('/t', { idempotencyKey: 'a b' }),
  ]
  for (const call of bad) await expect(Promise.resolve(call()), String(call)).rejects.toThrow(InvalidRequestError)
  expect(vendor.requests).toEqual([])
})

it('refuses an idempotency key that the vendor would ignore', async () => {
  class Plain extends Connector {
    static override readonly profile: VendorProfile = { name: 'plain', baseUrl: 'https://tracker.test' }
  }
  using vendor = answering(() => Response.json({}))
  const { http } = new Plain({ auth: anonymous(), ...vendor.options })
  await expect(http.post('/t', { idempotencyKey: 'k' })).rejects.toThrow('honours no idempotency keys')
})

it('raises no unhandled rejection when only the response is asked for', async () => {
  const unhandled: unknown[] = []
  const listen = (reason: unknown): unknown => unhandled.push(reason)
  process.on('unhandledRejection', listen)
  using vendor = answering(() => new Response('', { status: 404 }))
  await expect(client(vendor).get('/t').withResponse()).rejects.toThrow(HttpError)
  await expect(client(vendor).get('/t')).rejects.toThrow(HttpError)
  await new Promise(setImmediate)
  process.off('unhandledRejection', listen)
  expect(unhandled).toEqual([])
})

it('tells of every call once, with how it went', async () => {
  using vendor = answering((request) => new Response('{}', { status: request.url.endsWith('no') ? 403 : 200 }))
  const http = client(vendor)
  await http.get('/yes')
  await http.get('/no').catch(() => {})
  expect(vendor.clock.events.filter(({ type }) => type === 'call')).toMatchObject([
    { vendor: 'tracker', operation: 'GET /yes', status: 200, attempts: 1 },
    { operation: 'GET /no', status: 403, error: 'HTTP_STATUS', retryStop: 'not-retryable' },
  ])
})

it('streams an upload, and does not repeat one that was open already', async () => {
  using vendor = answering(() => new Response('', { status: 503 }))
  const http = client(vendor)
  await expect(http.put('/u', { body: () => Readable.from(['again']) })).rejects.toMatchObject({ attempts: 4 })
  await expect(http.put('/u', { body: Readable.from(['once']) })).rejects.toMatchObject({
    attempts: 1,
    retryStop: 'body-not-replayable',
  })
  expect(vendor.requests.map(({ body }) => body)).toEqual(['again', 'again', 'again', 'again', 'once'])
})

it('makes an error of any failure, however deep its body is nested', async () => {
  const deep = 100_000
  using vendor = answering(() => new Response('['.repeat(deep) + ']'.repeat(deep), { status: 400 }))
  await expect(client(vendor).get('/deep')).rejects.toMatchObject({ code: 'HTTP_STATUS', status: 400 })
})

it('blanks a credential that the vendor’s id of the request repeats', async () => {
  using vendor = answering((request) => {
    const headers = { 'x-trace': `t-9 ${request.headers.get('authorization')}` }
    return Response.json({}, { status: 400, headers })
  })
  const failed = client(vendor, { auth: bearer('a-secret-token') }).get('/tickets/1')
  await expect(failed).rejects.toMatchObject({ requestId: 't-9 Bearer [redacted]' })
  expect(JSON.stringify(vendor.clock.events)).not.toContain('a-secret-token')
})
