import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigurationError, isHawserError } from 'hawser'
import { connectorNames } from './connector-names.ts'
import { connectorFiles } from './connector-template.ts'
import type { Console } from './console.ts'

const usage = `Usage:
  hawser new connector <name>

  <name>  of the package, such as hawser-tides or @me/hawser-tides

Writes a package into a folder of that name: a connector, a simulator of its vendor, and tests that pass.
`

/** Runs `hawser new …` in a directory and resolves with the exit code. */
export async function runNew(
  args: readonly string[],
  { stdout, stderr }: Pick<Console, 'stdout' | 'stderr'>,
  directory: string = process.cwd(),
): Promise<number> {
  try {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [kind, name, ...others] = positionals
    if (kind !== 'connector' || name === undefined || others.length > 0) {
      throw new ConfigurationError('What is to be made is `connector`, with one name.')
    }
    const names = connectorNames(name)
    const files = connectorFiles(names)
    const folder = resolve(directory, names.folder)
    checkFree(folder)
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text, { flag: 'wx' })
    }
    stdout.write(`Wrote ${files.length} files. Next:\n\n  cd ${names.folder}\n  npm install\n  npm test\n`)
    return 0
  } catch (error) {
    if (!isUserMistake(error)) throw error
    stderr.write(`${error.message}\n\n${usage}`)
    return 2
  }
}

/** @throws {ConfigurationError} where there is something else than an empty folder */
function checkFree(folder: string): void {
  const there = lstatSync(folder, { throwIfNoEntry: false })
  if (!there) return
  if (!there.isDirectory()) throw new ConfigurationError(`\`${folder}\` exists and is no folder. Nothing was written.`)
  if (readdirSync(folder).length > 0) {
    throw new ConfigurationError(`\`${folder}\` is not empty. Nothing was written.`)
  }
}

function isUserMistake(error: unknown): error is Error {
  return (
    isHawserError(error) ||
    (error instanceof Error && /^(?:ERR_PARSE_ARGS|EACCES|EPERM|EROFS)/.test(String(Reflect.get(error, 'code'))))
  )
}
