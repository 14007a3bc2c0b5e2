import type { Runtime } from 'hawser'

/** How long something fetched is taken for new, and how soon it may be fetched again. Milliseconds. */
export interface KeepingTimes {
  readonly freshMs: number
  /** The least time between two fetches, whatever is asked. */
  readonly pauseMs: number
}

/** Something that is fetched once and kept. */
export interface Kept<T> {
  /** Gives what is kept, fetched anew where it is old. What is old is still given where nothing new can be had. */
  get(runtime: Runtime): Promise<T>
  /** Gives what was fetched after `than`, where a fetch is due; else what is kept. */
  newer(than: T, runtime: Runtime): Promise<T>
}

/** Keeps what `load` gives. Everyone who asks meanwhile waits for the same fetch. */
export function kept<T>(load: (runtime: Runtime) => Promise<T>, { freshMs, pauseMs }: KeepingTimes): Kept<T> {
  let last: { readonly value: T; readonly at: number } | undefined
  let fetching: Promise<T> | undefined

  function fetched(runtime: Runtime): Promise<T> {
    return (fetching ??= load(runtime)
      .then((value) => {
        last = { value, at: runtime.now() }
        return value
      })
      .finally(() => (fetching = undefined)))
  }

  return {
    async get(runtime) {
      if (!last) return fetched(runtime)
      const { value, at } = last
      if (runtime.now() - at < freshMs) return value
      return fetched(runtime).catch(() => value)
    },
    async newer(than, runtime) {
      if (!last) return fetched(runtime)
      const { value, at } = last
      return value === than && runtime.now() - at >= pauseMs ? fetched(runtime) : value
    },
  }
}
