import { OAuthError, isHawserError } from '../errors.ts'
import type { Runtime } from '../runtime.ts'
import { formatRecord, parseRecord, type Kept, type TokenRecord } from './token-record.ts'
import type { Swapped, TokenStore } from './token-store.ts'

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
  return {
    async read(runtime) {
      const stored = await reached('read', connection, runtime, () => store.get(key))
      return stored && { version: stored.version, record: parseRecord(stored.value, connection) }
    },
    async write(before, record, runtime) {
      const value = formatRecord(record)
      const swap = (): Promise<Swapped> => store.compareAndSwap(key, before?.version, value)
      const swapped = await reached('write', connection, runtime, swap)
      return swapped.ok ? { version: swapped.version, record } : undefined
    },
    async erase(before, runtime) {
      const swap = (): Promise<Swapped> => store.compareAndSwap(key, before.version, undefined)
      return (await reached('delete', connection, runtime, swap)).ok
    },
  }
}

async function reached<T>(doing: string, connection: string, runtime: Runtime, work: () => Promise<T>): Promise<T> {
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

/** What comes late may still have been written; whoever reads next finds it. */
function inTime<T>(work: Promise<T>, runtime: Runtime): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = runtime.limit(longestWaitMs, () =>
      reject(Object.assign(new Error('late'), { name: `no answer in ${longestWaitMs} ms` })),
    )
    work.finally(cancel).then(resolve, reject)
  })
}

/** Keeps the record of a connection in memory alone, as it is: for tokens that can be had anew without a user. */
export function memoryRecord(): RecordStore {
  return new MemoryRecord()
}

class MemoryRecord implements RecordStore {
  #present: Kept | undefined
  #writes = 0

  async read(): Promise<Kept | undefined> {
    return this.#present
  }

  async write(before: Kept | undefined, record: TokenRecord): Promise<Kept | undefined> {
    if (before?.version !== this.#present?.version) return undefined
    this.#present = { version: String(++this.#writes), record }
    return this.#present
  }

  async erase(before: Kept): Promise<boolean> {
    if (before.version !== this.#present?.version) return false
    this.#present = undefined
    return true
  }
}
