import { randomUUID } from 'node:crypto'
import { aborted, onAbort } from './abort.ts'
import type { RuntimeEvent } from './events.ts'

/** Ends a timer early. Harmless after it fired. */
export type Cancel = () => void

/** All that is impure. Everything else in hawser takes time, chance and events from here. */
export interface Runtime {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Runs `callback` once, `ms` milliseconds from now. */
  after(ms: number, callback: () => void): Cancel
  /**
   * Runs `callback` once, `ms` milliseconds from now, unless what it limits ends earlier. The same as `after` in a real
   * process; a test's clock runs on to the next wait, and not to a limit that nothing will reach.
   */
  limit(ms: number, callback: () => void): Cancel
  /** Resolves after `ms` milliseconds; rejects with an `AbortedError` as soon as `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** A number from 0 up to, not including, 1. */
  random(): number
  /** A random identifier that cannot be guessed. */
  uuid(): string
  /** Takes events. Absent where nobody listens, so that `runtime.emit?.({…})` builds no event for nobody. */
  readonly emit?: (event: RuntimeEvent) => void
}

// Node fires a longer timer at once. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const longestTimerMs = 2 ** 31 - 1

function after(ms: number, callback: () => void): Cancel {
  let timer: NodeJS.Timeout
  const arm = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, longestTimerMs)
    timer = setTimeout(leftMs > stepMs ? () => arm(leftMs - stepMs) : callback, stepMs)
  }
  arm(ms)
  return () => clearTimeout(timer)
}

/** Builds a `sleep` from a way to set timers. */
export function sleepWith(after: Runtime['after']): Runtime['sleep'] {
  return (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(signal))
      const forget = onAbort(signal, () => {
        cancel()
        reject(aborted(signal))
      })
      const cancel = after(ms, () => {
        forget()
        resolve()
      })
    })
}

/** Makes the runtime of a real process. */
export function systemRuntime(): Runtime {
  return {
    now: () => Date.now(),
    after,
    limit: after,
    sleep: sleepWith(after),
    random: () => Math.random(),
    uuid: () => randomUUID(),
  }
}

/** Gives the same runtime with one more listener. */
export function withListener(runtime: Runtime, listen: (event: RuntimeEvent) => void): Runtime {
  const { emit } = runtime
  const tell = guarded(listen)
  return {
    ...runtime,
    emit: (event) => {
      emit?.(event)
      tell(event)
    },
  }
}

/** Keeps a listener that throws from breaking the call it listens to. */
function guarded(listen: (event: RuntimeEvent) => void): (event: RuntimeEvent) => void {
  return (event) => {
    try {
      listen(event)
    } catch {
      // A listener's own fault is the listener's; the call goes on.
    }
  }
}
