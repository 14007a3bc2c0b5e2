import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TokenStoreError, type TokenStore } from 'hawser'
import { fileTokenStore, type FileTokenStoreOptions } from 'hawser/stores'
import { failureOf } from '../support/loopback.ts'

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hawser-store-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Writes over whatever is there. */
async function put(store: TokenStore, key: string, value: string | undefined): Promise<string> {
  const swapped = await store.compareAndSwap(key, (await store.get(key))?.version, value)
  if (!swapped.ok) throw new Error('Somebody else wrote.')
  return swapped.version
}

async function keysOf(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const key of keys) all.push(key)
  return all
}

/** The one directory of a store that holds one key. */
function placeIn(directory: string): string {
  const [place = ''] = readdirSync(directory)
  return join(directory, place)
}

const endings = (place: string): string[] => readdirSync(place).map((file) => file.split('.')[1] ?? '')

it('keeps a value for every store on the same directory', async () => {
  const directory = join(temporary(), 'made/on/the/way')
  const version = await put(fileTokenStore({ directory }), 'acme|1', '{"a":1}')
  expect(await fileTokenStore({ directory }).get('acme|1')).toEqual({ version, value: '{"a":1}' })
  expect(await fileTokenStore({ directory }).get('acme|2')).toBeUndefined()
})

it('gives directories and files to their owner alone, whatever the process allows', async () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const directory = join(temporary(), 'store')
  const store = fileTokenStore({ directory })
  await put(store, 'k', 'one')
  await put(store, 'k', 'two')
  const all = ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })]
  const modes = all.map((name) => statSync(join(directory, name))).map((stat) => [stat.isFile(), stat.mode & 0o777])
  expect(modes).toEqual(modes.map(([isFile]) => [isFile, isFile ? 0o600 : 0o700]))
  expect(modes).toHaveLength(4)
})

it('keeps one data file and one name for a key, however often it is written', async () => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  for (let count = 0; count < 5; count++) await put(store, 'k', String(count))
  expect(endings(placeIn(directory)).toSorted()).toEqual(['current', 'data'])
  await put(store, 'k', undefined)
  expect(endings(placeIn(directory))).toEqual(['deleted'])
  await put(store, 'k', 'again')
  expect(endings(placeIn(directory)).toSorted()).toEqual(['current', 'data'])
})

it('leaves nothing behind of those who lose a race', async () => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  for (const expected of [undefined, await put(store, 'k', 'one')]) {
    const swaps = await Promise.all([1, 2, 3, 4, 5].map(async (at) => store.compareAndSwap('k', expected, `${at}`)))
    expect(swaps.filter(({ ok }) => ok)).toHaveLength(expected === undefined ? 0 : 1)
    expect(readdirSync(directory)).toHaveLength(1)
    expect(endings(placeIn(directory)).toSorted()).toEqual(['current', 'data'])
  }
  await Promise.all([1, 2, 3, 4, 5].map(async (at) => store.compareAndSwap('new', undefined, `${at}`)))
  expect(readdirSync(directory)).toHaveLength(2)
})

it('lists the keys that have a value, and goes on after any key', async () => {
  const store = fileTokenStore({ directory: join(temporary(), 'not-made-yet') })
  expect(await keysOf(store.keys())).toEqual([])
  const keys = ['a', 'b', '../c', 'D|é', '']
  for (const key of keys) await put(store, key, key)
  const all = await keysOf(store.keys())
  expect(all.toSorted()).toEqual(keys.toSorted())
  expect(await keysOf(store.keys(all[1]))).toEqual(all.slice(2))
  await put(store, all[1] ?? '', undefined)
  expect(await keysOf(store.keys())).toEqual(all.toSpliced(1, 1))
  expect(await keysOf(store.keys(all[1]))).toEqual(all.slice(2))
})

it.each([
  ['is cut short', (text: string) => text.slice(0, -3)],
  ['is empty', () => ''],
  ['has lost its first line', (text: string) => text.slice(text.indexOf('\n') + 1)],
  ['has one letter changed', (text: string) => text.replace('refresh', 'refrash')],
  ['is full of zeros, as after a power cut', (text: string) => '\0'.repeat(text.length)],
])('says so where a file %s, and never that there are no tokens', async (_, spoil) => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  const version = await put(store, 'acme', '{"refresh":"r1"}')
  const others = ['b', 'c', 'd', 'e', 'f']
  for (const other of others) await put(store, other, 'fine')
  const data = readdirSync(directory, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.includes(version + '.data'),
  )
  const path = join(directory, data ?? '')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, spoil(text))
  const error = await failureOf(store.get('acme'))
  expect(error).toBeInstanceOf(TokenStoreError)
  expect(error).toMatchObject({ code: 'TOKEN_STORE', reason: 'damaged', connection: 'acme' })
  expect(String(error)).not.toContain('r1')
  // The others are listed before it is told.
  const listed: string[] = []
  const listing = failureOf(
    (async () => {
      for await (const key of store.keys()) listed.push(key)
    })(),
  )
  expect(await listing).toMatchObject({ reason: 'damaged' })
  expect(listed.toSorted()).toEqual(others)
})

it('says so where the data is gone, the name is gone, or there are two', async () => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  const version = await put(store, 'k', 'one')
  const place = placeIn(directory)
  writeFileSync(join(place, 'abc.deleted'), '')
  expect(await failureOf(store.get('k'))).toMatchObject({ reason: 'damaged' })
  expect(await failureOf(store.compareAndSwap('k', version, 'two'))).toMatchObject({ reason: 'damaged' })
  rmSync(join(place, 'abc.deleted'))
  rmSync(join(place, `${version}.data`))
  expect(await failureOf(store.get('k'))).toMatchObject({ reason: 'damaged' })
  rmSync(join(place, `${version}.current`))
  expect(await failureOf(store.get('k'))).toMatchObject({ reason: 'damaged' })
  expect(await failureOf(store.compareAndSwap('k', undefined, 'two'))).toMatchObject({ reason: 'damaged' })
})

it('lets what cannot be read be overwritten by one who knows its version', async () => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  const version = await put(store, 'k', 'one')
  writeFileSync(join(placeIn(directory), `${version}.data`), 'spoilt')
  expect(await store.compareAndSwap('k', version, 'two')).toMatchObject({ ok: true })
  expect(await store.get('k')).toMatchObject({ value: 'two' })
})

it('does not take the directory of one key for that of another', async () => {
  const directory = temporary()
  const store = fileTokenStore({ directory })
  await put(store, 'theirs', 'secret')
  const theirs = placeIn(directory)
  await put(store, 'mine', 'old')
  const [mine = ''] = readdirSync(directory)
    .map((place) => join(directory, place))
    .filter((place) => place !== theirs)
  rmSync(mine, { recursive: true })
  cpSync(theirs, mine, { recursive: true })
  expect(await failureOf(store.get('mine'))).toMatchObject({ reason: 'damaged', connection: 'mine' })
  expect(await store.get('theirs')).toMatchObject({ value: 'secret' })
})

it('says so where the disk fails, and never that there are no tokens', async () => {
  const directory = join(temporary(), 'a-file')
  writeFileSync(directory, '')
  const store = fileTokenStore({ directory })
  const error = await failureOf(store.get('k'))
  expect(error).toBeInstanceOf(TokenStoreError)
  expect(error).toMatchObject({ reason: 'unavailable', connection: 'k', message: expect.stringContaining('ENOTDIR') })
  expect(await failureOf(store.compareAndSwap('k', undefined, 'secret'))).toMatchObject({ reason: 'unavailable' })
  expect(await failureOf(keysOf(store.keys()))).toMatchObject({ reason: 'unavailable' })
})

it.each([undefined, {}, { directory: '' }, { directory: 7 }, { directory: 'x', mode: 0o600 }])(
  'refuses %j',
  (options) => {
    expect(() => fileTokenStore(options as FileTokenStoreOptions)).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION' }),
    )
  },
)
