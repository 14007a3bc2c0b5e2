import { once } from 'node:events'
import { Readable } from 'node:stream'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { ResponseTooLargeError } from 'hawser'
import { loopback } from '../support/loopback.ts'
import { ask, type MakeTransport } from './transport-under-test.ts'

/** What is sent and what comes back. */
export function answerSuite(make: MakeTransport): void {
  it('gives every status as an answer, with lower-case headers and the bytes of the body', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(418, { 'X-Tea': 'p\xf6t', 'Set-Cookie': ['a=1', 'b=2'] }).end('short and stout'),
    )
    const { status, headers, body } = await make()(ask(server.url))
    expect([status, headers['x-tea'], headers['set-cookie'], String(body)]).toEqual([
      418,
      'p\xf6t',
      'a=1, b=2',
      'short and stout',
    ])
  })

  it('sends the path and the query as they are, and no fragment', async () => {
    await using server = await loopback((_, response) => response.end())
    const send = make()
    for (const rest of ['', '/', '/a%2Fb/c?d=e%20f&g=', '?x=1', '/p?q#part']) await send(ask(server.url + rest))
    expect(server.requests.map(({ url }) => url)).toEqual(['/', '/', '/a%2Fb/c?d=e%20f&g=', '/?x=1', '/p?q'])
  })

  it('sends method, headers, text, bytes and streams as they are', async () => {
    await using server = await loopback((_, response) => response.end())
    const send = make()
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

  it('sends a stream whose length is known with that length', async () => {
    await using server = await loopback((_, response) => response.end())
    const body = (): Readable => Readable.from([Buffer.from('12345')])
    await make()(ask(server.url, { method: 'POST', body, headers: { 'content-length': '5' } }))
    expect(server.requests[0]?.headers).toMatchObject({ 'content-length': '5' })
    expect(server.requests[0]?.headers['transfer-encoding']).toBeUndefined()
  })

  it.each(['GET', 'DELETE', 'OPTIONS', 'POST'])(
    'frames the stream that a %s sends, so that none of it is a next request',
    async (method) => {
      await using server = await loopback((_, response) => response.end('ok'))
      const send = make()
      const next = 'GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n'
      await send(ask(server.url, { method, body: () => Readable.from([Buffer.from(next)]) }))
      await send(ask(`${server.url}/next`))
      expect(server.requests.map(({ url, body }) => [url, String(body)])).toEqual([
        ['/', next],
        ['/next', ''],
      ])
    },
  )

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('asks for %s and decompresses it', async (encoding, compress) => {
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress('squeezed')),
    )
    const { body, headers } = await make()(ask(server.url))
    expect(String(body)).toBe('squeezed')
    expect(headers['content-encoding']).toBeUndefined()
    expect(server.requests[0]?.headers['accept-encoding']).toContain(encoding)
  })

  it('takes an answer without a body, also where it is said to be compressed', async () => {
    await using server = await loopback((asked, response) =>
      response.writeHead(asked.url === '/204' ? 204 : 200, { 'content-encoding': 'gzip' }).end(),
    )
    const send = make()
    for (const over of [{ method: 'HEAD' }, { method: 'DELETE', url: `${server.url}/204` }]) {
      expect((await send(ask(server.url, over))).body).toHaveLength(0)
    }
  })

  it('takes a 304 that names the length and the packing of the answer it stands for', async () => {
    await using server = await loopback((asked, response) =>
      response
        .writeHead(304, { 'content-length': '500', ...(asked.url === '/gz' && { 'content-encoding': 'gzip' }) })
        .end(),
    )
    const send = make()
    for (const url of [server.url, `${server.url}/gz`]) {
      for (const stream of [false, true]) {
        const { status, body } = await send(ask(url, { stream }))
        expect(status).toBe(304)
        expect(body instanceof Readable ? await body.toArray() : [...body]).toEqual([])
      }
    }
  })

  it('takes the first of several headers of which there can be one only', async () => {
    const repeated = { 'retry-after': ['5', '7'], location: ['/a', '/b'], etag: ['"a"', '"b"'], link: ['<a>', '<b>'] }
    await using server = await loopback((_, response) => {
      for (const [name, values] of Object.entries(repeated)) response.setHeader(name, values)
      response.writeHead(429).end()
    })
    const { headers } = await make()(ask(server.url))
    expect(headers).toMatchObject({ 'retry-after': '5', location: '/a', etag: '"a"', link: '<a>, <b>' })
  })

  it('passes over what a server says before its answer', async () => {
    await using server = await loopback((_, response) => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.end('the answer')
    })
    expect(await make()(ask(server.url))).toMatchObject({ status: 200, body: Buffer.from('the answer') })
  })

  it('follows no redirect', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/steal' }).end(),
    )
    expect((await make()(ask(server.url, { headers: { 'x-vendor-token': 'secret' } }))).status).toBe(302)
  })

  it('stops reading at the size cap, so that a small bomb does not fill the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(200_000)
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    )
    const before = process.memoryUsage().rss
    await expect(make({ maxResponseBytes: 1024 * 1024 })(ask(server.url))).rejects.toThrow(ResponseTooLargeError)
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
    await expect(make()(ask(server.url, { maxResponseBytes: 1000 }))).rejects.toThrow('larger than 1000 bytes')
  })

  it('takes an answer of exactly the cap', async () => {
    await using server = await loopback((_, response) => response.end('x'.repeat(1000)))
    expect((await make({ maxResponseBytes: 1000 })(ask(server.url))).body).toHaveLength(1000)
    await expect(make({ maxResponseBytes: 999 })(ask(server.url))).rejects.toThrow(ResponseTooLargeError)
  })

  it('puts a large answer of many chunks together', async () => {
    const large = Buffer.from(Array.from({ length: 2_000_000 }, (_, at) => at % 251))
    await using server = await loopback(async (_, response) => {
      for (let at = 0; at < large.length; at += 100_000) {
        if (!response.write(large.subarray(at, at + 100_000))) await once(response, 'drain')
      }
      response.end()
    })
    expect(large.equals((await make()(ask(server.url))).body as Uint8Array)).toBe(true)
  })
}
