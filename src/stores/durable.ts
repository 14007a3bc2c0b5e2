import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Writes a new file that its owner alone may read. Resolves when its content is on the disk. */
export async function writeNew(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/**
 * Resolves when the names in a directory are on the disk: a file's own `fsync` does not promise that.
 *
 * @see https://man7.org/linux/man-pages/man2/fsync.2.html
 */
export async function syncDirectory(path: string): Promise<void> {
  // Windows opens no directory this way, and writes names to its journal by itself.
  if (process.platform === 'win32') return
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** Makes a directory for its owner alone, with those above it that are missing. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  const top = dirname(resolve(first))
  for (let at = dirname(resolve(path)); at.length >= top.length; at = dirname(at)) {
    await syncDirectory(at)
    if (at === top) return
  }
}
