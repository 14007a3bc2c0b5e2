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
  readonly emit?: (event: RuntimeEvent) => unknown
}

// Node fires a longer timer at once. @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
const longestTimerMs = 0x7f_ff_ff_ff

function after(ms: number, callback: () => void): Cancel {
  if (ms > longestTimerMs) return afterLong(ms, callback)
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}

function afterLong(ms: number, callback: () => void): Cancel {
  let timer = setTimeout(goOn, longestTimerMs)
  let leftMs = ms
  function goOn(): void {
    leftMs -= longestTimerMs
    timer = setTimeout(leftMs > longestTimerMs ? goOn : callback, Math.min(leftMs, longestTimerMs))
  }
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

/** Tells the time of a real process: what needs no more of a runtime bundles no more of it. Milliseconds since the Unix epoch. */
export function systemNow(): number {
  return Date.now()
}

// Without the mark, what needs no runtime would bundle it: nothing tells a bundler that freezing changes nothing else.
const system: Runtime = /* @__PURE__ */ Object.freeze({
  now: systemNow,
  after,
  limit: after,
  sleep: (ms: number, signal?: AbortSignal) => sleepWith(after)(ms, signal),
  random: () => Math.random(),
  // Node joins it of twenty pieces, which stay as they are until it is read through: 420 bytes of each that is kept.
  uuid: () => randomUUID().toLowerCase(),
})

/** Gives the runtime of a real process, which is the same for all. */
export function systemRuntime(): Runtime {
  return system
}

/** Gives the same runtime with one more listener. Listeners that throw, or reject, break nothing. */
export function withListener(runtime: Runtime, listen: (event: RuntimeEvent) => unknown): Runtime {
  const { emit } = runtime
  return guarded({
    ...runtime,
    emit: (event) => {
      emit?.(event)
      return listen(event)
    },
  })
}

/** Keeps a listener's own fault from breaking the call that it listens to. */
export function guarded(runtime: Runtime): Runtime {
  const { emit } = runtime
  if (!emit) return runtime
  return {
    ...runtime,
    emit: (event) => {
      try {
        const heard: unknown = emit(event)
        if (heard instanceof Promise) heard.catch(() => {})
      } catch {
        // It is the listener's; the call goes on.
      }
    },
  }
}
