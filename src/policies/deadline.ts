import { aborted } from '../abort.ts'
import { checkNumber } from '../check.ts'
import { TimeoutError } from '../errors.ts'
import { endEarly } from '../http/bounded.ts'
import { createLimitPool, type Limits } from '../http/limit-pool.ts'
import { begin, described, sendBy, type Passage, type Policy } from '../http/policy.ts'
import type { HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'

// Whoever waits at the deadline ends by itself and says what it waited for; this is for those that do not.
const graceMs = 100

/**
 * Ends the whole call after `totalMs`, whatever it waits for. A call's own `deadline` takes its place.
 *
 * Hands an absolute time down: every policy below bounds its waits by it and begins none that cannot end in time. It
 * does not cut the connection; `attemptTimeout` does that, with the same deadline.
 *
 * @throws {TimeoutError} (`limit: 'deadline'`) @throws {AbortedError}
 */
export function deadline(totalMs = 60_000): Policy {
  checkNumber('deadline', totalMs, 1)
  return described({ name: 'deadline', totalMs }, (next, runtime) => {
    return sendBy(sendInTime, { totalMs, limits: createLimitPool(runtime), next, runtime })
  })
}

/** What one client's calls pass through. */
interface Way extends Passage {
  readonly totalMs: number
  readonly limits: Limits
}

function sendInTime(this: Way, request: HttpRequest): Promise<HttpResponse> {
  const { totalMs, limits, next, runtime } = this
  const now = runtime.now()
  const at = request.deadline ?? now + totalMs
  const { signal, operation } = request
  if (signal?.aborted) return Promise.reject(aborted(signal))
  return new Promise((resolve, reject) => {
    let ended = false
    const release = endEarly(at - now + graceMs, signal, limits, (error) => {
      ended = true
      reject(error ?? new TimeoutError(`${operation}: no answer within ${at - now} ms.`, { limit: 'deadline' }))
    })
    begin(next, request.deadline === at ? request : { ...request, deadline: at }).then(
      (response) => {
        if (ended) return discard(response)
        release()
        resolve(response)
      },
      (error: unknown) => {
        release()
        reject(error)
      },
    )
  })
}
