import { Readable } from 'node:stream'
import { endOf, networkFailure, onAbort, relay, type HttpRequest, type HttpResponse, type Send } from 'hawser'
import type { FakeClock } from '../fake-clock.ts'
import { openExchange, type Exchange } from './exchange.ts'

/** Puts one request of a client on a front's wire. */
export type Line = (request: HttpRequest, exchange: Exchange) => Promise<HttpResponse>

/**
 * Makes the client's end of a front: tells the clock when the client waits, and the client what a socket would have told
 * it.
 */
export function clientSide(clock: FakeClock, line: Line): Send {
  return async function mockVendor(request) {
    const exchange = openExchange(clock, request.url)
    exchange.awaits(true)
    // Whoever gives up is gone at once, and not when the socket hears of it.
    exchange.onLeave(onAbort(endOf(request), exchange.leave))
    // What is buffered on the way arrives for the caller only as a whole.
    if (!request.stream) exchange.got(Infinity)
    try {
      const response = await line(request, exchange)
      throwTold(exchange, request, response)
      if (!(response.body instanceof Readable)) {
        exchange.leave()
        return response
      }
      exchange.got(response.headers['content-encoding'] === undefined ? 1 : Infinity)
      exchange.awaits(false)
      return { ...response, body: awaitedStream(response.body, request, exchange) }
    } catch (error) {
      exchange.leave()
      throwTold(exchange, request)
      throw error
    }
  }
}

/** Throws what the vendor's end knows of the end of an exchange. */
function throwTold({ mistake, failure }: Exchange, request: HttpRequest, response?: HttpResponse): void {
  if (!mistake && !failure) return
  if (response?.body instanceof Readable) response.body.destroy()
  if (mistake) throw mistake
  if (failure) throw networkFailure(socketError(failure.code), request, failure.answered)
}

/** Makes an error as Node's sockets do. MSW passes on as it is only what has an `errno`. */
export function socketError(code: string): Error {
  return Object.assign(new Error(`The simulated connection ended: ${code}.`), { code, errno: -1 })
}

/** Passes a body on. The client waits only while a read is under way: a reader may take its time. */
function awaitedStream(source: Readable, request: HttpRequest, exchange: Exchange): Readable {
  async function* read(): AsyncGenerator<unknown> {
    const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
    try {
      for (;;) {
        exchange.awaits(true)
        const { done, value } = await chunks.next()
        exchange.awaits(false)
        if (done) break
        exchange.got(value.length)
        yield value
      }
    } catch (error) {
      throwTold(exchange, request)
      throw error
    }
    throwTold(exchange, request)
  }
  return relay(source, read()).once('close', () => exchange.leave())
}
