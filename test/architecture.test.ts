import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const source = fileURLToPath(new URL('../src', import.meta.url))

interface SourceFile {
  /** Relative to `src/`, as in `http/path.ts`. */
  readonly name: string
  readonly text: string
  /** What it imports or re-exports: files of `src/` by name, packages as they are written. */
  readonly imports: readonly string[]
}

const files: readonly SourceFile[] = readdirSync(source, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name)
    const name = relative(source, path).split(sep).join(posix.sep)
    const text = readFileSync(path, 'utf8')
    const named = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
    return { name, text, imports: named.map((at) => (at.startsWith('.') ? posix.join(dirname(name), at) : at)) }
  })

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

/** A file imports from a lower floor or from its own folder. */
function floorOf(name: string): number {
  const [folder = ''] = name.split('/')
  if (name === 'index.ts') return 5
  if (!name.includes('/')) return 0
  const floors: Record<string, number> = {
    http: 1,
    policies: 2,
    quota: 2,
    auth: 2,
    webhooks: 2,
    client: 3,
    connector: 4,
    axios: 6,
    signing: 6,
    connectors: 6,
    stores: 6,
    oauth: 6,
    testing: 6,
    undici: 6,
    cli: 6,
  }
  return floors[folder] ?? Number.NaN
}

const folderOf = (name: string): string => dirname(name)
const violations = (broken: (file: SourceFile, imported: string) => boolean): string[] =>
  files.flatMap((file) =>
    file.imports.filter((imported) => broken(file, imported)).map((imported) => `${file.name} imports ${imported}`),
  )
const filesWith = (pattern: RegExp): string[] =>
  files.filter(({ text }) => pattern.test(withoutComments(text))).map(({ name }) => name)

it('knows the floor of every file', () => {
  expect(files.length).toBeGreaterThan(40)
  expect(files.filter(({ name }) => Number.isNaN(floorOf(name)))).toEqual([])
})

it('imports downwards only, or from the same folder; peers never import each other', () => {
  expect(
    violations(({ name }, imported) => {
      if (!imported.endsWith('.ts')) return false
      const [from = ''] = name.split('/')
      const [to = ''] = imported.split('/')
      // A connector's folder is the vendor's, and knows no other vendor's.
      const sameFolder = folderOf(name) === folderOf(imported) || (from === to && from !== 'connectors')
      return !sameFolder && floorOf(imported) >= floorOf(name)
    }),
  ).toEqual([])
})

it('has no cycles, type imports included', () => {
  const byName = new Map(files.map((file) => [file.name, file]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) cycles.push([...path.slice(path.indexOf(name)), name].join(' → '))
    if (done.has(name) || path.includes(name)) return
    for (const imported of byName.get(name)?.imports ?? []) visit(imported, [...path, name])
    done.add(name)
  }
  for (const { name } of files) visit(name, [])
  expect(cycles).toEqual([])
})

it('gives connectors, adapters and the harness the public API and nothing else', () => {
  expect(
    violations(({ name }, imported) => {
      if (floorOf(name) < 6 || !imported.endsWith('.ts')) return false
      const [folder, vendor] = name.split('/')
      return !imported.startsWith(folder === 'connectors' ? `connectors/${vendor}/` : `${folder}/`)
    }),
  ).toEqual([])
})

it('takes time and chance from the runtime only', () => {
  expect(
    filesWith(/\bDate\.now\b|\bsetTimeout\b|\bsetInterval\b|\bMath\.random\b|\bperformance\.now\b|\brandomUUID\b/),
  ).toEqual(['runtime.ts'])
  expect(filesWith(/\bfetch\(/)).toEqual([])
})

it('keeps axios in its own files and loads it when it is used', () => {
  const later = ['http/axios-transport.ts', 'oauth/control-plane.ts']
  expect(
    violations(
      ({ name }, imported) => /^axios(?:-retry)?$/.test(imported) && !['axios/index.ts', ...later].includes(name),
    ),
  ).toEqual([])
  const loading = files.filter(({ name }) => later.includes(name))
  expect(loading.map(({ text }) => text.match(/^import (?!type).*'axios(?:-retry)?'/m))).toEqual([null, null])
})

it('imports no package statically that plain Jest could not load', () => {
  const esmOnly = ['jose', 'openid-client', 'oauth4webapi', 'msw', 'msw/node']
  const statically = (text: string): string[] =>
    [...text.matchAll(/^(?:import|export) (?!type)[^;]*? from '([^']+)'/gm)].map((match) => match[1] ?? '')
  expect(
    files.flatMap(({ name, text }) =>
      statically(text)
        .filter((imported) => esmOnly.includes(imported))
        .map((imported) => `${name}: ${imported}`),
    ),
  ).toEqual([])
})

it('S42: gives the parts that see tokens three packages of others, and axios for the calls', () => {
  const allowed = /^(?:node:|hawser(?:\/|$)|\.|(?:auth|oauth)\/)|^(?:openid-client|jose|axios|axios-retry)$/
  const foreign = files
    .filter(({ name }) => name.startsWith('oauth/') || name.startsWith('auth/'))
    .flatMap(({ name, imports }) =>
      imports.filter((at) => !at.endsWith('.ts') && !allowed.test(at)).map((at) => `${name}: ${at}`),
    )
  expect(foreign).toEqual([])
})

it('keeps a connector to facts, types and methods', () => {
  const connectors = files.filter(({ name }) => name.startsWith('connectors/'))
  expect(connectors.length).toBeGreaterThan(10)
  const busy = /\b(?:for|while|do) ?[({]|\bretry\(|\bnew Promise\b|\bsleep\(|\b(?:apply|renew|refreshToken)\(/
  // What an answer's headers and body mean is said to the core's readers, which look into them.
  const reading =
    /\bheaders(?:\?\.)?[[.]|\bDate\.|\b(?:retryAfterMs|bodyText|parseJson)\(|\bBuffer\.from\(|\bJSON\.|\bparse(?:Int|Float)\(/
  for (const forbidden of [busy, reading]) {
    expect(connectors.filter(({ text }) => forbidden.test(withoutComments(text))).map(({ name }) => name)).toEqual([])
  }
  for (const { name, text } of connectors.filter((file) => file.name.endsWith('/index.ts'))) {
    // A method ends where the next one begins, at the same depth.
    const methods = text.split(/\n    (?=\w+: \()/).slice(1)
    const lines = methods.map((method) => method.split('\n  }')[0]?.trim().split('\n').length ?? 0)
    const median = lines.toSorted((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0
    expect([name, methods.length >= 12, median <= 5]).toEqual([name, true, true])
  }
})

it('keeps no state in a module', () => {
  expect(filesWith(/^(?:export )?(?:let|var) /m)).toEqual([])
  expect(filesWith(/^(?:export )?const \w+(?:: [^=]+)? = new (?:Map|WeakMap)\b/m)).toEqual([])
})

it('keeps a file to one idea that fits on two screens, and names it', () => {
  expect(files.filter(({ text }) => text.split('\n').length > 251).map(({ name }) => name)).toEqual([])
  expect(files.filter(({ name }) => /(?:^|\/)(?:utils?|helpers?|common|misc)(?:\/|\.ts$)/.test(name))).toEqual([])
})

it('silences the compiler nowhere', () => {
  expect(filesWith(/\bas any\b|: any\b|<any>|as unknown as|@ts-ignore|@ts-expect-error/)).toEqual([])
  expect(files.filter(({ text }) => /@ts-(?:ignore|expect-error)/.test(text))).toEqual([])
})

it('names the vendors in their own folders only', () => {
  // A signature scheme is a fact about its vendor, and has its place in these two folders.
  const core = files.filter(({ name }) => floorOf(name) < 5 && !/^webhooks\/(?:schemes|vendors)\//.test(name))
  expect(
    core.filter(({ text }) => /github|stripe|slack|shopify/i.test(withoutComments(text))).map(({ name }) => name),
  ).toEqual([])
})
