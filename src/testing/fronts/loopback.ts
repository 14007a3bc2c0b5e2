import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Transport } from 'hawser'
import { bytesOf } from '../answer.ts'
import { nextTurn } from '../event-loop.ts'
import { clientSide } from './client-side.ts'
import { strangersExchange, type Exchange } from './exchange.ts'
import type { Arrival, Front, VendorSide } from './front.ts'
import { play, type Wire } from './play.ts'

/** Tells the server which of its clients' exchanges a request is. */
const mark = 'x-hawser-mock'

/** Sends over real sockets to a server of this process, which the first request starts. */
export function loopbackFront(vendor: VendorSide, transport: Transport): Front {
  const exchanges = new Map<string, Exchange>()
  let names = 0
  let listening: Promise<{ server: Server; origin: string }> | undefined

  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    const name = String(incoming.headers[mark])
    const marked = exchanges.get(name)
    const exchange = marked ?? strangersExchange(vendor.clock, `http://${incoming.headers.host}${incoming.url}`)
    response.once('close', () => exchange.leave())
    converse(vendor, incoming, response, exchange, marked ? 'origin' : 'any').catch((error: unknown) => {
      exchange.blame(error)
      // Whoever is not in this process can be told in no other way, and after the headers in none.
      if (marked || response.headersSent) incoming.socket.destroy()
      else response.writeHead(501, { 'content-type': 'text/plain' }).end(String(error))
    })
  }

  const start = (): NonNullable<typeof listening> => (listening ??= listen(answer))

  const send = clientSide(vendor.clock, async (request, exchange) => {
    const { origin } = await start()
    const { pathname, search } = new URL(request.url)
    const name = String(++names)
    exchanges.set(name, exchange)
    exchange.onLeave(() => exchanges.delete(name))
    return transport({ ...request, url: origin + pathname + search, headers: { ...request.headers, [mark]: name } })
  })

  return {
    send,
    address: async () => (await start()).origin,
    close() {
      transport.close?.()
      listening?.then(
        ({ server }) => {
          server.close()
          server.closeAllConnections()
        },
        // Whoever sent the request was told.
        () => {},
      )
    },
  }
}

async function listen(
  answer: (incoming: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; origin: string }> {
  // No time limits: the vendor's time is virtual, and the sockets' is not.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, answer)
  server.on('connection', (socket) => socket.on('error', () => {}))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  server.unref()
  const { port } = server.address() as AddressInfo
  return { server, origin: `http://127.0.0.1:${port}` }
}

async function converse(
  vendor: VendorSide,
  incoming: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
  to: Arrival['to'],
): Promise<void> {
  const { method = 'GET' } = incoming
  const headers = Object.fromEntries(
    Object.entries(incoming.headers)
      .filter(([name]) => name !== mark)
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
  const body = await bytesOf(incoming)
  const { answer, leave } = await vendor.arrive({ method, url: exchange.url, headers, body, to })
  await play(answer, socketWire(incoming, response), exchange).finally(leave)
}

function socketWire({ socket }: IncomingMessage, response: ServerResponse): Wire {
  return {
    head(status, headers) {
      response.sendDate = false
      response.writeHead(status, headers.flat())
      response.flushHeaders()
    },
    // Resolves also where the connection is gone by then.
    write: (bytes) => new Promise((resolve) => response.write(bytes, () => resolve())),
    end: () => void response.end(),
    cut(by) {
      if (by === 'fin') socket.end()
      else afterTurns(() => socket.resetAndDestroy())
    },
    garbage: () => void socket.end('This is not HTTP.\r\n\r\n'),
  }
}

// A reset throws away what the client has not read yet; it reads in the next turns of the same event loop.
const turnsToRead = 10

function afterTurns(then: () => void, turns: number = turnsToRead): void {
  if (turns === 0) then()
  else nextTurn(() => afterTurns(then, turns - 1))
}
