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
 */
export interface TokenStore {
  /** Reads the newest value. */
  get(key: string): Promise<StoredValue | undefined>
  /**
   * Writes `next` only if the present version is `expected`, in one step; `undefined` stands for "nothing there", so that
   * `next: undefined` deletes. Resolves after the value will survive a crash.
   */
  compareAndSwap(key: string, expected: string | undefined, next: string | undefined): Promise<Swapped>
}

/** Keeps tokens in memory: for tests, and for tokens that can be got anew without a user. */
export function memoryTokenStore(): TokenStore {
  const values = new Map<string, StoredValue>()
  let writes = 0
  return {
    get: async (key) => values.get(key),
    async compareAndSwap(key, expected, next) {
      if (values.get(key)?.version !== expected) return { ok: false }
      const version = String(++writes)
      if (next === undefined) values.delete(key)
      else values.set(key, { version, value: next })
      return { ok: true, version }
    },
  }
}
