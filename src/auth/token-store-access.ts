import { OAuthError, isHawserError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { formatRecord, parseRecord, type Kept, type TokenRecord } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

// All who need the token wait for the store: one that never answers must not hold them for ever.
const longestWaitMs = 10_000

/** One connection's place in a store. */
export interface RecordStore {
  read(runtime: Runtime): Promise<Kept | undefined>
  /** Writes over `before`, and over nothing else; `undefined` where somebody else has written meanwhile. */
  write(before: Kept | undefined, record: TokenRecord, runtime: Runtime): Promise<Kept | undefined>
  /** Deletes; `false` where somebody else has written meanwhile. */
  erase(before: Kept, runtime: Runtime): Promise<boolean>
}

/** Reads and writes the record of one connection. A store that is down is never taken for one that holds nothing. */
export function recordStore(store: TokenStore, key: string, connection: string): RecordStore {
  async function reached<T>(doing: string, runtime: Runtime, work: () => Promise<T>): Promise<T> {
    try {
      return await inTime(work(), runtime)
    } catch (error) {
      if (isHawserError(error)) throw error
      // The store's own error may hold what it was given.
      const what = error instanceof Error ? error.name : 'no error object'
      const message = `The token store could not ${doing} the connection \`${connection}\` (${what}).`
      throw new OAuthError(message, { failure: 'retry', connection })
    }
  }

  return {
    async read(runtime) {
      const stored = await reached('read', runtime, () => store.get(key))
      return stored && { version: stored.version, record: parseRecord(stored.value, connection) }
    },
    async write(before, record, runtime) {
      const swapped = await reached('write', runtime, () =>
        store.compareAndSwap(key, before?.version, formatRecord(record)),
      )
      return swapped.ok ? { version: swapped.version, record } : undefined
    },
    async erase(before, runtime) {
      const swapped = await reached('delete', runtime, () => store.compareAndSwap(key, before.version, undefined))
      return swapped.ok
    },
  }
}

/** What comes late may still have been written; whoever reads next finds it. */
function inTime<T>(work: Promise<T>, runtime: Runtime): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.limit(longestWaitMs, () =>
      reject(Object.assign(new Error('late'), { name: `no answer in ${longestWaitMs} ms` })),
    )
    work.finally(cancel).then(resolve, reject)
  })
}
