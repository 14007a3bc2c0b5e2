import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { syncDirectory, writeNew } from './durable.ts'
import { codeOf } from './failure.ts'

/**
 * What is current in the directory of one key. An empty file says it by its name, and the content lies beside it:
 *
 *     5b….current  5b….data      or, where it was deleted,      c2….deleted
 *
 * A write lays down its own data and then renames the name that it has read. Of all who rename a name the file system lets
 * one succeed; for the others, and for a process that slept meanwhile, it is no longer there. No id is used twice, so the
 * name does not come back; the directory is born with a name and never loses it. So there is no lock that could be left
 * behind or stolen, and no clock that could be wrong.
 */
export interface FileRecord {
  /** The file that says what is current. */
  readonly name: string
  readonly id: string
  readonly present: boolean
  /** All data files that lay here when this was read. */
  readonly data: readonly string[]
}

const dataEnding = '.data'
// What systems say of a place that is taken, or of a draft that was tidied away since.
const takenCodes: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM', 'EACCES'])
const namePattern = /^([\da-f-]+)\.(?:current|deleted)$/

/** Tells what is current; `undefined` where the key was never written. */
export async function readRecord(directory: string): Promise<FileRecord | 'damaged' | undefined> {
  // A local file system lists a small directory in one step. One that does not may miss a name that changes meanwhile.
  for (let left = 10; left > 0; left--) {
    const files = await readdir(directory).catch(nothingThere)
    if (!files) return undefined
    const [name, ...others] = files.filter((file) => namePattern.test(file))
    const id = name && namePattern.exec(name)?.[1]
    if (id && others.length === 0) {
      const data = files.filter((file) => file.endsWith(dataEnding))
      return { name, id, present: name.endsWith('.current'), data }
    }
  }
  return 'damaged'
}

/** Reads the content of a record; `undefined` where it was replaced since the record was read, or is lost. */
export async function readData(directory: string, id: string): Promise<string | undefined> {
  return readFile(join(directory, id + dataEnding), 'utf8').catch(nothingThere)
}

/** Writes a key's first record: a directory that is made beside its place and moved there whole. `false` where there is one. */
export async function createRecord(directory: string, id: string, content: string): Promise<boolean> {
  const draft = `${directory}.${id}`
  try {
    await mkdir(draft, { mode: 0o700 })
    await writeNew(join(draft, id + dataEnding), content)
    await writeNew(join(draft, `${id}.current`), '')
    await syncDirectory(draft)
    await rename(draft, directory)
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    if (takenCodes.has(codeOf(error)) && (await readRecord(directory))) return false
    throw error
  }
  await syncDirectory(dirname(directory))
  return true
}

/** Puts new content, or nothing, in the place of a record. `false` where that is no longer the current one. */
export async function replaceRecord(
  directory: string,
  from: FileRecord,
  id: string,
  content: string | undefined,
): Promise<boolean> {
  const data = join(directory, id + dataEnding)
  const name = `${id}.${content === undefined ? 'deleted' : 'current'}`
  if (content !== undefined) {
    try {
      await writeNew(data, content)
      await syncDirectory(directory)
    } catch (error) {
      await rm(data, { force: true }).catch(() => {})
      throw error
    }
  }
  try {
    await rename(join(directory, from.name), join(directory, name))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await rm(data, { force: true })
    return false
  }
  await syncDirectory(directory)
  // Whoever laid them down had read this record or an earlier one: none of them can become current any more.
  await Promise.allSettled(from.data.map((file) => rm(join(directory, file), { force: true })))
  return true
}

/** Removes what crashed processes left of first records whose place is taken: nobody can finish them. */
export async function removeDrafts(root: string): Promise<void> {
  const entries = await readdir(root)
  const places = new Set(entries)
  const left = entries.filter((entry) => {
    const [place = '', id] = entry.split('.')
    return id !== undefined && /^[\da-f]{64}$/.test(place) && places.has(place)
  })
  await Promise.allSettled(left.map((draft) => rm(join(root, draft), { recursive: true, force: true })))
}

function nothingThere(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error
}
