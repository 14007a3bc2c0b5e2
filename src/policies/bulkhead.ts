import { Readable } from 'node:stream'
import { aborted } from '../abort.ts'
import { checkNumber, checkOptions } from '../check.ts'
import { BulkheadFullError, TimeoutError } from '../errors.ts'
import { endEarly } from '../http/bounded.ts'
import type { Heap } from '../http/heap.ts'
import { createLimitPool, type Limits } from '../http/limit-pool.ts'
import { createLine, rankOf, type InLine } from '../http/line.ts'
import { begin, described, rejecting, sendBy, type Passage, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'

/** Options of {@link bulkhead}. */
export interface BulkheadOptions {
  /** How many requests may be on the wire at once. @default 50 */
  readonly maxConcurrent?: number
  /** How many calls may wait for a place. @default 1000 */
  readonly maxQueue?: number
}

interface Waiter extends InLine {
  admit(): void
}

/**
 * Lets a bounded number of requests onto the wire; the rest wait in the order of their arrival, a step of
 * `priority` being worth a head start of 5 s.
 *
 * A streamed answer holds its place until the stream is read or closed. The wait ends at the deadline or the abort.
 *
 * @throws {BulkheadFullError} where the queue is full
 */
export function bulkhead(options: BulkheadOptions = {}): Policy {
  checkOptions('bulkhead', options, ['maxConcurrent', 'maxQueue'])
  const { maxConcurrent = 50, maxQueue = 1000 } = options
  checkNumber('bulkhead.maxConcurrent', maxConcurrent, 1)
  checkNumber('bulkhead.maxQueue', maxQueue, 0)
  const wire: Wire = { maxConcurrent, maxQueue, active: 0, arrivals: 0, queue: undefined }

  return described({ name: 'bulkhead', maxConcurrent, maxQueue }, (next, runtime) => {
    return sendBy(sendFromPlace, { wire, limits: undefined, next, runtime })
  })
}

/** The places on the wire. */
interface Wire {
  readonly maxConcurrent: number
  readonly maxQueue: number
  active: number
  arrivals: number
  /** Made when a call waits first. */
  queue: Heap<Waiter> | undefined
}

/** What one client's calls pass through. */
interface Way extends Passage {
  readonly wire: Wire
  /** Made when a call waits first. */
  limits: Limits | undefined
}

function sendFromPlace(this: Way, request: HttpRequest): Promise<HttpResponse> {
  return rejecting(enter, request, this)
}

function enter(request: HttpRequest, way: Way): Promise<HttpResponse> {
  const { wire } = way
  if (wire.active < wire.maxConcurrent) {
    wire.active++
    return carry(request, way)
  }
  const queue = (wire.queue ??= createLine())
  if (queue.size >= wire.maxQueue) throw full(request, wire.active, queue.size)
  return wait(queue, request, way)
}

function carry(request: HttpRequest, { wire, next }: Way): Promise<HttpResponse> {
  return begin(next, request).then(
    (response) => {
      if (response.body instanceof Readable && !response.body.closed) response.body.once('close', () => release(wire))
      else release(wire)
      return response
    },
    (error: unknown) => {
      release(wire)
      throw error
    },
  )
}

function release(wire: Wire): void {
  // The place is handed straight to the next in line, so that a newcomer cannot take it in between.
  const next = wire.queue?.peek()
  if (!next) return void wire.active--
  wire.queue?.remove(next)
  next.admit()
}

function full({ operation }: HttpRequest, active: number, waiting: number): BulkheadFullError {
  return new BulkheadFullError(`${operation}: not sent, ${active} requests are on the wire and ${waiting} wait.`)
}

/** Waits in the queue, then goes on; a waiter that gives up is out of the queue at once. */
function wait(queue: Heap<Waiter>, request: HttpRequest, way: Way): Promise<HttpResponse> {
  const { wire, runtime } = way
  const { signal, deadline = Infinity, operation, priority = 0 } = request
  if (signal?.aborted) throw aborted(signal)
  const since = runtime.now()
  const limits = (way.limits ??= createLimitPool(runtime))
  return new Promise((resolve, reject) => {
    const waiter: Waiter = {
      rank: rankOf(priority, since),
      order: wire.arrivals++,
      slot: -1,
      admit: () => {
        stop()
        const at = runtime.now()
        runtime.emit?.({ type: 'wait', in: 'bulkhead', operation, at, waitedMs: at - since })
        resolve(carry(request, way))
      },
    }
    const stop = endEarly(deadline - since, signal, limits, (error) => {
      queue.remove(waiter)
      const message = `${operation}: the deadline passed while it waited for a place on the wire.`
      reject(error ?? new TimeoutError(message, { limit: 'deadline', sent: false }))
    })
    queue.add(waiter)
  })
}
