/** One run of one client in one scenario, in a process of its own: `measure.ts <scenario> <client> <phase>` prints JSON. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clients } from './clients.ts'
import { optimalMs, scenarios } from './scenarios.ts'

/** What a run came to. */
export interface Run {
  readonly makespanMs: number
  readonly utilisation: number
  readonly refused: number
  /** The part of its calls that the neighbour had served; absent without one. */
  readonly neighbour?: number
}

const [, , id, name = '', phaseText = '0.1'] = process.argv
const scenario = scenarios.find((each) => each.id === id)
const make = clients[name]
if (!scenario || !make) throw new Error('usage: measure.ts <scenario> <client> <phase>')
const phase = Number(phaseText)

// Both are compiled into the same folder.
const script = fileURLToPath(new URL('vendor.js', import.meta.url))
const vendor = spawn(process.execPath, [script, scenario.id], { stdio: ['ignore', 'pipe', 'inherit'] })
process.on('exit', () => vendor.kill())
const [line] = await once(vendor.stdout, 'data')
const url = `http://127.0.0.1:${String(line).trim()}`

// A first instance, thrown away, warms the code up: what is measured begins with no knowledge of the vendor.
const warmUp = make(scenario, url)
await Promise.all(Array.from({ length: Math.min(200, scenario.perSecond / 2) }, warmUp)).catch(fail)
await (await fetch(`${url}/stats`)).text()
await new Promise((resolve) => setTimeout(resolve, 1200))

const call = make(scenario, url)
const untilPhase = (1000 + phase * 1000 - (Date.now() % 1000)) % 1000
await new Promise((resolve) => setTimeout(resolve, untilPhase))
while (Math.abs((Date.now() % 1000) - phase * 1000) > 2) await new Promise((resolve) => setImmediate(resolve))

await (await fetch(`${url}/start`)).text()
const startedAt = performance.now()
// The phase that is measured against: telling the vendor to begin took some of it.
const begunAt = (Date.now() % 1000) / 1000
await Promise.all(Array.from({ length: scenario.calls }, call)).catch(fail)
const makespanMs = performance.now() - startedAt
const stats: Record<string, number> = await (await fetch(`${url}/stats`)).json().then(record)
const { refused = 0, neighbourServed = 0, neighbourRefused = 0 } = stats
const run: Run = {
  makespanMs,
  utilisation: optimalMs(scenario, begunAt) / makespanMs,
  refused,
  ...(scenario.neighbour !== undefined && { neighbour: neighbourServed / (neighbourServed + neighbourRefused) }),
}
console.log(JSON.stringify(run))
process.exit(0)

function fail(error: unknown): never {
  console.error(String(error))
  process.exit(1)
}

function record(value: unknown): Record<string, number> {
  return Object.fromEntries(
    Object.entries(value instanceof Object ? value : {}).map(([key, count]) => [key, Number(count)]),
  )
}
