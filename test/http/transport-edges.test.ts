import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  Connector,
  anonymous,
  apiKey,
  attemptTimeout,
  axiosTransport,
  bulkhead,
  stack,
  systemRuntime,
  type VendorProfile,
} from 'hawser'
import { eventually, loopback } from '../support/loopback.ts'
import { request, response } from '../support/stub.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}
it.each([
  ['HEAD', 200],
  ['GET', 204],
  ['GET', 304],
  ['GET', 200],
] as const)('%s %i with content-encoding gzip and no body', async (method, status) => {
  await using server = await loopback((_, res) => res.writeHead(status, { 'content-encoding': 'gzip' }).end())
  for (const stream of [false, true]) {
    const got = await axiosTransport()(request({ url: server.url, method, stream }))
    expect(got.status).toBe(status)
    if (got.body instanceof Readable) for await (const _ of got.body);
    else expect(got.body.length).toBe(0)
  }
})
it('garbage gzip is a typed error', async () => {
  await using server = await loopback((_, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'))
  await expect(axiosTransport()(request({ url: server.url }))).rejects.toMatchObject({ code: 'NETWORK', phase: 'body' })
  const { body } = await axiosTransport()(request({ url: server.url, stream: true }))
  await expect(
    (async () => {
      for await (const _ of body as Readable);
    })(),
  ).rejects.toMatchObject({ code: 'NETWORK' })
})
it('HEAD, 204 and 304 as a stream give the place back when read', async () => {
  await using server = await loopback((_, res) => res.writeHead(204).end())
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, bulkhead: { maxConcurrent: 1 } })
  for (let i = 0; i < 3; i++) for await (const _ of await http.stream('/x'));
})
it('abort while a stream is read ends it and the socket', async () => {
  await using server = await loopback((_, res) => void res.writeHead(200).write('x'))
  const c = new AbortController()
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url })
  const body = await http.stream('/x', { signal: c.signal })
  const read = (async () => {
    for await (const _ of body);
  })().catch((e: unknown) => e)
  await new Promise((r) => setTimeout(r, 50))
  c.abort()
  expect(await Promise.race([read, new Promise((r) => setTimeout(() => r('waits'), 1000))])).toMatchObject({
    code: 'ABORTED',
  })
  await eventually(() => server.sockets.size === 0)
})
it('a stream read to its end is reused, and leaves no listener', async () => {
  await using server = await loopback((_, res) => res.end('x'.repeat(200_000)))
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url })
  for (let i = 0; i < 5; i++) for await (const _ of await http.stream('/x'));
  expect(server.sockets.size).toBe(1)
})
it('a runtime whose emit throws breaks nothing, as docs/events.md says of listeners', async () => {
  const runtime = {
    ...systemRuntime(),
    emit: () => {
      throw new Error('listener')
    },
  }
  const send = stack(
    [bulkhead({ maxConcurrent: 1 })],
    async () => {
      await new Promise((r) => setTimeout(r, 20))
      return response(200)
    },
    runtime,
  )
  const both = await Promise.allSettled([send(request()), send(request())])
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
})
it('an async onEvent that rejects does not kill the process', async () => {
  const seen: unknown[] = []
  const on = (e: unknown): void => void seen.push(e)
  process.on('unhandledRejection', on)
  const { http } = new Vendor({
    auth: anonymous(),
    transport: async () => response(200, {}, '{}'),
    onEvent: async () => {
      throw new Error('x')
    },
  })
  await http.get('/x')
  await new Promise((r) => setTimeout(r, 20))
  process.off('unhandledRejection', on)
  expect(seen).toEqual([])
})
it('early answer to an upload closes the upload', async () => {
  const server = createServer((s) => {
    s.on('error', () => {})
    s.once('data', () => s.end('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  let upload: Readable | undefined
  const send = stack([attemptTimeout(2_000)], axiosTransport())
  await send(
    request({
      method: 'PUT',
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      body: () =>
        (upload = new Readable({
          read() {
            setTimeout(() => this.push(Buffer.alloc(10_000)), 5)
          },
        })),
    }),
  ).catch(() => {})
  await new Promise((r) => setTimeout(r, 300))
  server.close()
  expect(upload?.destroyed).toBe(true)
})
it('an attempt that timed out closes the upload', async () => {
  await using server = await loopback(() => {})
  let upload: Readable | undefined
  const send = stack([attemptTimeout(200)], axiosTransport())
  await send(
    request({
      method: 'PUT',
      url: server.url,
      body: () =>
        (upload = new Readable({
          read() {
            setTimeout(() => this.push(Buffer.alloc(10_000)), 5)
          },
        })),
    }),
  ).catch(() => {})
  await new Promise((r) => setTimeout(r, 200))
  expect(upload?.destroyed).toBe(true)
})
it('an idle stream whose time limit passed gives its socket up in the end (10 × the limit)', async () => {
  await using server = await loopback((_, res) => void res.writeHead(200).write('x'))
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, attemptTimeout: 200 })
  for await (const _ of await http.stream('/x').then((s) => s.on('error', () => {}))) break
  await new Promise((r) => setTimeout(r, 2_000))
  expect(server.sockets.size).toBe(0)
})
it('a query credential keeps the caller’s query as it was written', async () => {
  const sent: string[] = []
  const { http } = new Vendor({
    auth: apiKey({ query: 'key', key: 'k' }),
    transport: async (r) => (sent.push(r.url), response(200)),
  })
  await http.get('/x?filter=a%20b:c,d')
  expect(sent[0]).toContain('filter=a%20b:c,d')
})
