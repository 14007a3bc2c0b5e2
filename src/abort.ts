import { setMaxListeners } from 'node:events'
import { AbortedError } from './errors.ts'

/** Makes the error for a signal that aborted. */
export function aborted(signal: AbortSignal | undefined): AbortedError {
  return new AbortedError('The call was aborted by its caller.', {}, { cause: signal?.reason })
}

/** Runs `listener` when the signal aborts, until the returned function is called. */
export function onAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
  if (!signal) return () => {}
  // Many calls may share one signal; Node takes more than ten listeners for a leak and warns.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
