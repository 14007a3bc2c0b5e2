// What outlives a call, and what a connection that nobody uses at the moment holds. Over a transport that costs nothing, so that
// the heap is hawser's own.
import {
  Connector,
  circuitBreaker,
  quota,
  tokenCredential,
  tokenSource,
  type ConnectorOptions,
  type Grant,
  type HttpResponse,
  type VendorProfile,
} from 'hawser'
import { writeSection } from '../report.ts'

const calls = 1_000_000
const warmUp = 50_000
const held = 10_000

const body = Buffer.from(JSON.stringify({ id: 1, title: 'An item' }))
const headers = { 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4999' }
const answer = async (): Promise<HttpResponse> => ({ status: 200, headers, body })

const robot: Grant = {
  kind: 'bench',
  unattended: true,
  obtain: async ({ runtime }) => {
    const obtainedAt = runtime.now()
    const main = {
      accessToken: `an-access-token-of-usual-length-${runtime.uuid()}`,
      refreshToken: `a-refresh-token-of-usual-length-${runtime.uuid()}`,
      obtainedAt,
      expiresAt: obtainedAt + 3_600_000,
    }
    return { raw: '', read: () => ({ main }) }
  },
}

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'bench', baseUrl: 'https://bench.example' }
}

function connection(name: string, options: Partial<ConnectorOptions> = {}): Vendor {
  const auth = tokenCredential(tokenSource({ connection: name, grant: robot }))
  return new Vendor({ auth, transport: answer, ...options })
}

/** Bytes of heap, after all that can be collected is. */
async function heap(): Promise<number> {
  for (let left = 4; left > 0; left--) {
    globalThis.gc?.()
    // What is only weakly held goes one turn later.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

async function call(vendor: Vendor, times: number): Promise<void> {
  const workers = Array.from({ length: 20 }, async () => {
    for (let left = times / 20; left > 0; left--) await vendor.http.get('/items/1')
  })
  await Promise.all(workers)
}

/** Bytes that the heap grew by in all calls after the warm-up. */
async function growth(): Promise<number> {
  const vendor = connection('one')
  await call(vendor, warmUp)
  const before = await heap()
  await call(vendor, calls)
  return (await heap()) - before
}

/** Bytes of each connection that has made a call and is idle now, and of each when all are let go. */
async function perConnection(options: () => Partial<ConnectorOptions>): Promise<readonly [idle: number, gone: number]> {
  await connect(10, options())
  const before = await heap()
  const given = options()
  const vendors = await connect(held, given)
  const idle = (await heap()) - before
  vendors.length = 0
  const gone = (await heap()) - before
  // One more: until here, what they share must not be collected with them.
  await connect(1, given)
  return [idle / held, gone / held]
}

async function connect(count: number, options: Partial<ConnectorOptions>): Promise<Vendor[]> {
  const vendors = Array.from({ length: count }, (_, at) => connection(`connection-${at}`, options))
  for (const vendor of vendors) await vendor.http.get('/items/1')
  return vendors
}

const bytes = (count: number): string => `${Math.max(0, Math.round(count))}`

export async function run(): Promise<void> {
  const grown = await growth()
  const apart = await perConnection(() => ({}))
  const shared = await perConnection(() => {
    const vendors = quota({ startPerSecond: Infinity })
    return { circuitBreaker: circuitBreaker(), throttle: { quota: vendors } }
  })
  writeSection('memory', [
    '## Memory',
    '',
    `Heap after a collection, over a transport that costs nothing, with the whole standard stack and an OAuth connection whose tokens are at hand. ${calls.toLocaleString('en')} calls, 20 at a time, after ${warmUp.toLocaleString('en')} to warm up; and ${held.toLocaleString('en')} connections, each a connector of its own that has made one call. \`npm run bench -- memory\`.`,
    '',
    '| bytes of heap for a connection | held and idle | let go |',
    '| --- | ---: | ---: |',
    `| a stack of its own | ${apart.map(bytes).join(' | ')} |`,
    `| a breaker and a quota that all share | ${shared.map(bytes).join(' | ')} |`,
    '',
    'A shared quota forgets connections that are idle and full again as others come, so that nearly all of those held here are evicted from it. Of a stack of its own, a third is its quota and its gate, a quarter its tokens and their credential, and a twelfth its breaker.',
    '',
    '| bar | measured | at most |',
    '| --- | ---: | ---: |',
    `| growth in ${calls.toLocaleString('en')} calls, MB | ${(grown / 1e6).toFixed(2)} | 5 |`,
    `| a connection held, the dearer way, bytes | ${bytes(Math.max(apart[0], shared[0]))} | 4000 |`,
    `| a connection let go, the dearer way, bytes | ${bytes(Math.max(apart[1], shared[1]))} | 100 |`,
  ])
}
