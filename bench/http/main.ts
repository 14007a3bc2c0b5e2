// What one call costs over a real socket: hawser's whole standard stack beside the libraries it is made of and its peers.
// All clients live in one process and take turns, round by round; the server has a process of its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { writeSection } from '../report.ts'
import { subjectsFor, type Subject } from './subjects.ts'

const concurrencies = [1, 10, 50, 200]
const rounds = 7
const callsOf = (concurrency: number): number => (concurrency === 1 ? 300 : 1_000)

interface Round {
  /** Microseconds of CPU time a call. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function round({ get }: Subject, concurrency: number): Promise<Round> {
  const calls = callsOf(concurrency)
  const took: number[] = []
  let left = calls
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const from = performance.now()
      await get()
      took.push(performance.now() - from)
    }
  }
  globalThis.gc?.()
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const { user, system } = process.cpuUsage(before)
  took.sort((a, b) => a - b)
  const at = (part: number): number => took[Math.floor(took.length * part)] ?? Number.NaN
  return { cpu: (user + system) / calls, p50: at(0.5), p99: at(0.99) }
}

async function measure(subjects: readonly Subject[], concurrency: number): Promise<readonly Round[]> {
  const results: Round[][] = subjects.map(() => [])
  for (const subject of subjects) await round(subject, concurrency)
  for (let turn = 0; turn < rounds; turn++) {
    // In turns from the front and from the back, so that a machine that gets slower is not held against the last.
    const order = [...subjects.entries()]
    for (const [at, subject] of turn % 2 === 0 ? order : order.toReversed()) {
      results[at]?.push(await round(subject, concurrency))
    }
  }
  return results.map((result) => ({
    cpu: median(result.map(({ cpu }) => cpu)),
    p50: median(result.map(({ p50 }) => p50)),
    p99: median(result.map(({ p99 }) => p99)),
  }))
}

export async function run(): Promise<void> {
  const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: process.execArgv })
  const [address] = await once(server, 'message')
  const { port }: { port: number } = address
  const subjects = subjectsFor(`http://127.0.0.1:${port}`)
  const figures = new Map<number, readonly Round[]>()
  try {
    for (const concurrency of concurrencies) figures.set(concurrency, await measure(subjects, concurrency))
  } finally {
    for (const { close } of subjects) await close?.()
    server.disconnect()
  }
  report(subjects, figures)
}

function report(subjects: readonly Subject[], figures: ReadonlyMap<number, readonly Round[]>): void {
  const of = (at: number, concurrency: number): Round =>
    figures.get(concurrency)?.[at] ?? { cpu: Number.NaN, p50: Number.NaN, p99: Number.NaN }
  const rows = subjects.map(({ name }, at) => {
    const cpu = concurrencies.map((concurrency) => of(at, concurrency).cpu.toFixed(0))
    const wait = [50, 200].map((concurrency) => of(at, concurrency)).flatMap(({ p50, p99 }) => [p50, p99])
    return `| ${[name, ...cpu, ...wait.map((ms) => ms.toFixed(1))].join(' | ')} |`
  })
  const [raw, fast, standard, plain] = [0, 1, 2, 3]
  const ratio = (ours: number, theirs: number): string => (of(ours, 50).cpu / of(theirs, 50).cpu).toFixed(2)
  const tail = (of(fast, 200).p99 / of(raw, 200).p99).toFixed(2)
  writeSection('http', [
    '## A call over a socket',
    '',
    `1 kB of JSON from a server on loopback, read and parsed. Microseconds of CPU time a call with 1, 10, 50 and 200 calls at a time; milliseconds a call took. Medians of ${rounds} interleaved rounds. hawser carries its whole standard stack (deadline, retry, breaker, bulkhead, redirect, credential, attempt timeout) with its defaults, so that 50 calls are on the wire and the others wait; the pool of undici has 50 connections as well. \`npm run bench -- http\`.`,
    '',
    '| client | CPU, 1 | 10 | 50 | 200 | p50 at 50 | p99 at 50 | p50 at 200 | p99 at 200 |',
    `| --- |${' ---: |'.repeat(8)}`,
    ...rows,
    '',
    '| bar | measured | at most |',
    '| --- | ---: | ---: |',
    `| hawser on undici, CPU at 50, against undici \`request\` | ${ratio(fast, raw)} | 1.35 |`,
    `| hawser on undici, CPU at 50, against axios as it comes | ${ratio(fast, plain)} | 0.25 |`,
    `| hawser on axios, CPU at 50, against axios as it comes | ${ratio(standard, plain)} | 0.85 |`,
    `| hawser on undici, p99 at 200, against undici \`request\` | ${tail} | 1.5 |`,
  ])
}
