// What it costs to begin: importing each entry in a fresh process of plain Node, and how large it is packed.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { writeSection } from '../report.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rounds = 9

/** What a program imports; several where the first call loads more. */
const subjects: readonly (readonly string[])[] = [
  ['axios'],
  ['undici'],
  ['stripe'],
  ['@octokit/rest'],
  ['@slack/web-api'],
  ['hawser'],
  ['hawser/github'],
  ['hawser/github', 'axios'],
  ['hawser/github', 'hawser/undici'],
  ['hawser/axios'],
  ['hawser/webhooks'],
  ['hawser/oauth'],
  ['hawser/signing'],
  ['hawser/stores'],
  ['hawser/testing'],
]

interface Start {
  /** Milliseconds. */
  readonly cpu: number
  readonly wall: number
  /** Bytes, after a collection. */
  readonly heap: number
  readonly rss: number
}

function start(names: readonly string[]): Start {
  const script = `
    gc()
    const [memory, cpu, at] = [process.memoryUsage(), process.cpuUsage(), performance.now()]
    ${names.map((name) => `await import('${name}')`).join('\n')}
    const wall = performance.now() - at
    const { user, system } = process.cpuUsage(cpu)
    gc()
    const { heapUsed, rss } = process.memoryUsage()
    console.log(JSON.stringify({ cpu: (user + system) / 1000, wall, heap: heapUsed - memory.heapUsed, rss: rss - memory.rss }))`
  const args = ['--expose-gc', '--input-type=module', '--eval', script]
  // Without the hooks that run the benchmark itself.
  const { NODE_OPTIONS: _, ...env } = process.env
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' }))
}

/** Kilobytes, minified and gzipped, with all that it may load except what Node brings and what its user has chosen already. */
async function packedKb(names: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: names.map((name) => `export * from '${name}'`).join('\n'), resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    // hawser's transports and engines that are loaded when they are used; a row of their own says what they add.
    external: names.some((name) => name.startsWith('hawser'))
      ? ['axios', 'undici', 'msw', 'bottleneck'].filter((each) => !names.includes(each))
      : [],
  })
  return (gzipSync(outputFiles[0]?.contents ?? '').length / 1000).toFixed(1)
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

export async function run(): Promise<void> {
  const starts = new Map(subjects.map((names) => [names, [] as Start[]]))
  for (const [names] of starts) start(names)
  for (let left = rounds; left > 0; left--) {
    for (const [names, found] of starts) found.push(start(names))
  }
  const of = (names: string, part: keyof Start): readonly number[] =>
    [...starts].flatMap(([each, found]) => (each.join(' + ') === names ? found.map((one) => one[part]) : []))
  const rows: string[] = []
  for (const [names, found] of starts) {
    const [cpu, wall, heap, rss] = (['cpu', 'wall', 'heap', 'rss'] as const).map((part) =>
      median(found.map((one) => one[part])),
    )
    const memory = [heap, rss].map((bytes = NaN) => (bytes / 1e6).toFixed(1))
    const name = names.map((each) => `\`${each}\``).join(' + ')
    rows.push(`| ${[name, cpu?.toFixed(0), wall?.toFixed(0), ...memory, await packedKb(names)].join(' | ')} |`)
  }
  const axios = of('axios', 'cpu')
  const ratio = (names: string): string =>
    median(of(names, 'cpu').map((cpu, turn) => cpu / (axios[turn] ?? Number.NaN))).toFixed(2)
  writeSection('cold', [
    '## A cold start',
    '',
    `Each entry imported as an ES module in ${rounds} fresh processes of plain Node, in turns: medians of CPU and wall milliseconds, and of what the heap (after a collection) and the process hold more than before. Packed: bundled with what it imports, minified and gzipped; a hawser entry without axios, undici, msw and bottleneck, which are loaded when they are used. axios is loaded by the first call over it, hence the row that has both; with \`hawser/undici\` it is never loaded. \`npm run bench -- cold\`.`,
    '',
    '| import | CPU ms | wall ms | heap MB | process MB | packed kB |',
    `| --- |${' ---: |'.repeat(5)}`,
    ...rows,
    '',
    '| bar, the median of the rounds’ own ratios | measured | at most |',
    '| --- | ---: | ---: |',
    `| CPU of \`hawser/github\`, against \`axios\` | ${ratio('hawser/github')} | 1.3 |`,
    `| CPU of \`hawser/github\` and \`axios\`, as after the first call, against \`axios\` | ${ratio('hawser/github + axios')} | |`,
  ])
}
