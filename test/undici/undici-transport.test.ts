import { createSecureServer } from 'node:http2'
import { createServer, type AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { expect, it } from 'vitest'
import { ConfigurationError } from 'hawser'
import { undiciTransport } from 'hawser/undici'
import { Agent, MockAgent } from 'undici'
import { ask } from '../http/transport-under-test.ts'
import { transportSuite } from '../http/transport.suite.ts'
import { selfSigned } from '../support/certificate.ts'
import { eventually, loopback } from '../support/loopback.ts'

transportSuite((settings = {}) => undiciTransport(settings))

it('bounds the wait for a connection, TLS included', async () => {
  const silent = createServer((socket) => void socket.on('error', () => {}).resume()).listen(0, '127.0.0.1')
  await eventually(() => silent.listening)
  const { port } = silent.address() as AddressInfo
  const send = undiciTransport({ connectTimeoutMs: 50 })
  await expect(send(ask(`https://127.0.0.1:${port}/`))).rejects.toMatchObject({
    code: 'NETWORK',
    phase: 'connect',
    reason: 'ETIMEDOUT',
  })
  silent.close()
})

it('bounds the wait for the headers and for the next bytes of a body', async () => {
  await using server = await loopback((asked, response) => {
    if (asked.url === '/body') response.writeHead(200).write('half')
  })
  const send = undiciTransport({ headersTimeoutMs: 50.5, bodyTimeoutMs: 50.5 })
  await expect(send(ask(server.url))).rejects.toMatchObject({ phase: 'headers', reason: 'ETIMEDOUT' })
  await expect(send(ask(`${server.url}/body`))).rejects.toMatchObject({ phase: 'body', reason: 'ETIMEDOUT' })
  await eventually(() => server.sockets.size === 0)
})

it('closes a connection that nobody used for a while', async () => {
  // Without this header the server names a time of its own, which goes first.
  await using server = await loopback((_, response) => response.writeHead(200, { connection: 'keep-alive' }).end())
  await undiciTransport({ keepAliveMs: 50 })(ask(server.url))
  expect(server.sockets.size).toBe(1)
  await eventually(() => server.sockets.size === 0)
})

it('finishes calls under way when it is closed', async () => {
  await using server = await loopback((_, response) => void setTimeout(() => response.end('late'), 50))
  const send = undiciTransport()
  const call = send(ask(server.url))
  await eventually(() => server.requests.length === 1)
  send.close?.()
  expect(String((await call).body)).toBe('late')
  await eventually(() => server.sockets.size === 0)
})

it('speaks HTTP/2 where it is told to and the server offers it, and HTTP/1.1 elsewhere', async () => {
  const certificate = selfSigned()
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    request.pipe(response.writeHead(200, { version: request.httpVersion }))
  }).listen(0, '127.0.0.1')
  await eventually(() => server.listening)
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const upload = { method: 'POST', body: () => Readable.from([Buffer.from('to'), Buffer.from('gether')]) }
  for (const [http2, version] of [
    [true, '2.0'],
    [false, '1.1'],
  ] as const) {
    const send = undiciTransport({ http2, tls: { ca: certificate.cert } })
    const answers = await Promise.all([
      send(ask(url)),
      send(ask(url, { method: 'POST', body: 'text' })),
      send(ask(url, upload)),
    ])
    expect(answers.map(({ headers, body }) => `${headers['version']} ${String(body)}`)).toEqual([
      `${version} `,
      `${version} text`,
      `${version} together`,
    ])
    send.close?.()
  }
  server.close()
})

it('takes raw deflate, two layers, and leaves what it does not know as it is', async () => {
  const bodies: Readonly<Record<string, readonly [string, Buffer]>> = {
    '/raw': ['deflate', zlib.deflateRawSync('squeezed')],
    '/two': ['br, gzip', zlib.gzipSync(zlib.brotliCompressSync('squeezed'))],
    '/unknown': ['sponge', Buffer.from('squeezed')],
  }
  await using server = await loopback((asked, response) => {
    const [encoding, body] = bodies[asked.url ?? ''] ?? []
    response.writeHead(200, { 'content-encoding': encoding }).end(body)
  })
  const send = undiciTransport()
  for (const path of Object.keys(bodies)) expect(String((await send(ask(server.url + path))).body)).toBe('squeezed')
  expect((await send(ask(`${server.url}/unknown`))).headers['content-encoding']).toBe('sponge')
})

it('takes a compressed body that ends too early for broken', async () => {
  const whole = zlib.gzipSync('x'.repeat(10_000))
  await using server = await loopback((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, whole.length - 9)),
  )
  await expect(undiciTransport()(ask(server.url))).rejects.toMatchObject({ phase: 'body', reason: 'Z_BUF_ERROR' })
})

it.skipIf(!('zstdCompressSync' in zlib))('decompresses zstd where Node can', async () => {
  const compress: unknown = Reflect.get(zlib, 'zstdCompressSync')
  const body = typeof compress === 'function' ? compress('squeezed') : ''
  await using server = await loopback((_, response) =>
    response.writeHead(200, { 'content-encoding': 'zstd' }).end(body),
  )
  expect(String((await undiciTransport()(ask(server.url))).body)).toBe('squeezed')
})

it('sends over a dispatcher of the caller’s, and leaves it open', async () => {
  const agent = new MockAgent()
  agent.disableNetConnect()
  agent.get('https://vendor.test').intercept({ path: '/things?a=1', method: 'GET' }).reply(200, 'mocked').times(2)
  const send = undiciTransport({ dispatcher: agent })
  for (let call = 0; call < 2; call++) {
    expect(String((await send(ask('https://vendor.test/things?a=1'))).body)).toBe('mocked')
    send.close?.()
  }
})

it('refuses options that are unknown, out of range, or decided by a dispatcher', () => {
  const misspelt: object = { maxConnection: 5 }
  expect(() => undiciTransport(misspelt)).toThrow('It has: dispatcher')
  expect(() => undiciTransport({ maxConnections: 0 })).toThrow(ConfigurationError)
  expect(() => undiciTransport({ connectTimeoutMs: Number.NaN })).toThrow(ConfigurationError)
  expect(() => undiciTransport({ dispatcher: new Agent(), http2: true })).toThrow('no option `http2`')
  expect(() => undiciTransport({ proxy: 'socks5://user:canary@proxy.test' })).toThrow(/^(?!.*canary)/)
})

it('says in `describe()` what it was told', () => {
  expect(undiciTransport({ maxConnections: 7 }).settings).toEqual({
    name: 'undiciTransport',
    maxConnections: 7,
    connectTimeoutMs: 10_000,
    headersTimeoutMs: 300_000,
    bodyTimeoutMs: 300_000,
    keepAliveMs: 4_000,
    http2: false,
    maxResponseBytes: 50 * 1024 * 1024,
  })
})
