// Against real engines: PostgreSQL as WebAssembly and SQLite everywhere, a PostgreSQL server where one is installed.
import { inspect } from 'node:util'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import initSqlJs, { type Database } from 'sql.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TokenStoreError, type TokenStore } from 'hawser'
import { keyring, reseal, sealed, sqlTokenStore, type SqlQuery, type SqlTokenStore } from 'hawser/stores'
import { tokenStoreConformance } from 'hawser/testing'
import { hasPostgres, startPostgres, type DatabaseServer } from '../support/database-servers.ts'
import { failureOf } from '../support/loopback.ts'

let lite: PGlite
let sqlite: Database
let server: DatabaseServer | undefined
let pool: pg.Pool

const connect = (directory: string): pg.Pool => {
  const made = new pg.Pool({ host: directory, user: 'hawser', database: 'postgres', max: 8 })
  made.on('error', () => {})
  return made
}

beforeAll(async () => {
  lite = new PGlite()
  await lite.exec(inPglite().schema)
  sqlite = new (await initSqlJs()).Database()
  sqlite.run(inSqlite().schema)
  if (!hasPostgres) return
  server = await startPostgres()
  pool = connect(server.directory)
  await pool.query(inPostgres().schema)
})
afterAll(async () => {
  await lite.close()
  sqlite.close()
  await pool?.end()
  await server?.[Symbol.asyncDispose]()
})

const overPglite: SqlQuery = async (text, values) => (await lite.query<Record<string, unknown>>(text, [...values])).rows
const overPostgres: SqlQuery = async (text, values) => (await pool.query(text, [...values])).rows
const overSqlite: SqlQuery = async (text, values) => {
  const [{ columns, values: rows } = { columns: [], values: [] }] = sqlite.exec(text, [...values])
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
}

const inPglite = (): SqlTokenStore => sqlTokenStore(overPglite)
const inPostgres = (): SqlTokenStore => sqlTokenStore(overPostgres, { table: 'public.tokens' })
const inSqlite = (): SqlTokenStore => sqlTokenStore(overSqlite, { placeholders: 'question-marks' })
const ring = keyring({ primary: 'k1', keys: { k1: Buffer.alloc(32, 1) } })

/** The next process, after the server was killed and started again. */
async function reopen(): Promise<TokenStore> {
  const before = pool
  await server?.crash()
  pool = connect(server?.directory ?? '')
  await before.end()
  return inPostgres()
}

for (const { name, run } of tokenStoreConformance(inPglite)) it(`in PGlite: ${name}`, run)
for (const { name, run } of tokenStoreConformance(inSqlite)) it(`in SQLite: ${name}`, run)
for (const { name, run } of tokenStoreConformance(inPostgres, { reopen }))
  it.runIf(hasPostgres)(`in PostgreSQL: ${name}`, run)
for (const { name, run } of tokenStoreConformance(() => sealed(inSqlite(), ring))) it(`sealed, in SQLite: ${name}`, run)

it.runIf(hasPostgres)('loses no swap among four writers that count at once', async () => {
  const store = inPostgres()
  let done = 0
  const count = async (): Promise<void> => {
    for (let swaps = 0; swaps < 10;) {
      const found = await store.get('counter')
      const next = String(Number(found?.value ?? 0) + 1)
      if (!(await store.compareAndSwap('counter', found?.version, next)).ok) continue
      swaps++
      done++
    }
  }
  await Promise.all(Array.from({ length: 4 }, count))
  expect(done).toBe(40)
  expect((await store.get('counter'))?.value).toBe('40')
})

const engines: [string, () => SqlTokenStore][] = [
  ['PGlite', inPglite],
  ['SQLite', inSqlite],
]

it.each(engines)('lists all keys once, also over many pages, and goes on after any: %s', async (_, open) => {
  const store = open()
  for await (const key of store.keys()) {
    await store.compareAndSwap(key, (await store.get(key))?.version, undefined)
  }
  const keys = ['', ...Array.from({ length: 1100 }, (_each, at) => `key ${at}`)]
  await Promise.all(keys.map(async (key) => store.compareAndSwap(key, undefined, '{}')))
  const listed: string[] = []
  for await (const key of store.keys()) listed.push(key)
  expect(listed).toHaveLength(1101)
  expect(new Set(listed)).toEqual(new Set(keys))
  const rest: string[] = []
  for await (const key of store.keys(listed[499])) rest.push(key)
  expect(rest).toEqual(listed.slice(500))
})

it('lists its keys for a sweep', async () => {
  sqlite.run('CREATE TABLE swept (key text PRIMARY KEY, version text, value text)')
  const store = sqlTokenStore(overSqlite, { placeholders: 'question-marks', table: 'swept' })
  for (const key of ['a', 'b', 'c']) await sealed(store, ring).compareAndSwap(key, undefined, '{}')
  const next = keyring({ primary: 'k2', keys: { k1: Buffer.alloc(32, 1), k2: Buffer.alloc(32, 2) } })
  expect(await reseal(store, next, store.keys())).toMatchObject({ complete: true, resealed: 3, left: { k2: 3 } })
  expect((await reseal(store, next, store.keys())).retirable).toEqual(['k1'])
})

it('says so where the database fails, and repeats nothing of what it was sent', async () => {
  const store = sqlTokenStore(overPglite, { table: 'no_such_table' })
  const error = await failureOf(store.compareAndSwap('acme', undefined, 'secret-value'))
  expect(error).toBeInstanceOf(TokenStoreError)
  // PostgreSQL's code for a table that does not exist.
  expect(error).toMatchObject({ reason: 'unavailable', connection: 'acme', message: expect.stringContaining('42P01') })
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret-value')
  expect(await failureOf(store.get('acme'))).toMatchObject({ reason: 'unavailable' })
})

it.each(['\ud800', 'a\0b'])('refuses a key that no database carries as it is: %j', async (key) => {
  const refused = { code: 'INVALID_REQUEST' }
  expect(await failureOf(inSqlite().get(key))).toMatchObject(refused)
  expect(await failureOf(inSqlite().compareAndSwap(key, undefined, 'tokens'))).toMatchObject(refused)
})

it('says so where a row is not as it was written', async () => {
  await lite.exec('CREATE TABLE odd (key text PRIMARY KEY, version integer, value text)')
  await lite.exec("INSERT INTO odd VALUES ('acme', 1, 'tokens')")
  expect(await failureOf(sqlTokenStore(overPglite, { table: 'odd' }).get('acme'))).toMatchObject({ reason: 'damaged' })
})

it.each<[string, unknown, object]>([
  ['no function', undefined, {}],
  ['an unknown option', overSqlite, { tabel: 'a' }],
  ['a table that is no name', overSqlite, { table: 'a; DROP TABLE b' }],
  ['placeholders that it does not know', overSqlite, { placeholders: ':name' }],
])('refuses %s', (_, query, options) => {
  expect(() => sqlTokenStore(query as SqlQuery, options)).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
})
