// Stores with one fault each: the case that names the fault is the one that fails, and no other.
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { expect, it } from 'vitest'
import { memoryTokenStore, type StoredValue, type Swapped, type TokenStore } from 'hawser'
import { tokenStoreConformance, type TokenStoreConformanceOptions } from 'hawser/testing'

interface Parts {
  readonly values: Map<string, StoredValue>
  /** Writes without a look at what is there. */
  put(key: string, next: string | undefined, version?: string): Swapped
}
type Swap = TokenStore['compareAndSwap']
type Fault = (parts: Parts, ...swap: Parameters<Swap>) => Swapped | undefined | Promise<Swapped>

/** A sound store, but for the swaps that the fault takes into its own hands, and the reads that it changes. */
function store(
  fault: Fault = () => undefined,
  read?: (parts: Parts, key: string) => StoredValue | undefined,
): TokenStore {
  const values = new Map<string, StoredValue>()
  const put: Parts['put'] = (key, next, version = crypto.randomUUID()) => {
    if (next === undefined) values.delete(key)
    else values.set(key, { version, value: next })
    return { ok: true, version }
  }
  const parts = { values, put }
  return {
    get: async (key) => (read ? read(parts, key) : values.get(key)),
    async compareAndSwap(key, expected, next) {
      const swapped = fault(parts, key, expected, next)
      if (swapped) return swapped
      return values.get(key)?.version === expected ? put(key, next) : { ok: false }
    },
  }
}

/** A sound store under other keys, with other values. */
function changing(changeKey: (name: string) => string, changeValue = (value: string) => value): TokenStore {
  const { get, compareAndSwap } = memoryTokenStore()
  // What stands before the first line is the case's own, and the same for all its keys.
  const changed = (key: string): string => key.slice(0, 37) + changeKey(key.slice(37))
  return {
    get: async (key) => get(changed(key)),
    compareAndSwap: async (key, expected, next) =>
      compareAndSwap(changed(key), expected, next === undefined ? undefined : changeValue(next)),
  }
}

const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const wasGiven = (version: string | undefined): boolean => version?.length === 36
const hash = (text: string): string => createHash('sha256').update(text).digest('hex')

const faults: readonly (readonly [fault: string, fails: string, make: () => TokenStore])[] = [
  [
    'finds an empty value where nothing was written',
    'has nothing under a key that was never written',
    () => {
      const touched = new Set<string>()
      return store(
        (_, key) => void touched.add(key),
        ({ values }, key) => (touched.has(key) ? values.get(key) : { version: 'none', value: '' }),
      )
    },
  ],
  [
    'reads from a replica that lags behind each overwriting',
    'gives back what was written last, with its version',
    () => {
      const lagging = new Map<string, StoredValue>()
      return store(
        ({ values }, key, expected, next) => {
          const old = values.get(key)
          if (old && old.version === expected && next !== undefined) lagging.set(key, old)
          return undefined
        },
        ({ values }, key) => {
          const old = lagging.get(key)
          lagging.delete(key)
          return old ?? values.get(key)
        },
      )
    },
  ],
  [
    'goes on to show what was deleted',
    'has nothing after a deletion, until it is written again',
    () => {
      const last = new Map<string, StoredValue>()
      return store(
        ({ values }, key) => {
          const old = values.get(key)
          if (old) last.set(key, old)
          return undefined
        },
        ({ values }, key) => values.get(key) ?? last.get(key),
      )
    },
  ],
  [
    'takes the creation of an equal value for done',
    'creates only where nothing is there',
    () =>
      store(({ values, put }, key, expected, next) =>
        expected === undefined && next !== undefined && values.get(key)?.value === next ? put(key, next) : undefined,
      ),
  ],
  [
    'writes over a version that it does not know',
    'writes only over the version that is there',
    () =>
      store(({ values, put }, key, expected, next) =>
        expected !== undefined && !wasGiven(expected) && next !== undefined && values.has(key)
          ? put(key, next)
          : undefined,
      ),
  ],
  [
    'deletes whatever is there where it is given no version',
    'deletes only the version that is there',
    () =>
      store(({ put }, key, expected, next) =>
        expected === undefined && next === undefined ? put(key, undefined) : undefined,
      ),
  ],
  [
    'takes any version where nothing was ever there',
    'refuses a version where nothing is there',
    () => {
      const touched = new Set<string>()
      return store(({ put }, key, _, next) => {
        if (touched.has(key)) return undefined
        touched.add(key)
        return put(key, next)
      })
    },
  ],
  [
    'refuses to delete what is not there',
    'deletes what is not there without complaint',
    () =>
      store(({ values }, key, expected, next) =>
        expected === undefined && next === undefined && !values.has(key) ? { ok: false } : undefined,
      ),
  ],
  [
    'says no and writes all the same',
    'changes nothing when it refuses',
    () =>
      store(({ values, put }, key, expected, next) => {
        const old = values.get(key)
        if (!old || wasGiven(expected) || next === undefined) return undefined
        put(key, next, old.version)
        return { ok: false }
      }),
  ],
  [
    'counts versions from the start after a deletion',
    'gives no version twice, not even after a deletion',
    () =>
      store(({ values, put }, key, expected, next) => {
        const present = values.get(key)?.version
        return present === expected ? put(key, next, String(Number(present ?? 0) + 1)) : { ok: false }
      }),
  ],
  [
    'compares values and not versions',
    'refuses an old version although its value is back',
    () =>
      store(({ values, put }, key, expected, next) =>
        values.get(key)?.version === expected ? put(key, next, hash(next ?? '')) : { ok: false },
      ),
  ],
  [
    'looks first and writes later: the last write wins',
    'lets one of many writes win',
    () =>
      store(async ({ values, put }, key, expected, next) => {
        if (values.get(key)?.version !== expected) return { ok: false }
        if (expected === undefined || next === undefined) return put(key, next)
        await turn()
        return values.has(key) ? put(key, next) : { ok: false }
      }),
  ],
  [
    'looks first and creates later: the last creation wins',
    'lets one of many creations win',
    () =>
      store(({ values, put }, key, expected, next) =>
        expected === undefined && next !== undefined && !values.has(key)
          ? turn().then(() => put(key, next))
          : undefined,
      ),
  ],
  [
    'looks first and deletes later',
    'lets a deletion or a write win, never both',
    () =>
      store(({ values, put }, key, expected, next) =>
        expected !== undefined && next === undefined && values.get(key)?.version === expected
          ? turn().then(() => put(key, undefined))
          : undefined,
      ),
  ],
  [
    'keeps all keys in one file that it writes anew each time',
    'lets all win who write under keys of their own',
    () =>
      store(async ({ values, put }, key, expected, next) => {
        const file = [...values]
        await turn()
        if (values.get(key)?.version !== expected) return { ok: false }
        values.clear()
        for (const [name, value] of file) values.set(name, value)
        return put(key, next)
      }),
  ],
  [
    'reads the version first and the value later',
    'gives value and version of one write, also while another is under way',
    () => {
      const { get, compareAndSwap } = memoryTokenStore()
      return {
        compareAndSwap,
        async get(key) {
          const first = await get(key)
          await turn()
          const second = await get(key)
          return first && second && { version: first.version, value: second.value }
        },
      }
    },
  ],
  [
    'folds the case of keys',
    'keeps apart keys that differ in case alone',
    () => changing((name) => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())),
  ],
  [
    'normalises keys, as some file systems do',
    'keeps apart keys that look the same and are written with other characters',
    () => changing((name) => name.normalize('NFC')),
  ],
  [
    'ignores spaces at the end of keys, as some collations do',
    'keeps apart keys that differ in what they end with',
    () => changing((name) => name.trimEnd()),
  ],
  [
    'finds keys by how they begin',
    'keeps apart keys that begin with one another',
    () => store(undefined, ({ values }, key) => [...values].find(([name]) => name.startsWith(key))?.[1]),
  ],
  [
    'makes one character of all separators',
    'keeps apart keys that have their separators elsewhere',
    () => changing((name) => name.replaceAll(/[|:/\\]/g, '-')),
  ],
  ['takes keys for paths', 'keeps apart keys that are paths', () => changing((name) => posix.normalize(name))],
  [
    'strips quotes from keys',
    'keeps apart keys that are code',
    () => changing((name) => name.replaceAll(/["'`]/g, '')),
  ],
  [
    'keeps three bytes of a character, as the `utf8` of some databases does',
    'keeps apart keys that are of other scripts',
    () => changing((name) => name.replaceAll(/[\u{10000}-\u{10ffff}]/gu, '?')),
  ],
  [
    'cuts keys after 255 characters',
    'keeps apart keys that are a thousand characters long and differ at the end',
    () => changing((name) => name.slice(0, 255)),
  ],
  [
    'writes keys as UTF-8 that cannot be written so',
    'keeps apart, or refuses, keys that not every encoding can carry',
    () => changing((name) => Buffer.from(name).toString()),
  ],
  [
    'cuts values after 65,535 characters',
    'keeps a value of 100 kB',
    () => changing(String, (value) => value.slice(0, 65_535)),
  ],
  [
    'makes one end of line of all',
    'keeps every character of a value',
    () => changing(String, (value) => value.replaceAll('\r\n', '\n')),
  ],
  [
    'takes an empty value for a deletion',
    'takes an empty value for a value',
    () =>
      store(({ values, put }, key, expected, next) =>
        next === '' && values.get(key)?.version === expected ? put(key, undefined) : undefined,
      ),
  ],
]

async function failing(make: () => TokenStore, options?: TokenStoreConformanceOptions): Promise<string[]> {
  const names: string[] = []
  for (const { name, run } of tokenStoreConformance(make, options)) {
    await run().catch((error: unknown) => {
      // It says what is wrong, and is not a mishap of the suite's own.
      expect(error).toMatchObject({ code: 'ERR_ASSERTION' })
      names.push(name)
    })
  }
  return names
}

it.each(faults)('names the fault of a store that %s', async (_, fails, make) => {
  expect(await failing(make)).toEqual([fails])
})

it('has a planted fault for each of its cases', () => {
  const names = tokenStoreConformance(() => memoryTokenStore()).map(({ name }) => name)
  expect(faults.map(([, fails]) => fails)).toEqual(names)
})

it('finds nothing wrong with a sound store, one for each case or one for all', async () => {
  expect(await failing(() => store())).toEqual([])
  const shared = store()
  expect(await failing(() => shared)).toEqual([])
  expect(await failing(() => shared)).toEqual([])
})

it('sees what is lost, and what begins anew, with the next process', async () => {
  const durability = ['keeps values, versions and deletions for the next process']
  expect(await failing(memoryTokenStore, { reopen: () => memoryTokenStore() })).toEqual(durability)
  // Values are kept, and the count of versions is not.
  const values = new Map<string, StoredValue>()
  const counting = (): TokenStore => {
    let count = 0
    return {
      get: async (key) => values.get(key),
      async compareAndSwap(key, expected, next) {
        if (values.get(key)?.version !== expected) return { ok: false }
        const version = String(++count)
        if (next === undefined) values.delete(key)
        else values.set(key, { version, value: next })
        return { ok: true, version }
      },
    }
  }
  const same = counting()
  expect(await failing(counting, { reopen: counting })).toEqual(durability)
  expect(await failing(() => same, { reopen: (open) => open })).toEqual([])
})

it('sees a store that looks at no version at all from all sides', async () => {
  expect(await failing(() => store(({ put }, key, _, next) => put(key, next)))).toEqual([
    'creates only where nothing is there',
    'writes only over the version that is there',
    'deletes only the version that is there',
    'refuses a version where nothing is there',
    'refuses an old version although its value is back',
    'lets one of many writes win',
    'lets one of many creations win',
    'lets a deletion or a write win, never both',
    'takes an empty value for a value',
  ])
})
