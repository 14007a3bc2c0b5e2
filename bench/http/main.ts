// What one call costs over a real socket: hawser's whole standard stack beside the libraries it is made of and its peers.
// Each client has a process of its own and they take turns, round by round; so has the server.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { writeSection } from '../report.ts'
import type { Round, Task } from './client.ts'
import { slow, subjects } from './subjects.ts'

const names = Object.keys(subjects)
const concurrencies = [1, 10, 50, 200]
const rounds = 7
// For the bars between the first two alone: of a few rounds, the slowest hundredth of one may be a half off.
const duelRounds = 41
const callsOf = (concurrency: number): number => (concurrency === 1 ? 1_000 : 3_000)
const partOf = (at: number): number => (slow.includes(names[at] ?? '') ? 0.1 : 1)
// What the compiler makes of the same code differs from process to process by a fifth, so those that the bars compare have three.
const compared = 4
const processesOf = (at: number): number => (at < compared ? 3 : 1)
// Before that, half of the time goes to the compiler, and of two runs neither tells what the other does.
const warmUpCalls = 20_000

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const start = (file: string, ...args: readonly string[]): ChildProcess =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: process.execArgv })

/** One round of a client: each of its processes plays it, and the one in the middle counts. */
async function round(client: readonly ChildProcess[], task: Task): Promise<Round> {
  const results: Round[] = []
  for (const one of client) {
    one.send(task)
    const [result]: Round[] = await once(one, 'message')
    if (result) results.push(result)
  }
  const middle = (part: keyof Round): number => median(results.map((each) => each[part]))
  return { cpu: middle('cpu'), p50: middle('p50'), p99: middle('p99') }
}

/** By how many calls at a time: the rounds of each client. */
type Figures = Map<number, readonly (readonly Round[])[]>

/** The rounds of each client, in the order in which they were played. */
async function measure(
  clients: readonly (readonly ChildProcess[])[],
  concurrency: number,
  turns: number,
): Promise<readonly (readonly Round[])[]> {
  const results: Round[][] = clients.map(() => [])
  const taskOf = (at: number): Task => ({ concurrency, calls: callsOf(concurrency) * partOf(at) })
  for (const [at, client] of clients.entries()) await round(client, taskOf(at))
  for (let turn = 0; turn < turns; turn++) {
    // In turns from the front and from the back, so that a machine that gets slower is not held against the last.
    const order = [...clients.entries()]
    for (const [at, client] of turn % 2 === 0 ? order : order.toReversed()) {
      results[at]?.push(await round(client, taskOf(at)))
    }
  }
  return results
}

export async function run(): Promise<void> {
  const server = start('server.ts')
  const [address] = await once(server, 'message')
  const { port }: { port: number } = address
  const clients: ChildProcess[][] = []
  const figures: Figures = new Map()
  const duel: Figures = new Map()
  try {
    for (const [at, name] of names.entries()) {
      const client: ChildProcess[] = []
      clients.push(client)
      while (client.length < processesOf(at)) {
        const one = start('client.ts', name, `http://127.0.0.1:${port}`)
        client.push(one)
        await once(one, 'message')
      }
    }
    for (const [at, client] of clients.entries()) {
      await round(client, { concurrency: 50, calls: warmUpCalls * partOf(at) })
    }
    for (const concurrency of concurrencies) figures.set(concurrency, await measure(clients, concurrency, rounds))
    for (const concurrency of [50, 200])
      duel.set(concurrency, await measure(clients.slice(0, 2), concurrency, duelRounds))
  } finally {
    for (const child of [...clients.flat(), server]) child.disconnect()
  }
  report(figures, duel)
}

const head = (what: string): readonly string[] => [
  `| ${what} | ${concurrencies.join(' | ')} |`,
  `| --- |${' ---: |'.repeat(concurrencies.length)}`,
]

const rowsOf = (cell: (at: number, concurrency: number) => string): readonly string[] =>
  names.map((name, at) => `| ${[name, ...concurrencies.map((concurrency) => cell(at, concurrency))].join(' | ')} |`)

function report(figures: Figures, duel: Figures): void {
  const middle = (at: number, concurrency: number, part: keyof Round): number =>
    median((figures.get(concurrency)?.[at] ?? []).map((each) => each[part]))
  const [raw, fast, standard, plain] = [0, 1, 2, 3]
  /** Round by round, so that what slows the machine down for a while does so on both sides. */
  const ratio = (among: Figures, part: keyof Round, concurrency: number, ours: number, theirs: number): string => {
    const [mine = [], beside = []] = [ours, theirs].map((at) => among.get(concurrency)?.[at])
    return median(mine.map((each, turn) => each[part] / (beside[turn]?.[part] ?? Number.NaN))).toFixed(2)
  }
  writeSection('http', [
    '## A call over a socket',
    '',
    `1 kB of JSON from a server on loopback, read and parsed. Microseconds of CPU time, and milliseconds that a call took, without the burst in which each round begins. Medians of ${rounds} interleaved rounds, each client in a process of its own (the first four in three, of which the middle one counts) and after ${warmUpCalls.toLocaleString('en')} calls to warm up; bottleneck takes milliseconds a call, and has a tenth of the calls. hawser carries its whole standard stack (deadline, retry, breaker, throttle, bulkhead, redirect, an OAuth connection whose token is kept fresh, attempt timeout) with its defaults, so that 50 calls are on the wire and the others wait; the pool of undici has 50 connections as well. \`npm run bench -- http\`.`,
    '',
    ...head('CPU time of a call, with so many at a time'),
    ...rowsOf((at, concurrency) => middle(at, concurrency, 'cpu').toFixed(0)),
    '',
    ...head('how long a call took: p50 / p99'),
    ...rowsOf((at, concurrency) =>
      (['p50', 'p99'] as const).map((part) => middle(at, concurrency, part).toFixed(1)).join(' / '),
    ),
    '',
    `| bar, the median of the rounds’ own ratios (against undici, ${duelRounds} rounds of the two) | measured | at most |`,
    '| --- | ---: | ---: |',
    `| hawser on undici, CPU at 50, against undici \`request\` | ${ratio(duel, 'cpu', 50, fast, raw)} | 1.35 |`,
    `| hawser on undici, CPU at 50, against axios as it comes | ${ratio(figures, 'cpu', 50, fast, plain)} | 0.25 |`,
    `| hawser on axios, CPU at 50, against axios as it comes | ${ratio(figures, 'cpu', 50, standard, plain)} | 0.85 |`,
    `| hawser on undici, p99 at 200, against undici \`request\` | ${ratio(duel, 'p99', 200, fast, raw)} | 1.5 |`,
  ])
}
