import { ConfigurationError, checkOptions, systemRuntime, type Swapped, type TokenStore } from 'hawser'
import { damaged, reaching } from './failure.ts'
import { checkKey } from './well-formed-key.ts'

/** Runs one statement by itself, not as part of a transaction that may be rolled back, and gives the rows that it returns. */
export type SqlQuery = (
  text: string,
  values: readonly string[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Options of {@link sqlTokenStore}. */
export interface SqlTokenStoreOptions {
  /** With its schema where it needs one, such as `app.tokens`. @default 'hawser_tokens' */
  readonly table?: string
  /** How a value's place is written: `$1`, as PostgreSQL does, or `?`, as most others do. @default 'numbered' */
  readonly placeholders?: 'numbered' | 'question-marks'
}

/** A token store in a table. */
export interface SqlTokenStore extends TokenStore {
  /** The statement that makes the table. */
  readonly schema: string
  /** Lists the keys that have a value, in the order of the database; those after `after` if it is given. */
  keys(after?: string): AsyncGenerator<string, void, undefined>
}

const pageSize = 1000

/**
 * Keeps tokens in a table of PostgreSQL or SQLite (3.35 or newer), for all processes that use it. Each swap is one statement:
 * the database compares and writes in one step.
 *
 * @throws {ConfigurationError} where an option is wrong
 * @see https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
 * @see https://www.sqlite.org/lang_returning.html
 */
export function sqlTokenStore(query: SqlQuery, options: SqlTokenStoreOptions = {}): SqlTokenStore {
  checkOptions('sqlTokenStore', options, ['table', 'placeholders'])
  const { table = 'hawser_tokens', placeholders = 'numbered' } = options
  if (typeof query !== 'function')
    throw new ConfigurationError('`sqlTokenStore` takes a function that runs a statement.')
  if (!/^[a-z_]\w*(?:\.[a-z_]\w*)?$/i.test(table)) {
    throw new ConfigurationError('`sqlTokenStore.table` is a plain name, or two with a dot between them.')
  }
  if (placeholders !== 'numbered' && placeholders !== 'question-marks') {
    throw new ConfigurationError("`sqlTokenStore.placeholders` is 'numbered' or 'question-marks'.")
  }
  const runtime = systemRuntime()

  async function run(connection: string | undefined, text: string, ...values: readonly string[]) {
    let count = 0
    const statement = placeholders === 'numbered' ? text.replaceAll('?', () => `$${++count}`) : text
    return reaching(`the table ${table}`, connection, async () => query(statement, values))
  }

  async function swap(key: string, expected: string | undefined, next: string | undefined): Promise<Swapped> {
    const version = runtime.uuid()
    const written =
      expected === undefined ? await create(key, next, version) : await replace(key, expected, next, version)
    return written ? { ok: true, version } : { ok: false }
  }

  async function create(key: string, next: string | undefined, version: string): Promise<boolean> {
    if (next === undefined) return (await run(key, `SELECT key FROM ${table} WHERE key = ?`, key)).length === 0
    const text = `INSERT INTO ${table} (key, version, value) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING key`
    return (await run(key, text, key, version, next)).length === 1
  }

  async function replace(key: string, expected: string, next: string | undefined, version: string): Promise<boolean> {
    const where = 'WHERE key = ? AND version = ? RETURNING key'
    const rows =
      next === undefined
        ? await run(key, `DELETE FROM ${table} ${where}`, key, expected)
        : await run(key, `UPDATE ${table} SET version = ?, value = ? ${where}`, version, next, key, expected)
    return rows.length === 1
  }

  return {
    schema: `CREATE TABLE IF NOT EXISTS ${table} (key text NOT NULL PRIMARY KEY, version text NOT NULL, value text NOT NULL)`,
    async get(key) {
      checkKey(key)
      const [row] = await run(key, `SELECT version, value FROM ${table} WHERE key = ?`, key)
      if (!row) return undefined
      const { version, value } = row
      if (typeof version !== 'string' || typeof value !== 'string') throw damaged(`the table ${table}`, key)
      return { version, value }
    },
    async compareAndSwap(key, expected, next) {
      checkKey(key)
      return swap(key, expected, next)
    },
    async *keys(after) {
      for (let last = after; ;) {
        const order = `ORDER BY key LIMIT ${pageSize}`
        const rows =
          last === undefined
            ? await run(undefined, `SELECT key FROM ${table} ${order}`)
            : await run(undefined, `SELECT key FROM ${table} WHERE key > ? ${order}`, last)
        for (const { key } of rows) yield (last = String(key))
        if (rows.length < pageSize) return
      }
    },
  }
}
