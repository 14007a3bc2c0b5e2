// `npm run bench` runs all benchmarks, `npm run bench -- policies` one of them; what begins with `--`, and what follows it, is
// for the benchmark itself: `npm run bench -- quota --scenario S4 --client bottleneck --runs 1`.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { argv, exit } from 'node:process'

// Each is loaded only when it runs: some measure what was built, others the sources.
const all: Readonly<Record<string, (options: readonly string[]) => Promise<void>>> = {
  policies: async () => (await import('./policies/main.ts')).run(),
  credentials: async () => (await import('./auth/main.ts')).run(),
  http: async () => (await import('./http/main.ts')).run(),
  webhooks: async () => (await import('./webhooks/main.ts')).run(),
  'refresh-race': async () => (await import('./refresh-race/main.ts')).run(),
  cold: async () => (await import('./cold/main.ts')).run(),
  pages: async () => (await import('./pages/main.ts')).run(),
  memory: async () => (await import('./memory/main.ts')).run(),
  quota: async (options) => (await import('./quota/main.ts')).run(options),
}

const given = argv.slice(2)
const firstOption = given.findIndex((arg) => arg.startsWith('--'))
const asked = firstOption < 0 ? given : given.slice(0, firstOption)
const options = given.slice(asked.length)
const unknown = asked.find((name) => !Object.hasOwn(all, name))
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. There are: ${Object.keys(all).join(', ')}.`)
  exit(1)
}
if (!existsSync(new URL('../dist/index.js', import.meta.url)))
  execFileSync('npm', ['run', 'build'], { stdio: 'inherit' })
for (const [name, run] of Object.entries(all)) {
  if (asked.length === 0 || asked.includes(name)) await run(options)
}
