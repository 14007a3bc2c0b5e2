import { aborted, onAbort } from '../abort.ts'
import { TimeoutError } from '../errors.ts'
import type { Cancel, Runtime } from '../runtime.ts'
import type { Limits } from './limit-pool.ts'
import type { HttpRequest } from './request.ts'

/**
 * Calls `end` once, with an `AbortedError` as soon as the caller aborts, or with nothing after `limitMs`; neither after the
 * returned function was called. A limit of `Infinity` is none.
 */
export function endEarly(
  limitMs: number,
  signal: AbortSignal | undefined,
  limits: Limits,
  end: (error?: Error) => void,
): Cancel {
  if (!signal) return limitMs === Infinity ? nothing : limits.limit(limitMs, end)
  const cancel = endEarly(limitMs, undefined, limits, () => {
    forget()
    end()
  })
  const forget = onAbort(signal, () => {
    cancel()
    end(aborted(signal))
  })
  return () => {
    cancel()
    forget()
  }
}

function nothing(): void {}

/**
 * Waits for work that is not tied to this call, such as a token that others wait for too: at most until the call's abort or
 * its deadline. The work itself goes on.
 *
 * @throws {AbortedError} @throws {TimeoutError} (`limit: 'deadline'`, not sent)
 */
export function bounded<T>(work: Promise<T>, request: HttpRequest, runtime: Runtime): Promise<T> {
  const { signal, deadline = Infinity, operation } = request
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const message = `${operation}: the deadline passed before it was sent.`
    const release = endEarly(Math.max(0, deadline - runtime.now()), signal, runtime, (error) =>
      reject(error ?? new TimeoutError(message, { limit: 'deadline', sent: false })),
    )
    work.finally(release).then(resolve, reject)
  })
}
