import assert from 'node:assert/strict'
import type { TokenStore } from 'hawser'

/** What a case works with. */
export interface StoreTrial {
  readonly store: TokenStore
  /** The same keys, on another store. */
  readonly on: (store: TokenStore) => StoreTrial
  /** Makes a key that no other case uses; it ends with `name`. */
  readonly key: (name?: string) => string
  /** Writes, or deletes, where that must succeed. Gives the new version. */
  readonly win: (key: string, expected: string | undefined, next: string | undefined) => Promise<string>
  /** Tries to write, or to delete, where that must be refused. */
  readonly refuse: (key: string, expected: string | undefined, next: string | undefined, why: string) => Promise<void>
  /** Reads what must be there. */
  readonly find: (key: string, value: string | undefined) => Promise<void>
}

/** A sentence about stores, and what shows that it is true of one. */
export type TrialCase = readonly [name: string, run: (trial: StoreTrial) => Promise<void>]

/** Tries one store, under keys that begin with `prefix`. */
export function storeTrial(store: TokenStore, prefix: string): StoreTrial {
  return {
    store,
    on: (other) => storeTrial(other, prefix),
    key: (name = 'key') => `${prefix}|${name}`,
    async win(key, expected, next) {
      const swapped = await store.compareAndSwap(key, expected, next)
      assert.ok(swapped.ok, `${doing(expected, next)} was refused, although nobody else wrote.`)
      assert.equal(typeof swapped.version, 'string', 'A swap that took place must tell its version, as text.')
      return swapped.version
    },
    async refuse(key, expected, next, why) {
      const { ok } = await store.compareAndSwap(key, expected, next)
      assert.equal(ok, false, `${doing(expected, next)} was not refused, although ${why}.`)
    },
    async find(key, value) {
      const found = await store.get(key)
      if (value === undefined) return assert.equal(found, undefined, 'Something was found where nothing must be.')
      assert.ok(found, 'Nothing was found where a value was written.')
      assert.ok(found.value === value, `Another value was found than was written: ${summary(found.value, value)}.`)
    },
  }
}

function doing(expected: string | undefined, next: string | undefined): string {
  if (next === undefined) return 'A deletion'
  return expected === undefined ? 'A creation' : 'A write'
}

/** Shows where two texts differ, and not all of a long one. */
function summary(found: string, written: string): string {
  let at = 0
  while (at < written.length && found[at] === written[at]) at++
  const shown = (text: string): string => JSON.stringify(text.slice(at, at + 20))
  return `${found.length} characters of ${written.length}; at ${at} ${shown(found)} instead of ${shown(written)}`
}
