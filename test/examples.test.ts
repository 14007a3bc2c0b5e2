import { execFile } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = existsSync(`${root}examples`) ? readdirSync(`${root}examples`) : []
// The demo takes its time, and has a command of its own: `npm run demo`.
const examples = folders.filter((name) => name !== 'demo')
// A package of its own is run by its tests.
const argumentsOf = (name: string): readonly string[] => {
  const tests = `examples/${name}/test`
  if (!existsSync(root + tests)) return [`examples/${name}/main.ts`]
  const files = readdirSync(root + tests).filter((file) => file.endsWith('.test.ts'))
  return ['--test', ...files.map((file) => `${tests}/${file}`)]
}

it('keeps each example in `examples/<name>/main.ts`, or in a package with tests', () => {
  expect(
    folders.filter((name) => !['main.ts', 'test'].some((entry) => existsSync(`${root}examples/${name}/${entry}`))),
  ).toEqual([])
})

it.each(examples)('runs examples/%s', { timeout: 60_000 }, async (name) => {
  // It rejects, with what was printed, unless the exit code is 0.
  const options = { cwd: root, timeout: 50_000 }
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...argumentsOf(name)], options)
  expect(stdout.trim()).not.toBe('')
})
