import type { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { AbortedError, NetworkError } from 'hawser'
import { eventually, failureOf, loopback } from '../support/loopback.ts'
import { ask, type MakeTransport } from './transport-under-test.ts'

async function read(body: unknown): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body as Readable) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Answers as streams. */
export function streamSuite(make: MakeTransport): void {
  it('streams an answer as it comes', async () => {
    await using server = await loopback(async (_, response) => {
      response.writeHead(200)
      for (const part of ['one', 'two', 'three']) {
        response.write(part)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      response.end()
    })
    const { body } = await make()(ask(server.url, { stream: true }))
    const parts: string[] = []
    for await (const part of body as Readable) parts.push(String(part))
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.join('')).toBe('onetwothree')
  })

  it('decompresses a stream, and caps it nowhere', async () => {
    const text = Buffer.alloc(3_000_000, 'text ')
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(text)),
    )
    const { body } = await make({ maxResponseBytes: 1000 })(ask(server.url, { stream: true }))
    expect(text.equals(await read(body))).toBe(true)
  })

  it('waits for a slow reader and loses nothing', async () => {
    const large = Buffer.alloc(20_000_000, 'abcdefg')
    await using server = await loopback((_, response) => response.end(large))
    const { body } = await make()(ask(server.url, { stream: true }))
    await new Promise((resolve) => setTimeout(resolve, 100))
    const [socket] = server.sockets
    expect(socket?.writableLength).toBeGreaterThan(1_000_000)
    expect(large.equals(await read(body))).toBe(true)
  })

  it('breaks a stream off with an error of its own, holding no request', async () => {
    await using server = await loopback((asked, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => asked.socket.destroy(), 20)
    })
    const { body } = await make()(ask(server.url, { stream: true }))
    const error = await failureOf(read(body))
    expect(error).toBeInstanceOf(NetworkError)
    expect(error).toMatchObject({ phase: 'body' })
  })

  it('tells a reader who comes late that the stream broke, and ends no process by it', async () => {
    await using server = await loopback((asked, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => asked.socket.destroy(), 10)
    })
    const { body } = await make()(ask(server.url, { stream: true }))
    await eventually(() => server.sockets.size === 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await failureOf(read(body))).toMatchObject({ code: 'NETWORK', phase: 'body' })
  })

  it('ends a stream at an abort', async () => {
    await using server = await loopback((_, response) => void response.writeHead(200).write('half'))
    const controller = new AbortController()
    const { body } = await make()(ask(server.url, { stream: true, signal: controller.signal }))
    setTimeout(() => controller.abort(), 20)
    expect(await failureOf(read(body))).toBeInstanceOf(AbortedError)
    await eventually(() => server.sockets.size === 0)
  })

  it.each([{}, { 'content-encoding': 'gzip' }])(
    'gives the socket up when a stream is closed unread %j',
    async (headers) => {
      await using server = await loopback((_, response) => void response.writeHead(200, headers).write('x'))
      const { body } = await make()(ask(server.url, { stream: true }))
      ;(body as Readable).destroy()
      await eventually(() => server.sockets.size === 0)
    },
  )
}
