import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  ConfigurationError,
  TokenStoreError,
  checkOptions,
  systemRuntime,
  type StoredValue,
  type Swapped,
  type TokenStore,
} from 'hawser'
import { makeDirectory } from './durable.ts'
import { codeOf, damaged, reaching } from './failure.ts'
import { decodeContent, encodeContent, type Content } from './file-content.ts'
import { createRecord, readData, readRecord, removeDrafts, replaceRecord, type FileRecord } from './file-record.ts'

/** Options of {@link fileTokenStore}. */
export interface FileTokenStoreOptions {
  /** Where the tokens are kept, on a local disk. It is made at the first write where it does not exist. */
  readonly directory: string
}

/** A token store in a directory. */
export interface FileTokenStore extends TokenStore {
  /**
   * Lists the keys that have a value, in an order that stays the same.
   *
   * @param after lists those that come after this key, whether it is still there or not
   * @throws {TokenStoreError} at the end, after all keys that can be read, where a record is damaged
   */
  keys(after?: string): AsyncGenerator<string, void, undefined>
}

/**
 * Keeps tokens in files, for all processes of one machine. A write is on the disk before it resolves; a crash at any point
 * leaves the old value or the new one. Files and directories are for their owner alone.
 *
 * A damaged file is an error, and never "no tokens".
 *
 * @throws {ConfigurationError} where an option is wrong
 */
export function fileTokenStore(options: FileTokenStoreOptions): FileTokenStore {
  checkOptions('fileTokenStore', options, ['directory'])
  if (typeof options.directory !== 'string' || options.directory === '') {
    throw new ConfigurationError('`fileTokenStore.directory` is the path of a directory.')
  }
  const root = resolve(options.directory)
  const runtime = systemRuntime()
  let draftsRemoved = false

  function placeOf(key: string): Place {
    return { directory: join(root, nameOf(key)), connection: key }
  }

  async function load(place: Place): Promise<(Content & { readonly version: string }) | undefined> {
    let lost: string | undefined
    for (;;) {
      const record = sound(await readRecord(place.directory), place)
      if (!record?.present) return undefined
      const file = await readData(place.directory, record.id)
      const content = file === undefined ? undefined : decodeContent(file)
      // A directory that was renamed or copied by hand holds another key's tokens.
      if (content && placeOf(content.key).directory === place.directory) return { ...content, version: record.id }
      // Gone only because it was replaced meanwhile? Then another is current now.
      if (lost === record.id) throw damaged(place.directory, place.connection)
      lost = record.id
    }
  }

  async function write(place: Place, record: FileRecord | undefined, id: string, content: string): Promise<boolean> {
    if (record) return replaceRecord(place.directory, record, id, content)
    await makeDirectory(root)
    const created = await createRecord(place.directory, id, content)
    if (!draftsRemoved) await removeDrafts(root).catch(() => {})
    draftsRemoved = true
    return created
  }

  async function swap(key: string, expected: string | undefined, next: string | undefined): Promise<Swapped> {
    const place = placeOf(key)
    const content = next === undefined ? undefined : encodeContent({ key, value: next })
    for (;;) {
      const record = sound(await readRecord(place.directory), place)
      const present = record?.present ? record : undefined
      if (present?.id !== expected) return { ok: false }
      // A new id for every try: what lay under the old one may have been tidied away.
      const version = runtime.uuid()
      if (content !== undefined) {
        if (await write(place, record, version, content)) return { ok: true, version }
      } else if (!present || (await replaceRecord(place.directory, present, version, undefined))) {
        return { ok: true, version }
      }
    }
  }

  return {
    get: async (key): Promise<StoredValue | undefined> =>
      reaching(placeOf(key).directory, key, async () => {
        const content = await load(placeOf(key))
        return content && { version: content.version, value: content.value }
      }),
    compareAndSwap: async (key, expected, next) =>
      reaching(placeOf(key).directory, key, async () => swap(key, expected, next)),
    async *keys(after) {
      const names = await reaching(root, undefined, async () => listPlaces(root))
      const first = after === undefined ? '' : nameOf(after)
      let failure: TokenStoreError | undefined
      for (const name of names.filter((one) => one > first)) {
        const directory = join(root, name)
        const found = await reaching(directory, undefined, async () => load({ directory })).catch((error: unknown) => {
          if (!(error instanceof TokenStoreError)) throw error
          failure ??= error
        })
        if (found) yield found.key
      }
      if (failure) throw failure
    },
  }
}

/** Where a key's record is. */
interface Place {
  readonly directory: string
  readonly connection?: string
}

/** A name that is safe on every file system, whatever is in the key, and differs for keys that differ in any code unit. */
function nameOf(key: string): string {
  return createHash('sha256').update(key, 'utf16le').digest('hex')
}

async function listPlaces(root: string): Promise<readonly string[]> {
  const entries = await readdir(root).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
    return []
  })
  return entries.filter((entry) => /^[\da-f]{64}$/.test(entry)).toSorted()
}

function sound(record: FileRecord | 'damaged' | undefined, place: Place): FileRecord | undefined {
  if (record === 'damaged') throw damaged(place.directory, place.connection)
  return record
}
