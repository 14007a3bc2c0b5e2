import { OAuthError, isHawserError } from '../errors.ts'
import { formatRecord, parseRecord, type Kept, type TokenRecord } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** One connection's place in a store. */
export interface RecordStore {
  read(): Promise<Kept | undefined>
  /** Writes over `before`, and over nothing else; `undefined` where somebody else has written meanwhile. */
  write(before: Kept | undefined, record: TokenRecord): Promise<Kept | undefined>
  /** Deletes; `false` where somebody else has written meanwhile. */
  erase(before: Kept): Promise<boolean>
}

/** Reads and writes the record of one connection. A store that is down is never taken for one that holds nothing. */
export function recordStore(store: TokenStore, key: string, connection: string): RecordStore {
  async function reached<T>(doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (isHawserError(error)) throw error
      // The store's own error may hold what it was given.
      const what = error instanceof Error ? error.name : 'no error object'
      const message = `The token store could not ${doing} the connection \`${connection}\` (${what}).`
      throw new OAuthError(message, { failure: 'retry', connection })
    }
  }

  return {
    async read() {
      const stored = await reached('read', () => store.get(key))
      return stored && { version: stored.version, record: parseRecord(stored.value, connection) }
    },
    async write(before, record) {
      const swapped = await reached('write', () => store.compareAndSwap(key, before?.version, formatRecord(record)))
      return swapped.ok ? { version: swapped.version, record } : undefined
    },
    async erase(before) {
      const swapped = await reached('delete', () => store.compareAndSwap(key, before.version, undefined))
      return swapped.ok
    },
  }
}
