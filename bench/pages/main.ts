// What asking for the next page early saves, and whether a stream larger than memory stays out of it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Connector, axiosTransport, bearer, cursor, type Transport, type VendorProfile } from 'hawser'
import { undiciTransport } from 'hawser/undici'
import { writeSection } from '../report.ts'

const rounds = 3
const streamed = 1_000_000_000
const page = cursor({ param: 'page', items: 'items', next: 'next' })

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'bench', baseUrl: 'https://bench.example' }
}

/** What the reader does with a page. */
type Work = (ms: number) => unknown

const compute: Work = (ms) => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Milliseconds for all pages. */
async function walk(vendor: Vendor, prefetch: boolean, work: Work, workMs: number): Promise<number> {
  const from = performance.now()
  let items = 0
  for await (const one of vendor.http.paginate('/items', { page, prefetch }).pages()) {
    items += one.items.length
    await work(workMs)
  }
  if (items !== 10_000) throw new Error(`Read ${items} items of 10,000.`)
  return performance.now() - from
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Bytes of the heap and its buffers. */
async function held(): Promise<number> {
  // Twice: what a first collection finds unused of buffers is given back a moment later.
  globalThis.gc?.()
  await sleep(20)
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** The most that is held while a stream is read, beyond what was held at its 50th megabyte. */
async function growth(vendor: Vendor): Promise<number> {
  let [read, looked, base, most] = [0, 0, 0, 0]
  for await (const chunk of await vendor.http.stream(`/bytes?count=${streamed}`)) {
    if (!Buffer.isBuffer(chunk)) throw new Error('A stream gives buffers.')
    read += chunk.length
    if (read - looked < 50_000_000) continue
    looked = read
    if (base === 0) base = await held()
    else most = Math.max(most, (await held()) - base)
  }
  if (read !== streamed) throw new Error(`Read ${read} bytes of ${streamed}.`)
  return most
}

export async function run(): Promise<void> {
  const server = fork(fileURLToPath(new URL('server.ts', import.meta.url)), { execArgv: process.execArgv })
  const [address] = await once(server, 'message')
  const { port }: { port: number } = address
  const transports: readonly (readonly [string, Transport])[] = [
    ['`undiciTransport`', undiciTransport()],
    ['`axiosTransport`', axiosTransport()],
  ]
  const works: readonly (readonly [string, Work])[] = [
    ['waits', sleep],
    ['computes', compute],
  ]
  const rows: string[] = []
  const streams: string[] = []
  let worst = 0
  try {
    for (const [name, transport] of transports) {
      const vendor = new Vendor({ auth: bearer('token'), baseUrl: `http://127.0.0.1:${port}`, transport })
      const fetchMs = (await walk(vendor, false, () => {}, 0)) / 100
      for (const [doing, work] of works) {
        const [alone, ahead]: [number[], number[]] = [[], []]
        for (let left = rounds; left > 0; left--) {
          alone.push(await walk(vendor, false, work, fetchMs))
          ahead.push(await walk(vendor, true, work, fetchMs))
        }
        const ratio = median(ahead.map((ms, turn) => ms / (alone[turn] ?? Number.NaN)))
        worst = Math.max(worst, ratio)
        const times = [median(alone), median(ahead)].map((ms) => ms.toFixed(0))
        rows.push(`| ${[`${name}, the reader ${doing}`, fetchMs.toFixed(1), ...times, ratio.toFixed(2)].join(' | ')} |`)
      }
      streams.push(`| 1 GB over ${name} | ${((await growth(vendor)) / 1e6).toFixed(1)} |`)
      vendor.close()
    }
  } finally {
    server.disconnect()
  }
  writeSection('pages', [
    '## Pages and streams',
    '',
    `100 pages of 100 records from a server on loopback that takes 20 ms for each; the reader takes as long for a page as getting one takes. Milliseconds for all of them, medians of ${rounds} rounds in turns. \`npm run bench -- pages\`.`,
    '',
    '| listing | one page | one after the other | `prefetch: true` | ratio |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    '',
    'The most that the heap and its buffers held while 1 GB was read as a stream, after a collection, beyond what they held at its 50th megabyte:',
    '',
    '| stream | MB |',
    '| --- | ---: |',
    ...streams,
    '',
    '| bar | measured | at most |',
    '| --- | ---: | ---: |',
    `| wall time with \`prefetch\`, against without | ${worst.toFixed(2)} | 0.60 |`,
  ])
}
