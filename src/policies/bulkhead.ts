import { Readable } from 'node:stream'
import { aborted, onAbort } from '../abort.ts'
import { checkNumber, checkOptions } from '../check.ts'
import { BulkheadFullError, TimeoutError } from '../errors.ts'
import type { Heap } from '../http/heap.ts'
import { createLine, rankOf, type InLine } from '../http/line.ts'
import { begin, described, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'

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
  let active = 0
  let arrivals = 0
  /** Made when a call waits first. */
  let queue: Heap<Waiter> | undefined

  function release(): void {
    // The place is handed straight to the next in line, so that a newcomer cannot take it in between.
    const next = queue?.peek()
    if (!next) return void active--
    queue?.remove(next)
    next.admit()
  }

  // Made once for all calls, and no async function: what stands here for each call is one promise.
  function answered(response: HttpResponse): HttpResponse {
    if (response.body instanceof Readable && !response.body.closed) response.body.once('close', release)
    else release()
    return response
  }

  function failed(error: unknown): never {
    release()
    throw error
  }

  return described({ name: 'bulkhead', maxConcurrent, maxQueue }, (next, runtime) => {
    function carry(request: HttpRequest): Promise<HttpResponse> {
      return begin(next, request).then(answered, failed)
    }
    function bulkhead(request: HttpRequest): Promise<HttpResponse> {
      if (active < maxConcurrent) {
        active++
        return carry(request)
      }
      queue ??= createLine()
      if (queue.size >= maxQueue) throw full(request, active, queue.size)
      return place(queue, arrivals++, request, runtime).then(() => carry(request))
    }
    return (request) => begin(bulkhead, request)
  })
}

function full({ operation }: HttpRequest, active: number, waiting: number): BulkheadFullError {
  return new BulkheadFullError(`${operation}: not sent, ${active} requests are on the wire and ${waiting} wait.`)
}

/** Waits in the queue; a waiter that gives up is out of the queue at once. */
function place(queue: Heap<Waiter>, order: number, request: HttpRequest, runtime: Runtime): Promise<void> {
  const { signal, deadline, operation, priority = 0 } = request
  const since = runtime.now()
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const waiter: Waiter = {
      rank: rankOf(priority, since),
      order,
      slot: -1,
      admit: () => {
        forget()
        const at = runtime.now()
        runtime.emit?.({ type: 'wait', in: 'bulkhead', operation, at, waitedMs: at - since })
        resolve()
      },
    }
    const giveUp = (error: Error): void => {
      queue.remove(waiter)
      forget()
      reject(error)
    }
    const message = `${operation}: the deadline passed while it waited for a place on the wire.`
    const cancel =
      deadline === undefined
        ? undefined
        : runtime.limit(deadline - since, () => giveUp(new TimeoutError(message, { limit: 'deadline', sent: false })))
    const forget = (): void => {
      cancel?.()
      unlisten()
    }
    const unlisten = onAbort(signal, () => giveUp(aborted(signal)))
    queue.add(waiter)
  })
}
