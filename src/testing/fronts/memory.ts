import { Readable, pipeline } from 'node:stream'
import { createBrotliDecompress, createUnzip } from 'node:zlib'
import {
  aborted,
  collect,
  endOf,
  isHawserError,
  networkFailure,
  onAbort,
  signalOf,
  translated,
  type HttpRequest,
  type HttpResponse,
} from 'hawser'
import { nextTurn } from '../event-loop.ts'
import { uploaded } from '../uploaded.ts'
import { clientSide, socketError } from './client-side.ts'
import type { Exchange } from './exchange.ts'
import type { Arrival, Front, VendorSide } from './front.ts'
import { play, type Wire } from './play.ts'

// What the transports accept.
const maxResponseBytes = 50 * 1024 * 1024

/** Sends from memory to memory: no socket, nothing patched, one front for each vendor. */
export function memoryFront(vendor: VendorSide): Front {
  return { send: clientSide(vendor.clock, (request, exchange) => sendInMemory(vendor, request, exchange)), close() {} }
}

async function sendInMemory(vendor: VendorSide, request: HttpRequest, exchange: Exchange): Promise<HttpResponse> {
  if (endOf(request)?.aborted) throw aborted(signalOf(request))
  const { method, url, headers } = request
  const arrival: Arrival = { method, url, headers, body: await uploaded(request), to: 'origin' }
  return new Promise((resolve, reject) => {
    const wire = memoryWire(request, resolve, reject)
    exchange.onLeave(onAbort(endOf(request), () => wire.breakOff(aborted(signalOf(request)))))
    converse(vendor, arrival, wire, exchange).catch(reject)
  })
}

async function converse(vendor: VendorSide, arrival: Arrival, wire: Wire, exchange: Exchange): Promise<void> {
  const { answer, leave } = await vendor.arrive(arrival)
  await play(answer, wire, exchange).finally(leave)
}

function memoryWire(
  request: HttpRequest,
  resolve: (response: HttpResponse) => void,
  reject: (error: unknown) => void,
): Wire & { breakOff(error: Error): void } {
  let answered = false
  let drained: (() => void) | undefined
  const source = new Readable({ read: () => drained?.() })
  source.once('close', () => drained?.())
  // It may break before anybody reads; whoever reads then is told.
  source.once('error', () => {})

  const told = (error: unknown): Error => (isHawserError(error) ? error : networkFailure(error, request, answered))
  const breakOff = (error: Error): void => {
    reject(error)
    source.destroy(error)
  }
  return {
    head(status, list) {
      answered = true
      const headers = plainHeaders(list)
      const body = decoded(source, headers)
      if (request.stream) return resolve({ status, headers, body: translated(body, told) })
      collect(body, request.maxResponseBytes ?? maxResponseBytes, request).then(
        (bytes) => resolve({ status, headers, body: bytes }),
        (error: unknown) => reject(told(error)),
      )
    },
    write(bytes) {
      if (source.push(bytes)) return
      // Whoever broke it off hears of it in the next turn, and a body without an end would give no turn to anybody.
      return new Promise((go) => {
        if (source.destroyed) nextTurn(go)
        else drained = go
      })
    },
    end: () => void source.push(null),
    cut: () => breakOff(told(socketError('ECONNRESET'))),
    garbage: () => breakOff(told(socketError('HPE_INVALID_CONSTANT'))),
    breakOff,
  }
}

function plainHeaders(list: readonly (readonly [string, string])[]): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of list) plain[name] = plain[name] === undefined ? value : `${plain[name]}, ${value}`
  return plain
}

/** Decompresses as the transports do, who then leave the header out. */
function decoded(source: Readable, headers: Record<string, string>): Readable {
  const encoding = headers['content-encoding']
  if (encoding === undefined || !/^(?:gzip|deflate|br)$/.test(encoding)) return source
  delete headers['content-encoding']
  return pipeline(source, encoding === 'br' ? createBrotliDecompress() : createUnzip(), () => {})
}
