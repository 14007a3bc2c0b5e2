/** Measures hawser and its peers in every scenario. */
import { build } from 'esbuild'
import { execFile } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { writeSection } from '../report.ts'
import { clients } from './clients.ts'
import { measureGate } from './gate-cost.ts'
import type { Run } from './measure.ts'
import { tableOf } from './report.ts'
import { scenarios, type Scenario } from './scenarios.ts'

// Where in a second of the vendor's clock a run begins: each repetition elsewhere.
const phases = [0.1, 0.5, 0.8, 0.3, 0.7]
// A run of 100 calls a second leaves a core nearly idle; the fast scenario runs alone.
const slowAtOnce = 4
const longestMs = 90_000

interface Task {
  readonly scenario: Scenario
  readonly client: string
  readonly phase: number
}

/**
 * Runs it all and writes the section. `--scenario S1,S4`, `--client <part of a name>` and `--runs 1` measure less, which is
 * printed and not written.
 */
export async function run(args: readonly string[] = []): Promise<void> {
  const text = { type: 'string', default: '' } as const
  const options = { scenario: text, client: text, runs: { ...text, default: String(phases.length) } }
  const { values } = parseArgs({ args: [...args], options })
  const chosen = scenarios.filter(({ id }) => values.scenario === '' || values.scenario.split(',').includes(id))
  const names = Object.keys(clients).filter((name) => name.includes(values.client))
  const runs = Number(values.runs)
  const tasks = chosen.flatMap((scenario) =>
    names
      .filter((name) => applies(name, scenario))
      .flatMap((client) => phases.slice(0, runs).map((phase) => ({ scenario, client, phase }))),
  )
  const loadBefore = loadavg()[0] ?? 0
  const whole = args.length === 0
  const gate = whole ? await measureGate() : undefined
  const script = await bundled()
  const slow = tasks.filter(({ scenario }) => !isFast(scenario))
  const fast = tasks.filter(({ scenario }) => isFast(scenario))
  const results = new Map([...(await measureAll(script, slow, slowAtOnce)), ...(await measureAll(script, fast, 1))])
  const load = [loadBefore, loadavg()[0] ?? 0].map((each) => each.toFixed(1)).join(' at the start, ')
  const conditions = `${cpus().length} cores, load average ${load} at the end; medians of ${runs} runs of each client, each run begun at another moment of the vendor's second.`
  const lines = tableOf(chosen, names, results, conditions, gate).split('\n')
  if (whole) writeSection('quota', lines)
  else console.log(lines.join('\n'))
}

function isFast({ perSecond }: Scenario): boolean {
  return perSecond > 200
}

function applies(client: string, scenario: Scenario): boolean {
  // What the transport itself costs matters in the fast scenario only.
  if (client.includes('node:http')) return isFast(scenario)
  if (client.includes('the draft')) return scenario.headers === 'full'
  return client !== 'hawser over bottleneck' || !isFast(scenario)
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Compiles what each run starts anew, so that starting one does not disturb the others. */
async function bundled(): Promise<string> {
  const outdir = here('../../node_modules/.cache/hawser-bench')
  await build({
    entryPoints: [here('measure.ts'), here('vendor.ts')],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    // With its paths: the vendor shares parts with the simulators, which import the package by its name.
    tsconfig: here('../../tsconfig.json'),
  })
  return `${outdir}/measure.js`
}

/** Takes tasks from the front, so many at once; what did not finish is missing from the results. */
async function measureAll(script: string, tasks: readonly Task[], atOnce: number): Promise<Map<string, Run[]>> {
  const results = new Map<string, Run[]>()
  const queue = [...tasks]
  async function worker(): Promise<void> {
    for (let task = queue.shift(); task; task = queue.shift()) {
      const { scenario, client, phase } = task
      const result = await measure(script, task)
      const said = result ? JSON.stringify(result) : `did not finish within ${longestMs / 1000} s`
      console.error(`${scenario.id} ${client} ${phase}: ${said}`)
      const key = `${scenario.id} ${client}`
      if (result) results.set(key, [...(results.get(key) ?? []), result])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

function measure(script: string, { scenario, client, phase }: Task): Promise<Run | undefined> {
  return promisify(execFile)(process.execPath, [script, scenario.id, client, String(phase)], {
    timeout: longestMs,
  }).then(
    ({ stdout }): Run => JSON.parse(stdout),
    (error: { killed?: boolean; stderr?: string }) => {
      // A client that is too slow is a result; a program that breaks is none.
      if (error.killed) return undefined
      throw new Error(`${scenario.id} ${client}: ${error.stderr}`)
    },
  )
}
