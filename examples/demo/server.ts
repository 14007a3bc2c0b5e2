import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { replay, type Recording } from 'hawser/testing'

/** Reads what GitHub answered when `@octokit/fixtures` recorded it. */
export function recorded(scenario: string): readonly Recording[] {
  const index = createRequire(import.meta.url).resolve('@octokit/fixtures')
  return JSON.parse(
    readFileSync(index.replace(/index\.js$/, `scenarios/api.github.com/${scenario}/normalized-fixture.json`), 'utf8'),
  )
}

/** A trouble that strikes one request, by its number. */
type Fault = (request: IncomingMessage, response: ServerResponse) => void

const outage: Fault = (_, response) =>
  response.writeHead(503, { 'retry-after': '1' }).end('{"message":"Service unavailable"}')
const reset: Fault = (request) => request.socket.resetAndDestroy()
const secondaryLimit: Fault = (_, response) => {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  response.writeHead(403, { 'retry-after': '2' }).end(JSON.stringify({ message }))
}

const faults: ReadonlyMap<number, [string, Fault]> = new Map([
  [3, ['503 with Retry-After: 1', outage]],
  [8, ['the connection is reset', reset]],
  [14, ['403, secondary rate limit, Retry-After: 2', secondaryLimit]],
  [22, ['503 with Retry-After: 1', outage]],
  [27, ['the connection is reset', reset]],
])

/** Starts a server on loopback that gives recorded answers and a few troubles of its own. */
export async function startServer(
  recordings: readonly Recording[],
  onFault: (what: string) => void,
): Promise<{ url: string; requests: () => number; close: () => void }> {
  const simulator = replay(recordings, { origin: 'https://api.github.com' })
  let count = 0
  const server = createServer((request, response) => {
    const [what, fault] = faults.get(++count) ?? []
    if (what !== undefined && fault) {
      onFault(what)
      return fault(request, response)
    }
    const asked = new Request(new URL(request.url ?? '/', `http://${request.headers.host}`), {
      method: request.method ?? 'GET',
    })
    void Promise.resolve(simulator.respond(asked)).then(async (answer) => {
      const { status, headers } = answer ?? new Response(null, { status: 404 })
      response.writeHead(status, Object.fromEntries(headers)).end(await answer?.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => count,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
