import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'

/** What a test's server does with a request. */
export type Handle = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

/** A real server on loopback. */
export interface Loopback extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    readonly body: Buffer
  }[]
  /** Open connections. */
  readonly sockets: ReadonlySet<Socket>
}

/** Starts a server that reads each request to its end and then hands it on. */
export async function loopback(handle: Handle, tls?: TlsOptions): Promise<Loopback> {
  const requests: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  const sockets = new Set<Socket>()
  const listen: (request: IncomingMessage, response: ServerResponse) => void = (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const body = Buffer.concat(chunks)
      requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      handle(request, response, body)
    })
  }
  const server: Server = tls ? createTlsServer(tls, listen) : createServer(listen)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    sockets,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Gives the error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error,
  )
}

/** Waits for something that happens soon; a generous bound, not a measurement. */
export async function eventually(is: () => boolean): Promise<void> {
  for (let turns = 0; turns < 500 && !is(); turns++) await new Promise((resolve) => setTimeout(resolve, 10))
  if (!is()) throw new Error('It did not happen within five seconds.')
}
