import { aborted, onAbort } from '../abort.ts'
import { TimeoutError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import type { HttpRequest } from './request.ts'

/**
 * Waits for work that is not tied to this call, such as a token that others wait for too: at most until the call's abort or
 * its deadline. The work itself goes on.
 *
 * @throws {AbortedError} @throws {TimeoutError} (`limit: 'deadline'`, not sent)
 */
export function bounded<T>(work: Promise<T>, request: HttpRequest, runtime: Runtime): Promise<T> {
  const { signal, deadline, operation } = request
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal))
    const message = `${operation}: the deadline passed before it was sent.`
    const cancel =
      deadline === undefined
        ? undefined
        : runtime.limit(Math.max(0, deadline - runtime.now()), () => {
            release()
            reject(new TimeoutError(message, { limit: 'deadline', sent: false }))
          })
    const forget = onAbort(signal, () => {
      release()
      reject(aborted(signal))
    })
    const release = (): void => {
      cancel?.()
      forget()
    }
    work.finally(release).then(resolve, reject)
  })
}
