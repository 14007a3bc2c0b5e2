import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = existsSync(`${root}examples`) ? readdirSync(`${root}examples`) : []
// The demo takes its time, and has a command of its own: `npm run demo`.
const examples = folders.filter((name) => name !== 'demo')

it('keeps each example in `examples/<name>/main.ts`', () => {
  expect(folders.filter((name) => !existsSync(`${root}examples/${name}/main.ts`))).toEqual([])
})

it.each(examples)('runs examples/%s', { timeout: 60_000 }, async (name) => {
  // It rejects, with what was printed, unless the exit code is 0.
  const options = { cwd: root, timeout: 50_000 }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', `examples/${name}/main.ts`],
    options,
  )
  expect(stdout.trim()).not.toBe('')
})
