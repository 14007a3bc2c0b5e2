import { checkNumber, checkOptions } from '../check.ts'

/** What is kept under a key. */
export interface StoredValue {
  /** Changes with every write; never the same twice for one key. */
  readonly version: string
  /** Opaque: JSON, or a sealed form of it. */
  readonly value: string
}

/** Whether a write took place. */
export type Swapped = { readonly ok: true; readonly version: string } | { readonly ok: false }

/**
 * Keeps the tokens of connections, for all processes that use them. Two methods are all that a refresh needs to be safe
 * between processes: the lease stands in the record itself.
 *
 * Both reject where the answer is not known, a swap also where it may have taken place: a store that is down is not one that
 * holds nothing. `tokenStoreConformance` of `hawser/testing` tries a store of your own.
 */
export interface TokenStore {
  /** Reads the newest value. */
  get(key: string): Promise<StoredValue | undefined>
  /**
   * Writes `next` only if the present version is `expected`, in one step; `undefined` stands for "nothing there", so that
   * `next: undefined` deletes, and deleting what is not there succeeds. Resolves after the value will survive a crash.
   */
  compareAndSwap(key: string, expected: string | undefined, next: string | undefined): Promise<Swapped>
}

/** Options of {@link memoryTokenStore}. */
export interface MemoryTokenStoreOptions {
  /** How many keys are kept; beyond it the one that was used least recently is forgotten. @default 100_000 */
  readonly maxKeys?: number
}

/**
 * Keeps tokens in memory: for tests, and for tokens that can be got anew without a user.
 *
 * @throws {ConfigurationError} where an option is wrong
 */
export function memoryTokenStore(options: MemoryTokenStoreOptions = {}): TokenStore {
  checkOptions('memoryTokenStore', options, ['maxKeys'])
  const maxKeys = checkNumber('memoryTokenStore.maxKeys', options.maxKeys ?? 100_000, 1)
  // In the order of their last use.
  const values = new Map<string, StoredValue>()
  let writes = 0

  function keep(key: string, value: StoredValue): void {
    values.delete(key)
    values.set(key, value)
    const [oldest] = values.keys()
    if (values.size > maxKeys && oldest !== undefined) values.delete(oldest)
  }

  return {
    async get(key) {
      const found = values.get(key)
      if (found) keep(key, found)
      return found
    },
    async compareAndSwap(key, expected, next) {
      if (values.get(key)?.version !== expected) return { ok: false }
      const version = String(++writes)
      if (next === undefined) values.delete(key)
      else keep(key, { version, value: next })
      return { ok: true, version }
    },
  }
}
