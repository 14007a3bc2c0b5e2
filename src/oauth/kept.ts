import type { Runtime } from 'hawser'

/** How long something fetched is taken for new, and how soon it may be fetched again. Milliseconds. */
export interface KeepingTimes {
  readonly freshMs: number
  /** The least time between two fetches, whatever is asked. */
  readonly pauseMs: number
}

/** Something that is fetched once and kept. */
export interface Kept<T> {
  /** Gives what is kept, fetched anew where it is old. What is old is still given where nothing new can be had, or not soon. */
  get(runtime: Runtime): Promise<T>
  /** Gives what was fetched after `than`, where a fetch is due; else what is kept. */
  newer(than: T, runtime: Runtime): Promise<T>
}

// Whoever needs what is old and still good, a refresh above all, has no time to wait for a server that does not answer.
const longestWaitMs = 5_000

/** Keeps what `load` gives. Everyone who asks meanwhile waits for the same fetch. */
export function kept<T>(load: (runtime: Runtime) => Promise<T>, { freshMs, pauseMs }: KeepingTimes): Kept<T> {
  let last: { readonly value: T; readonly at: number } | undefined
  let triedAt = -Infinity
  let fetching: Promise<T> | undefined

  function fetched(runtime: Runtime): Promise<T> {
    return (fetching ??= load(runtime)
      .then((value) => {
        last = { value, at: runtime.now() }
        return value
      })
      .finally(() => {
        triedAt = runtime.now()
        fetching = undefined
      }))
  }

  /** Tells whether it was tried so long ago that it may be tried again: what cannot be had now is not waited for by every call. */
  const isDue = (runtime: Runtime): boolean => fetching !== undefined || runtime.now() - triedAt >= pauseMs

  return {
    async get(runtime) {
      if (!last) return fetched(runtime)
      const { value, at } = last
      if (runtime.now() - at < freshMs || !isDue(runtime)) return value
      return new Promise((resolve) => {
        const cancel = runtime.limit(longestWaitMs, () => resolve(value))
        void fetched(runtime)
          .catch(() => value)
          .finally(cancel)
          .then(resolve)
      })
    },
    async newer(than, runtime) {
      if (!last) return fetched(runtime)
      const { value } = last
      return value === than && isDue(runtime) ? fetched(runtime) : value
    },
  }
}
