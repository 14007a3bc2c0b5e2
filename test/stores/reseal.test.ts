import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeProtectedHeader } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { memoryTokenStore, type TokenStore } from 'hawser'
import { fileTokenStore, keyring, reseal, sealed, type Keyring, type ResealReport } from 'hawser/stores'
import { failureOf } from '../support/loopback.ts'

const material = { k1: Buffer.alloc(32, 1), k2: Buffer.alloc(32, 2), k3: Buffer.alloc(32, 3) }
const ringOf = (primary: keyof typeof material, ...kids: (keyof typeof material)[]): Keyring =>
  keyring({ primary, keys: Object.fromEntries([primary, ...kids].map((kid) => [kid, material[kid]])) })
const before = ringOf('k1')
const during = ringOf('k2', 'k1')

async function write(store: TokenStore, key: string, value: string | undefined): Promise<void> {
  const { ok } = await store.compareAndSwap(key, (await store.get(key))?.version, value)
  expect(ok).toBe(true)
}
const kidOf = async (store: TokenStore, key: string): Promise<string | undefined> =>
  decodeProtectedHeader((await store.get(key))?.value ?? '').kid
const keysUpTo = (count: number): string[] => Array.from({ length: count }, (_, at) => `connection-${at}`)

const labelled = (kid: string, connection: string): string =>
  Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, connection })).toString('base64url')

/** A store with sealed values, each its own key. */
async function filled(keys: readonly string[], ring: Keyring = before): Promise<TokenStore> {
  const store = memoryTokenStore()
  for (const key of keys) await write(sealed(store, ring), key, `tokens of ${key}`)
  return store
}

/** A store whose next swaps first let somebody else do something. */
function interrupted(store: TokenStore, interruptions: (() => Promise<unknown>)[]): TokenStore {
  return {
    get: async (key) => store.get(key),
    async compareAndSwap(...swap) {
      await interruptions.shift()?.()
      return store.compareAndSwap(...swap)
    },
  }
}

it('S17: seals everything with the new key, and calls the old one free after a sweep that found nothing under it', async () => {
  const keys = keysUpTo(5)
  const store = await filled(keys)
  expect(await reseal(store, during, keys)).toEqual({
    complete: true,
    cursor: 'connection-4',
    resealed: 5,
    found: { k1: 5 },
    left: { k2: 5 },
    failed: {},
    failedKeys: [],
    retirable: [],
  })
  expect(await reseal(store, during, keys)).toMatchObject({ resealed: 0, found: { k2: 5 }, retirable: ['k1'] })
  const after = sealed(store, ringOf('k2'))
  for (const key of keys) expect((await after.get(key))?.value).toBe(`tokens of ${key}`)
})

it('writes nothing where there is nothing to do', async () => {
  const store = await filled(['a'], ringOf('k2'))
  const version = (await store.get('a'))?.version
  await reseal(store, during, ['a', 'never written'])
  expect((await store.get('a'))?.version).toBe(version)
  expect(await store.get('never written')).toBeUndefined()
})

it('keeps what is written while it sweeps', async () => {
  const store = await filled(['a', 'b'])
  const old = sealed(store, before)
  const swept = interrupted(store, [
    async () => write(old, 'a', 'a newer one, under the old key'),
    async () => write(sealed(store, during), 'a', 'the newest, under the new key'),
    async () => write(old, 'b', undefined),
  ])
  const report = await reseal(swept, during, ['a', 'b'])
  expect((await sealed(store, during).get('a'))?.value).toBe('the newest, under the new key')
  expect(await store.get('b')).toBeUndefined()
  expect(report).toMatchObject({ complete: true, resealed: 0, found: { k1: 2 }, left: { k2: 1 }, failed: {} })
})

it('tells what is left where another writer wins every race, and does not call its key free', async () => {
  const store = await filled(['a', 'b'])
  const old = sealed(store, before)
  const swept = interrupted(
    store,
    Array.from({ length: 10 }, (_, at) => async () => write(old, 'a', `again ${at}`)),
  )
  const report = await reseal(swept, during, ['a', 'b'])
  expect(report).toMatchObject({ resealed: 1, left: { k1: 1, k2: 1 }, retirable: [] })
  expect((await old.get('a'))?.value).toBe('again 9')
})

it('goes on from where a sweep was ended, with its counts', async () => {
  const keys = keysUpTo(6)
  const store = await filled(keys)
  const ending = new AbortController()
  const until = function* (): Generator<string> {
    for (const key of keys) {
      if (key === 'connection-2') ending.abort()
      yield key
    }
  }
  const first = await reseal(store, during, until(), { signal: ending.signal })
  expect(first).toMatchObject({ complete: false, cursor: 'connection-1', resealed: 2, retirable: [] })
  expect(await kidOf(store, 'connection-2')).toBe('k1')

  // As it comes back from where it was kept.
  const from: ResealReport = JSON.parse(JSON.stringify(first))
  const second = await reseal(store, during, keys.slice(2), { from })
  expect(second).toMatchObject({
    complete: true,
    cursor: 'connection-5',
    resealed: 6,
    found: { k1: 6 },
    left: { k2: 6 },
  })
  expect(second.retirable).toEqual([])
  const third = await reseal(store, during, keys.slice(0, 3), { signal: AbortSignal.abort() })
  expect(third).toMatchObject({ complete: false, cursor: undefined, retirable: [] })
  expect((await reseal(store, during, keys, { from: third })).retirable).toEqual(['k1'])
})

it('does not call a key free that an earlier part of the sweep found in use', async () => {
  const store = await filled(['a'])
  await write(sealed(store, during), 'b', 'new')
  const from: ResealReport = { ...(await reseal(store, during, ['a'])), complete: false }
  expect(await reseal(store, during, ['b'], { from })).toMatchObject({ found: { k1: 1, k2: 1 }, retirable: [] })
})

it('refuses to go on from a sweep that was complete', async () => {
  const from = await reseal(memoryTokenStore(), during, [])
  expect(await failureOf(reseal(memoryTokenStore(), during, [], { from }))).toMatchObject({ code: 'CONFIGURATION' })
})

it('goes on past what it cannot open, and calls no key free that might be needed for it', async () => {
  const store = await filled(['lost key', 'good'], ringOf('k3'))
  await write(store, 'plain', '{"refreshToken":"in clear"}')
  const ring = ringOf('k2', 'k1')
  const report = await reseal(store, ring, ['lost key', 'plain', 'good'])
  expect(report).toMatchObject({
    found: { k3: 2 },
    left: { k3: 2 },
    failed: { 'unknown-key': 2, 'not-sealed': 1 },
    failedKeys: ['lost key', 'plain', 'good'],
    // Neither needs it: the one says which key it needs, the other needs none.
    retirable: ['k1'],
  })
  await write(store, 'cut', ((await store.get('good'))?.value ?? '').slice(0, -9))
  expect(await reseal(store, ring, ['cut'])).toMatchObject({ failed: { damaged: 1 }, retirable: [] })
  await write(
    store,
    'relabelled',
    ((await store.get('good'))?.value ?? '').replace(/^[^.]+/, labelled('k2', 'relabelled')),
  )
  expect(await reseal(store, ring, ['relabelled'])).toMatchObject({ failed: { 'not-authentic': 1 }, retirable: [] })
  const down: TokenStore = { ...store, get: async () => Promise.reject(new Error('down')) }
  expect(await reseal(down, ring, ['a'])).toMatchObject({ failed: { unavailable: 1 }, retirable: [] })
})

it('counts all failures and names the first hundred', async () => {
  const keys = keysUpTo(150)
  const store = await filled(keys, ringOf('k3'))
  const report = await reseal(store, during, keys)
  expect(report.failed).toEqual({ 'unknown-key': 150 })
  expect(report.failedKeys).toEqual(keys.slice(0, 100))
})

it('takes the keys of a file store, and goes on after its cursor', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-reseal-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const files = fileTokenStore({ directory })
  for (const key of keysUpTo(7)) await write(sealed(files, before), key, key)
  const ending = new AbortController()
  const some = async function* (): AsyncGenerator<string> {
    let count = 0
    for await (const key of files.keys()) {
      if (++count > 3) ending.abort()
      yield key
    }
  }
  const from = await reseal(files, during, some(), { signal: ending.signal })
  expect(from).toMatchObject({ complete: false, resealed: 3 })
  const report = await reseal(files, during, files.keys(from.cursor), { from })
  expect(report).toMatchObject({ complete: true, found: { k1: 7 }, left: { k2: 7 } })
  expect((await reseal(files, during, files.keys())).retirable).toEqual(['k1'])
})

it('is not led astray by the name of a key that every object has', async () => {
  const store = await filled(['a'])
  const jwe = (await store.get('a'))?.value ?? ''
  await write(store, 'a', jwe.replace(/^[^.]+/, labelled('__proto__', 'a')))
  const report = await reseal(store, during, ['a'])
  expect(Object.entries(report.left)).toEqual([['__proto__', 1]])
  expect(report.failed).toEqual({ 'unknown-key': 1 })
})
