import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isHawserError, type AnyHawserError } from 'hawser'

/** A server on this machine that a browser is sent back to. @see https://www.rfc-editor.org/rfc/rfc8252#section-7.3 */
export interface LoopbackRedirect extends AsyncDisposable {
  /** What to register and to send as the redirect address. */
  readonly redirectUri: string
  /** Hands callbacks to `handle` until one brings a result, or an error that is not only of that callback. */
  wait<T>(handle: (callback: string) => Promise<T>): Promise<T>
}

/** Listens on loopback; port 0 takes a free one. */
export async function loopbackRedirect(port: number, path: string): Promise<LoopbackRedirect> {
  let listener = nobodyWaits
  const server = createServer((request, response) => {
    if (request.url === path || request.url?.startsWith(`${path}?`)) listener(request, response)
    else say(response, 404)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    redirectUri: `http://127.0.0.1:${taken}${path}`,
    wait: (handle) =>
      new Promise((resolve, reject) => {
        listener = (request, response) => {
          handle(request.url ?? '').then(
            (result) => {
              say(response, 200)
              resolve(result)
            },
            (error: unknown) => {
              say(response, 400)
              // Anyone on this machine can call; only the right state ends the wait.
              if (!isStrangers(error)) reject(error)
            },
          )
        }
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      // What is being answered is finished; a browser keeps others open for later.
      server.closeIdleConnections()
      await closed
    },
  }
}

function isStrangers(error: unknown): error is AnyHawserError {
  return isHawserError(error) && error.code === 'INVALID_REQUEST'
}

const words: Readonly<Record<number, string>> = {
  200: 'Done. You can close this window.',
  400: 'This did not work. The terminal says why.',
  404: 'There is nothing here.',
}

function nobodyWaits(_request: IncomingMessage, response: ServerResponse): void {
  say(response, 404)
}

/** Answers in words of our own: what came in the address is a stranger's. */
function say(response: ServerResponse, status: number): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', connection: 'close' }
  response.writeHead(status, headers).end(words[status])
}
