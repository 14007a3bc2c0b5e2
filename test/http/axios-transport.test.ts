import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import axios from 'axios'
import axiosRetry from 'axios-retry'
import { expect, it } from 'vitest'
import {
  AbortedError,
  HawserError,
  NetworkError,
  ResponseTooLargeError,
  TimeoutError,
  attemptTimeout,
  axiosTransport,
  stack,
} from 'hawser'
import { eventually, loopback } from '../support/loopback.ts'
import { request } from '../support/stub.ts'

const ask = (url: string, over: Parameters<typeof request>[0] = {}): ReturnType<typeof request> =>
  request({ url, ...over })

it('gives every status as an answer, with lower-case headers and the bytes of the body', async () => {
  await using server = await loopback((_, response) =>
    response.writeHead(418, { 'X-Tea': 'pot', 'Set-Cookie': ['a=1', 'b=2'] }).end('short and stout'),
  )
  const { status, headers, body } = await axiosTransport()(ask(server.url))
  expect([status, headers['x-tea'], headers['set-cookie'], String(body)]).toEqual([
    418,
    'pot',
    'a=1, b=2',
    'short and stout',
  ])
})

it('sends method, headers, text, bytes and streams as they are', async () => {
  await using server = await loopback((_, response) => response.end())
  const send = axiosTransport()
  for (const body of [
    'grüße',
    new Uint8Array([1, 2, 255]),
    () => Readable.from([Buffer.from('a'), Buffer.from('b')]),
    Readable.from([Buffer.from('once')]),
  ]) {
    await send(ask(server.url, { method: 'PUT', body, headers: { 'content-type': 'x/y', 'x-mine': '1' } }))
  }
  expect(server.requests.map(({ body }) => body.toString('latin1'))).toEqual([
    Buffer.from('grüße').toString('latin1'),
    '\x01\x02\xff',
    'ab',
    'once',
  ])
  expect(server.requests[0]).toMatchObject({
    method: 'PUT',
    headers: { 'content-type': 'x/y', 'x-mine': '1', 'content-length': '7' },
  })
})

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
])('decompresses %s', async (encoding, compress) => {
  await using server = await loopback((_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(compress('squeezed')),
  )
  expect(String((await axiosTransport()(ask(server.url))).body)).toBe('squeezed')
})

it('follows no redirect', async () => {
  await using server = await loopback((_, response) =>
    response.writeHead(302, { location: 'http://127.0.0.1:1/steal' }).end(),
  )
  expect((await axiosTransport()(ask(server.url, { headers: { 'x-vendor-token': 'secret' } }))).status).toBe(302)
})

it('stops reading at the size cap, so that a small bomb does not fill the memory', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(200_000)
  await using server = await loopback((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
  )
  const before = process.memoryUsage().rss
  await expect(axiosTransport({ maxResponseBytes: 1024 * 1024 })(ask(server.url))).rejects.toThrow(
    ResponseTooLargeError,
  )
  expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
  await expect(axiosTransport()(ask(server.url, { maxResponseBytes: 1000 }))).rejects.toThrow('larger than 1000 bytes')
})

it('takes an answer of exactly the cap', async () => {
  await using server = await loopback((_, response) => response.end('x'.repeat(1000)))
  expect((await axiosTransport({ maxResponseBytes: 1000 })(ask(server.url))).body).toHaveLength(1000)
  await expect(axiosTransport({ maxResponseBytes: 999 })(ask(server.url))).rejects.toThrow(ResponseTooLargeError)
})

it('names a refused connection and an unknown host as failures to connect', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await expect(axiosTransport()(ask(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({
    code: 'NETWORK',
    phase: 'connect',
    reason: 'ECONNREFUSED',
  })
  await expect(axiosTransport()(ask(`http://localhost:${port}/`))).rejects.toMatchObject({
    phase: 'connect',
    reason: 'ECONNREFUSED',
  })
  await expect(axiosTransport({ proxy: false })(ask('http://no-such-host.invalid/'))).rejects.toMatchObject({
    phase: 'connect',
  })
})

it('names a reset before and a break within the answer by its phase', async () => {
  await using reset = await loopback((asked) => asked.socket.resetAndDestroy())
  await expect(axiosTransport()(ask(reset.url))).rejects.toMatchObject({ phase: 'headers', reason: 'ECONNRESET' })
  await using hangup = await loopback((asked) => asked.socket.end())
  await expect(axiosTransport()(ask(hangup.url))).rejects.toMatchObject({ phase: 'headers', reason: 'ECONNRESET' })
  await using cut = await loopback((asked, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => asked.socket.destroy())
  })
  await expect(axiosTransport()(ask(cut.url))).rejects.toMatchObject({ phase: 'body', reason: 'ECONNRESET' })
  await using chunked = await loopback((asked, response) => {
    response.writeHead(200).write('half')
    setImmediate(() => asked.socket.destroy())
  })
  await expect(axiosTransport()(ask(chunked.url))).rejects.toMatchObject({ phase: 'body' })
})

it('names an answer that is no HTTP', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.end('GARBAGE / 1\r\n\r\n'))).listen(
    0,
    '127.0.0.1',
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const failed = axiosTransport()(ask(`http://127.0.0.1:${port}/`))
  await expect(failed).rejects.toMatchObject({
    code: 'NETWORK',
    phase: 'headers',
    reason: expect.stringMatching(/^HPE_/),
  })
  server.close()
})

it('bounds a body that drips, which axios’ own timeout does not', async () => {
  await using server = await loopback((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    const drip = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(drip))
  })
  const send = stack([attemptTimeout(200)], axiosTransport())
  await expect(send(ask(server.url))).rejects.toThrow(TimeoutError)
  await eventually(() => server.sockets.size === 0)
})

it.each(['before the connection', 'before the headers', 'within the body', 'within an upload'])(
  'ends at an abort %s and leaves no socket',
  async (phase) => {
    const reached: string[] = []
    await using server = await loopback((asked, response) => {
      reached.push(asked.url ?? '')
      if (phase === 'within the body') response.writeHead(200).write('half')
    })
    const controller = new AbortController()
    const upload =
      phase === 'within an upload'
        ? {
            method: 'PUT',
            body: () =>
              new Readable({
                read() {
                  setTimeout(() => this.push('x'), 20)
                },
              }),
          }
        : {}
    const call = axiosTransport()(ask(server.url, { signal: controller.signal, ...upload }))
    call.catch(() => {})
    if (phase === 'within an upload') await eventually(() => server.sockets.size === 1)
    else if (phase !== 'before the connection') await eventually(() => reached.length === 1)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow(AbortedError)
    await eventually(() => server.sockets.size === 0)
  },
)

it('sends nothing for a signal that has aborted', async () => {
  await using server = await loopback((_, response) => response.end())
  await expect(axiosTransport()(ask(server.url, { signal: AbortSignal.abort() }))).rejects.toThrow(AbortedError)
  expect(server.requests).toEqual([])
})

it('streams an answer as it comes', async () => {
  await using server = await loopback(async (_, response) => {
    response.writeHead(200)
    for (const part of ['one', 'two', 'three']) {
      response.write(part)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    response.end()
  })
  const { body } = await axiosTransport()(ask(server.url, { stream: true }))
  const parts: string[] = []
  for await (const part of body as Readable) parts.push(String(part))
  expect(parts.length).toBeGreaterThan(1)
  expect(parts.join('')).toBe('onetwothree')
})

it('breaks a stream off with an error of its own, holding no request', async () => {
  await using server = await loopback((asked, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setTimeout(() => asked.socket.destroy(), 20)
  })
  const { body } = await axiosTransport()(ask(server.url, { stream: true }))
  const read = async (): Promise<void> => {
    for await (const _ of body as Readable);
  }
  const error = await read().catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(NetworkError)
  expect(error).toMatchObject({ phase: 'body' })
})

it('gives the socket up when a stream is closed unread', async () => {
  await using server = await loopback((_, response) => void response.writeHead(200).write('x'.repeat(100_000)))
  const { body } = await axiosTransport()(ask(server.url, { stream: true }))
  ;(body as Readable).destroy()
  await eventually(() => server.sockets.size === 0)
})

it('keeps connections alive, and closes idle ones when told to', async () => {
  await using server = await loopback((_, response) => response.end('ok'))
  const send = axiosTransport()
  for (let call = 0; call < 5; call++) await send(ask(server.url))
  expect(server.sockets.size).toBe(1)
  send.close?.()
  await eventually(() => server.sockets.size === 0)
})

it('is the only retry owner, also on an instance that has axios-retry on it', async () => {
  await using server = await loopback((_, response) => response.writeHead(503).end())
  const instance = axios.create()
  axiosRetry(instance, { retries: 3, retryCondition: () => true, validateResponse: () => false })
  const answer = await axiosTransport({ instance })(ask(server.url)).catch((error: unknown) => error)
  expect(server.requests).toHaveLength(1)
  expect(answer instanceof HawserError || (typeof answer === 'object' && answer !== null && 'status' in answer)).toBe(
    true,
  )
})

it('sends through a proxy that the environment names, and leaves its password out of every error', async () => {
  await using proxy = await loopback((asked) => asked.socket.destroy())
  process.env['HTTP_PROXY'] = proxy.url.replace('//', '//user:canary-proxy@')
  try {
    const error: unknown = await axiosTransport()(ask('http://vendor.example/')).catch((thrown: unknown) => thrown)
    expect(proxy.requests).toHaveLength(1)
    expect(JSON.stringify(error)).not.toContain('canary-proxy')
  } finally {
    delete process.env['HTTP_PROXY']
  }
})
