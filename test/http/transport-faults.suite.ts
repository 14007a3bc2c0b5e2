import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { TimeoutError, attemptTimeout, stack } from 'hawser'
import { eventually, failureOf, loopback } from '../support/loopback.ts'
import { ask, type MakeTransport } from './transport-under-test.ts'

/** A server that speaks as told, and is no HTTP server. */
async function raw(handle: (socket: Socket) => void): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    handle(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

/** Every way in which a connection fails, by its phase. */
export function faultSuite(make: MakeTransport): void {
  it('names a refused connection and an unknown host as failures to connect', async () => {
    let port = ''
    {
      await using server = await raw(() => {})
      port = new URL(server.url).port
    }
    for (const host of ['127.0.0.1', 'localhost']) {
      await expect(make({ proxy: false })(ask(`http://${host}:${port}/`))).rejects.toMatchObject({
        code: 'NETWORK',
        phase: 'connect',
        reason: 'ECONNREFUSED',
      })
    }
    await expect(make({ proxy: false })(ask('http://no-such-host.invalid/'))).rejects.toMatchObject({
      phase: 'connect',
      reason: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/),
    })
  })

  it('names a reset and an end before the answer', async () => {
    await using reset = await loopback((asked) => asked.socket.resetAndDestroy())
    await expect(make()(ask(reset.url))).rejects.toMatchObject({ phase: 'headers', reason: 'ECONNRESET' })
    await using hangup = await loopback((asked) => asked.socket.end())
    await expect(make()(ask(hangup.url))).rejects.toMatchObject({ phase: 'headers', reason: 'ECONNRESET' })
  })

  it.each([
    ['cut short of its length', { 'content-length': '100' }, 'destroy'],
    ['cut between two chunks', {}, 'destroy'],
    ['reset', { 'content-length': '100' }, 'resetAndDestroy'],
  ] as const)('names an answer that is %s', async (_, headers, end) => {
    await using server = await loopback((asked, response) => {
      response.writeHead(200, headers).write('half')
      setTimeout(() => asked.socket[end](), 20)
    })
    await expect(make()(ask(server.url))).rejects.toMatchObject({ phase: 'body', reason: 'ECONNRESET' })
  })

  it.each([
    ['no HTTP', 'GARBAGE / 1\r\n\r\n'],
    ['a malformed header', 'HTTP/1.1 200 OK\r\nna me: x\r\n\r\n'],
    ['larger headers than anybody sends', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(200_000)}\r\n\r\n`],
  ])('names an answer with %s', async (_, answer) => {
    await using server = await raw((socket) => socket.once('data', () => socket.end(answer)))
    await expect(make()(ask(server.url))).rejects.toMatchObject({
      code: 'NETWORK',
      phase: 'headers',
      reason: expect.stringMatching(/^HPE_/),
    })
  })

  it('names a broken compression as a broken answer', async () => {
    await using server = await loopback((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no gzip'),
    )
    await expect(make()(ask(server.url))).rejects.toMatchObject({ phase: 'body', reason: 'Z_DATA_ERROR' })
  })

  it('bounds a body that drips, and an answer that never begins', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url === '/never') return
      response.writeHead(200, { 'content-length': '100' })
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const send = stack([attemptTimeout(200)], make())
    await expect(send(ask(server.url))).rejects.toThrow(TimeoutError)
    await expect(send(ask(`${server.url}/never`))).rejects.toThrow(TimeoutError)
    await eventually(() => server.sockets.size === 0)
  })

  it('calls an upload whose stream breaks the caller’s trouble', async () => {
    await using server = await loopback((_, response) => response.end())
    const body = (): Readable =>
      Readable.from(
        (async function* () {
          yield Buffer.from('half')
          throw new Error('The file is gone.')
        })(),
      )
    await expect(make()(ask(server.url, { method: 'PUT', body }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
    expect(server.requests).toEqual([])
    await eventually(() => server.sockets.size === 0)
  })

  it('keeps what was sent out of every error', async () => {
    await using server = await loopback((asked, response) => {
      if (asked.url?.startsWith('/body')) response.writeHead(200, { 'content-length': '100' }).write('half')
      setTimeout(() => asked.socket.destroy(), 20)
    })
    for (const path of ['/headers', '/body']) {
      const secret = ask(`${server.url}${path}?key=canary-query`, {
        method: 'POST',
        headers: { authorization: 'Bearer canary-header' },
        body: 'canary-body',
      })
      const error = await failureOf(make()(secret))
      const shown = [String(error), JSON.stringify(error), inspect(error, { depth: null, showHidden: true })]
      expect(shown.join('\n')).not.toContain('canary')
    }
  })
}
