import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, expect, it } from 'vitest'
import { runNew } from '../../src/cli/new.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-new-'))
  folders.push(folder)
  return folder
}

async function run(directory: string, ...args: readonly string[]) {
  let out = ''
  let errors = ''
  const stdout = { write: (text: string | Uint8Array) => (out += String(text)) }
  const code = await runNew(args, { stdout, stderr: { write: (text) => (errors += text) } }, directory)
  return { code, out, errors }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|build/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

/** The scaffold's own compiler options, with the workspace in place of the installed package. */
function problemsIn(folder: string): string[] {
  const ours = ts.parseJsonConfigFileContent(read(join(root, 'tsconfig.json')), ts.sys, root).options
  const config = ts.parseJsonConfigFileContent(read(join(folder, 'tsconfig.json')), ts.sys, folder)
  expect(config.errors).toEqual([])
  const { lib = [], paths = {}, pathsBasePath } = ours
  const { rootDir: _, ...options } = config.options
  const typeRoots = [join(root, 'node_modules/@types')]
  const program = ts.createProgram(config.fileNames, { ...options, lib, paths, pathsBasePath, typeRoots, noEmit: true })
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
}

it('writes a package that type-checks and whose tests pass on all three fronts', { timeout: 120_000 }, async () => {
  const directory = emptyFolder()
  const { code, out, errors } = await run(directory, 'connector', '@me/hawser-tide-tables')
  expect([code, errors]).toEqual([0, ''])
  expect(out).toContain('cd hawser-tide-tables\n  npm install\n  npm test\n')
  const folder = join(directory, 'hawser-tide-tables')
  expect(problemsIn(folder)).toEqual([])

  const tests = ['--test', '--test-reporter=tap', join(folder, 'test/conformance.test.ts')]
  const env = { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') }
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', ...tests], { cwd: root, env })
  const count = (name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(stdout)?.[1])
  expect([count('fail'), count('cancelled'), count('todo')]).toEqual([0, 0, 0])
  expect(count('pass')).toBeGreaterThan(60)
  for (const front of ['msw', 'memory', 'loopback']) expect(stdout).toMatch(new RegExp(`^ok \\d+ - ${front}: `, 'm'))
  // Of what a connector has, the scaffold shows all: no case is left out for want of it.
  expect(count('skipped')).toBe(0)
})

it('gives package, class, values and vendor their names, and leaves none of the template’s', async () => {
  const directory = emptyFolder()
  await run(directory, 'connector', '@me/hawser-tide-tables')
  const folder = join(directory, 'hawser-tide-tables')
  const all = filesIn(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
  expect(all.filter((text) => /acme/i.test(text))).toEqual([])
  const { name, peerDependencies } = read(join(folder, 'package.json'))
  const { version } = read(join(root, 'package.json'))
  expect([name, peerDependencies]).toEqual(['@me/hawser-tide-tables', { hawser: `^${version}` }])
  const profile = readFileSync(join(folder, 'src/profile.ts'), 'utf8')
  expect(profile).toContain('export const tideTablesProfile: VendorProfile = {\n')
  expect(profile).toContain("name: 'tide-tables'")
  const index = readFileSync(join(folder, 'src/index.ts'), 'utf8')
  expect(index).toContain('export class TideTables extends Connector {\n')
})

it('asks for the releases that this package is tested with', () => {
  const { devDependencies } = read(join(root, 'templates/connector/manifest.json'))
  const own = read(join(root, 'package.json')).devDependencies
  expect(Object.keys(devDependencies)).toHaveLength(3)
  for (const [name, range] of Object.entries(devDependencies)) expect([name, range]).toEqual([name, `^${own[name]}`])
})

it('has the shape of the example of a third party', async () => {
  const directory = emptyFolder()
  await run(directory, 'connector', 'hawser-ferry')
  const example = filesIn(join(root, 'examples/third-party-connector'))
  expect(example).toEqual(filesIn(join(directory, 'hawser-ferry')))
})

it.each([
  ['a path upwards', '../x', 'is no name for a package'],
  ['a path within', 'a/b', 'is no name for a package'],
  ['an absolute path', '/tmp/x', 'is no name for a package'],
  ['a path upwards in a scope', '@me/../x', 'is no name for a package'],
  ['dots', '..', 'is no name for a package'],
  ['a path of Windows', '..\\x', 'is no name for a package'],
  ['capitals', 'Tides', 'is no name for a package'],
  ['spaces', 'the tides', 'is no name for a package'],
  ['nothing', '', 'is no name for a package'],
  ['a line break', 'tides\n', 'is no name for a package'],
  ['215 letters', 'a'.repeat(215), 'is no name for a package'],
  ['a module of Node’s', 'http', 'is taken'],
  ['hawser’s own name', 'hawser', 'is taken'],
  ['npm’s folder', 'node_modules', 'is taken'],
  ['no letter to begin with', 'hawser-37signals', 'begins with a letter'],
  ['no vendor', 'hawser-', 'begins with a letter'],
  ['the name of something in the files', 'hawser-item', 'Try `hawser-item-api`'],
  ['the name of the base', 'connector', 'Try `hawser-connector-api`'],
])('refuses %s, and writes nothing', async (_, name, sentence) => {
  const directory = emptyFolder()
  const { code, out, errors } = await run(directory, 'connector', name)
  expect([code, out]).toEqual([2, ''])
  expect(errors).toContain(sentence)
  expect(readdirSync(directory)).toEqual([])
})

it('refuses a folder that is not empty, a file and a link, and leaves them as they are', async () => {
  const directory = emptyFolder()
  mkdirSync(join(directory, 'hawser-tides'))
  writeFileSync(join(directory, 'hawser-tides/notes.txt'), 'mine')
  writeFileSync(join(directory, 'hawser-moon'), 'mine')
  symlinkSync(emptyFolder(), join(directory, 'hawser-sun'))
  const full = await run(directory, 'connector', 'hawser-tides')
  expect([full.code, full.errors]).toEqual([2, expect.stringContaining('is not empty. Nothing was written.')])
  for (const name of ['hawser-moon', '@me/hawser-sun']) {
    const { code, errors } = await run(directory, 'connector', name)
    expect([code, errors]).toEqual([2, expect.stringContaining('is no folder. Nothing was written.')])
  }
  expect(filesIn(directory)).toEqual(['hawser-moon', 'hawser-tides/notes.txt'])
  expect(readdirSync(join(directory, 'hawser-sun'))).toEqual([])
})

it('writes into a folder that is there and empty', async () => {
  const directory = emptyFolder()
  mkdirSync(join(directory, 'tides'))
  expect((await run(directory, 'connector', 'tides')).code).toBe(0)
  expect(filesIn(join(directory, 'tides'))).toContain('package.json')
})

it.each([[[]], [['connector']], [['client', 'tides']], [['connector', 'a', 'b']], [['connector', 'a', '--force']]])(
  'shows how it is used where it is called with %j',
  async (args) => {
    const directory = emptyFolder()
    const { code, errors } = await run(directory, ...args)
    expect([code, errors]).toEqual([2, expect.stringContaining('hawser new connector <name>')])
    expect(readdirSync(directory)).toEqual([])
  },
)
