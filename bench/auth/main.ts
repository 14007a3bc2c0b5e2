// What a connection's credential adds to a call whose token is fresh, beside a static bearer token and no credential at all.
// Interleaved rounds in one process over a transport that costs nothing; medians.
import {
  HttpClient,
  anonymous,
  authenticate,
  bearer,
  stack,
  systemRuntime,
  tokenCredential,
  tokenSource,
  type Credential,
  type Grant,
  type HttpRequest,
  type HttpResponse,
  type Send,
} from 'hawser'
import { writeSection } from '../report.ts'

const calls = 200_000
const rounds = 15

const date = new Date().toUTCString()
const answer: HttpResponse = { status: 200, headers: { date }, body: new Uint8Array() }
// As a client builds it, with every field there.
const request: HttpRequest = new HttpClient({
  vendor: 'bench',
  baseUrl: 'https://vendor.test',
  origins: ['https://vendor.test'],
  headers: { accept: 'application/json', 'user-agent': 'bench' },
  send: async () => answer,
  runtime: systemRuntime(),
}).build('GET', '/things')

const robot: Grant = {
  kind: 'bench',
  unattended: true,
  obtain: async ({ runtime }) => {
    const obtainedAt = runtime.now()
    const main = { accessToken: 'an-access-token-of-usual-length', obtainedAt, expiresAt: obtainedAt + 3_600_000 }
    return { raw: '', read: () => ({ main }) }
  },
}

const over = (credential: Credential): Send =>
  stack([authenticate({ credential, origins: ['https://vendor.test'] })], async () => answer)

const subjects: readonly { readonly name: string; readonly send: Send; readonly took: number[] }[] = [
  { name: 'no credential', send: over(anonymous()), took: [] },
  { name: '`bearer`', send: over(bearer('an-access-token-of-usual-length')), took: [] },
  {
    name: 'a connection with a fresh token',
    send: over(tokenCredential(tokenSource({ connection: 'bench', grant: robot }))),
    took: [],
  },
]

async function round(send: Send): Promise<number> {
  globalThis.gc?.()
  const from = process.cpuUsage()
  for (let left = calls; left > 0; left--) await send(request)
  const { user, system } = process.cpuUsage(from)
  return (user + system) / calls
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** What the heap holds after many calls beyond what it held before: the price of whatever outlives a call. */
async function keptBytes(send: Send): Promise<number> {
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let left = calls; left > 0; left--) await send(request)
  globalThis.gc?.()
  return (process.memoryUsage().heapUsed - before) / calls
}

export async function run(): Promise<void> {
  for (const { send } of subjects) await round(send)
  for (let left = rounds; left > 0; left--) {
    for (const { send, took } of subjects) took.push(await round(send))
  }
  const [plain = Number.NaN, fixed = Number.NaN, connection = Number.NaN] = subjects.map(({ took }) => median(took))
  const kept = await keptBytes(subjects[2]?.send ?? (async () => answer))
  writeSection('credentials', [
    '## Credentials',
    '',
    `One awaited call at a time through \`authenticate\`, CPU microseconds a call, ${rounds} interleaved rounds. \`npm run bench -- credentials\`.`,
    '',
    '| credential | median µs | min | max |',
    '| --- | ---: | ---: | ---: |',
    ...subjects.map(
      ({ name, took }) =>
        `| ${name} | ${median(took).toFixed(2)} | ${Math.min(...took).toFixed(2)} | ${Math.max(...took).toFixed(2)} |`,
    ),
    '',
    `A connection with a fresh token adds ${(connection - plain).toFixed(2)} µs to a call, a token that never changes ${(fixed - plain).toFixed(2)}; the bar is 2. What outlives a call: ${Math.max(0, kept).toFixed(1)} bytes of heap.`,
  ])
}
