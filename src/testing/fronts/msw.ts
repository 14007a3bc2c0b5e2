import { axiosTransport, systemRuntime } from 'hawser'
import { isBodiless } from '../answer.ts'
import { clientSide, socketError } from './client-side.ts'
import { strangersExchange, type Exchange } from './exchange.ts'
import type { Front, VendorSide } from './front.ts'
import { shareMsw } from './msw-server.ts'
import { play, type Wire } from './play.ts'

/** Marks the requests of one mock vendor, so that two of them can pretend to be at the same address at the same time. */
const mark = 'x-hawser-mock'

/** Catches requests with MSW, below the real transport, and those of other clients in the process too. */
export function mswFront(vendor: VendorSide): Front {
  const id = systemRuntime().uuid()
  const exchanges = new Map<string, Exchange>()
  const transport = axiosTransport({ proxy: false })
  let names = 0
  let sharing: Promise<() => void> | undefined

  async function answer(request: Request): Promise<Response | undefined> {
    const name = request.headers.get(mark)
    const exchange = name === null ? outsider(request) : exchanges.get(name)
    return exchange && respond(vendor, request, exchange, name === null)
  }

  function outsider({ url }: Request): Exchange | undefined {
    return vendor.serves(url) ? strangersExchange(vendor.clock, url) : undefined
  }

  const ready = (): Promise<unknown> => (sharing ??= shareMsw(answer))

  const send = clientSide(vendor.clock, async (request, exchange) => {
    await ready()
    const name = `${id}/${++names}`
    exchanges.set(name, exchange)
    exchange.onLeave(() => exchanges.delete(name))
    return transport({ ...request, headers: { ...request.headers, [mark]: name } })
  })

  return {
    send,
    ready,
    close() {
      transport.close?.()
      sharing?.then(
        (stop) => stop(),
        // Whoever sent the request was told.
        () => {},
      )
    },
  }
}

async function respond(vendor: VendorSide, request: Request, exchange: Exchange, outside: boolean): Promise<Response> {
  const { method, url } = request
  const headers = Object.fromEntries([...request.headers].filter(([name]) => name !== mark))
  const body = new Uint8Array(await request.arrayBuffer())
  return new Promise((resolve, reject) => {
    // What MSW makes of an error is not what a socket makes of it; a client of ours is told by the exchange.
    const refuse = (error: unknown): void => (outside ? reject(error) : resolve(Response.error()))
    vendor
      .arrive({ method, url, headers, body, to: 'origin' })
      .then(async ({ answer, leave }) => play(answer, mswWire(exchange, resolve, refuse), exchange).finally(leave))
      .catch((error: unknown) => {
        exchange.blame(error)
        refuse(error)
      })
  })
}

function mswWire(exchange: Exchange, resolve: (response: Response) => void, refuse: (error: Error) => void): Wire {
  let body: ReadableStreamDefaultController<Uint8Array> | undefined
  let drained: (() => void) | undefined
  exchange.onLeave(() => drained?.())
  const breakOff = (code: string): void => {
    const error = socketError(code)
    exchange.fail(code, body !== undefined)
    if (body) body.error(error)
    else refuse(error)
  }
  return {
    head(status, headers) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          body = controller
          // MSW keeps the headers until there is a chunk.
          controller.enqueue(new Uint8Array())
        },
        pull: () => drained?.(),
        cancel: () => exchange.leave(),
      })
      resolve(new Response(isBodiless(status) ? null : stream, { status, headers: headers.map(([...pair]) => pair) }))
    },
    write(bytes) {
      if (exchange.left) return
      body?.enqueue(bytes)
      if ((body?.desiredSize ?? 1) > 0) return
      return new Promise((go) => (drained = go))
    },
    end() {
      if (!exchange.left) body?.close()
    },
    cut: () => breakOff('ECONNRESET'),
    garbage: () => breakOff('HPE_INVALID_CONSTANT'),
  }
}
