// `npm run bench` runs all benchmarks, `npm run bench -- policies` one of them.
import { run as credentials } from './auth/main.ts'
import { run as http } from './http/main.ts'
import { run as policies } from './policies/main.ts'
import { run as webhooks } from './webhooks/main.ts'

const all: Readonly<Record<string, () => Promise<void>>> = { policies, credentials, http, webhooks }

const asked = process.argv.slice(2)
const unknown = asked.find((name) => !Object.hasOwn(all, name))
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. There are: ${Object.keys(all).join(', ')}.`)
  process.exit(1)
}
for (const [name, run] of Object.entries(all)) {
  if (asked.length === 0 || asked.includes(name)) await run()
}
