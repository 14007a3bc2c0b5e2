import { Readable } from 'node:stream'
import { AttemptController, aborted, onAbort } from '../abort.ts'
import { TimeoutError } from '../errors.ts'
import { checkNumber } from '../check.ts'
import { endEarly } from '../http/bounded.ts'
import { createLimitPool, type Limits } from '../http/limit-pool.ts'
import { begin, described, sendBy, type Passage, type Policy } from '../http/policy.ts'
import { relay } from '../http/relay.ts'
import type { HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'

/**
 * Ends one send after `timeoutMs` or at the call's deadline, whichever comes first, and cuts its connection.
 *
 * Covers a buffered body to its last byte. For a stream it covers the time to the headers, then each wait between two
 * chunks; a reader may take its time.
 *
 * @throws {TimeoutError} (`limit: 'attempt'`, `'deadline'` or, from a stream, `'idle'`)
 */
export function attemptTimeout(timeoutMs = 30_000): Policy {
  checkNumber('attemptTimeout', timeoutMs, 1)
  return described({ name: 'attemptTimeout', timeoutMs }, (next, runtime) => {
    return sendBy(attemptInTime, { timeoutMs, limits: createLimitPool(runtime), next, runtime })
  })
}

/** What one client's calls pass through. */
interface Way extends Passage {
  readonly timeoutMs: number
  readonly limits: Limits
}

function attemptInTime(this: Way, request: HttpRequest): Promise<HttpResponse> {
  const { timeoutMs, limits, next, runtime } = this
  const { signal, deadline, operation, attemptTimeoutMs = timeoutMs } = request
  if (signal?.aborted) return Promise.reject(aborted(signal))
  const leftMs = deadline === undefined ? Infinity : deadline - runtime.now()
  const limit = leftMs < attemptTimeoutMs ? 'deadline' : 'attempt'
  const allowedMs = Math.min(leftMs, attemptTimeoutMs)
  if (leftMs <= 0) {
    return Promise.reject(
      new TimeoutError(`${operation}: the deadline passed before it was sent.`, { limit, sent: false }),
    )
  }
  const controller = new AttemptController()
  return new Promise((resolve, reject) => {
    // Rejects itself and does not wait for the transport to notice: a transport may ignore the signal.
    let ended = false
    const release = endEarly(allowedMs, signal, limits, (early) => {
      const error = early ?? new TimeoutError(`${operation}: no answer within ${allowedMs} ms.`, { limit })
      ended = true
      reject(error)
      controller.abort(error)
    })
    // The controller and not its signal, which Node makes when it is first read: that costs as much as all five policies.
    begin(next, { ...request, controller }).then(
      (response) => {
        // It came after the end, from a transport that does not obey: nobody will read it.
        if (ended) return discard(response)
        release()
        if (!(response.body instanceof Readable)) return resolve(response)
        const forget = onAbort(signal, () => controller.abort(aborted(signal)))
        const body = idleLimited(response.body, attemptTimeoutMs, operation, runtime).once('close', forget)
        resolve({ ...response, body })
      },
      (error: unknown) => {
        release()
        reject(error)
      },
    )
  })
}

/** Passes a stream on and breaks it off when the next chunk takes longer than `idleMs`. */
function idleLimited(source: Readable, idleMs: number, operation: string, runtime: Runtime): Readable {
  async function* read(): AsyncGenerator<unknown> {
    const chunks = source[Symbol.asyncIterator]()
    for (;;) {
      const cancel = runtime.limit(idleMs, () => {
        source.destroy(new TimeoutError(`${operation}: the answer stood still for ${idleMs} ms.`, { limit: 'idle' }))
      })
      const { done, value } = await chunks.next().finally(cancel)
      if (done) return
      yield value
    }
  }
  return relay(source, read())
}
