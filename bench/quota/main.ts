/**
 * Measures hawser and its peers in every scenario, prints the tables and writes them to `docs/benchmarks.md`.
 *
 * `main.ts [--reps 5] [--peer-reps 3] [--only <part of a client's name>] [--scenarios S1,S2] [--write]`
 */
import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { clients } from './clients.ts'
import { measureGate } from './gate-cost.ts'
import type { Run } from './measure.ts'
import { scenarios, type Scenario } from './scenarios.ts'
import { writeSection } from '../report.ts'
import { tableOf } from './report.ts'

const { values } = parseArgs({
  options: {
    reps: { type: 'string', default: '5' },
    'peer-reps': { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    scenarios: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
})
// Where in a second of the vendor's clock a run begins: each repetition elsewhere.
const phases = [0.1, 0.5, 0.8, 0.3, 0.7]
// A run of 100 calls a second leaves a core nearly idle; the fast scenario runs alone.
const atOnce = 2

const chosen = scenarios.filter(({ id }) => values.scenarios === '' || values.scenarios.split(',').includes(id))
const names = Object.keys(clients).filter((name) => name.includes(values.only))

interface Task {
  readonly scenario: Scenario
  readonly client: string
  readonly phase: number
}

const results = new Map<string, Run[]>()

async function measure({ scenario, client, phase }: Task): Promise<void> {
  const script = fileURLToPath(new URL('measure.ts', import.meta.url))
  const args = ['--import', 'tsx', script, scenario.id, client, String(phase)]
  const run = await promisify(execFile)(process.execPath, args, { timeout: 90_000 }).then(
    ({ stdout }): Run => JSON.parse(stdout),
    () => undefined,
  )
  console.error(`${scenario.id} ${client} ${phase}: ${run ? JSON.stringify(run) : 'did not finish within 90 s'}`)
  const key = `${scenario.id} ${client}`
  if (run) results.set(key, [...(results.get(key) ?? []), run])
}

async function measureAll(tasks: readonly Task[], width: number): Promise<void> {
  const queue = [...tasks]
  const worker = async (): Promise<void> => {
    for (let task = queue.shift(); task; task = queue.shift()) await measure(task)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

const tasks = chosen.flatMap((scenario) =>
  names.flatMap((client) => {
    const reps = Number(client.startsWith('hawser,') ? values.reps : values['peer-reps'])
    // What the transport itself costs matters in the fast scenario only.
    if (client.includes('node:http') && scenario.perSecond <= 200) return []
    return phases.slice(0, reps).map((phase) => ({ scenario, client, phase }))
  }),
)
const loadBefore = loadavg()[0] ?? 0
const gate = await measureGate()

function report(): string {
  const load = [loadBefore, loadavg()[0] ?? 0].map((each) => each.toFixed(1))
  const conditions = `Node ${process.version}, ${cpus().length} cores, load average ${load.join(' at the start, ')} at the end; medians of ${values.reps} runs (peers: ${values['peer-reps']}), each begun at another moment of the vendor's second.`
  const text = tableOf(chosen, names, results, conditions, gate)
  if (values.write) writeSection('quota', text.split('\n'))
  return text
}

await measureAll(
  tasks.filter(({ scenario }) => scenario.perSecond <= 200),
  atOnce,
)
report()
await measureAll(
  tasks.filter(({ scenario }) => scenario.perSecond > 200),
  1,
)
console.log(report())
