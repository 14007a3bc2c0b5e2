// Runs one race: a vendor and the processes that refresh one connection's token beside each other.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemRuntime, tokenSource } from 'hawser'
import { fileTokenStore } from 'hawser/stores'
import type { Cell, Report, Seen } from './cell.ts'

/** What became of a race. */
export interface Outcome extends Seen {
  readonly ok: number
  /** Calls that the vendor refused, after everything was tried. */
  readonly refused: number
  /** Calls that ended with a `ReauthorizationRequiredError`. */
  readonly reauthorize: number
  /** Calls that ended otherwise, by the error's kind. */
  readonly failed: Readonly<Record<string, number>>
  /** How often the `reauthorize` event was told, in all processes. */
  readonly ended: number
  /** How many processes died. */
  readonly crashes: number
  /** Whether calls still succeeded in the last fifth of the time. */
  readonly alive: boolean
}

/** What the vendor tells first: where it is, and what a login gave. */
interface Told {
  readonly url: string
  readonly accessToken: string
  readonly refreshToken: string
}

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

function start(name: string, ...args: readonly string[]): ChildProcess {
  return fork(file(name), args, { execArgv: ['--import', 'tsx'] })
}

/** Runs a race on loopback with real processes and a store in a directory of its own. */
export async function race(cell: Cell): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'hawser-race-'))
  const vendor = start('vendor.ts', JSON.stringify(cell))
  const workers = new Set<ChildProcess>()
  const counts = { ok: 0, refused: 0, reauthorize: 0, ended: 0, crashes: 0, late: 0 }
  const failed: Record<string, number> = {}
  let over = false
  let began = 0
  try {
    const [told]: Told[] = await once(vendor, 'message')
    if (!told) throw new Error('The vendor told nothing.')
    const { url, ...tokens } = told
    await login(directory, { ...tokens, expiresInMs: cell.accessTokenMs })

    function take(report: Report): void {
      if (over) return
      if (report.type === 'failed') failed[report.code] = (failed[report.code] ?? 0) + 1
      else counts[report.type]++
      if (report.type === 'ok' && Date.now() - began > cell.durationMs * 0.8) counts.late++
    }
    function work(): void {
      const worker = start('worker.ts', JSON.stringify(cell), url, directory)
      workers.add(worker)
      worker.on('message', (report: Report) => take(report))
      worker.on('exit', () => {
        workers.delete(worker)
        if (over) return
        counts.crashes++
        work()
      })
    }
    for (let left = cell.processes; left > 0; left--) work()
    // The time runs from the first call, however long the processes took to start.
    while (counts.ok + counts.reauthorize === 0) await sleep(20)
    began = Date.now()
    if (cell.pauses) void pause(workers, () => over)
    await sleep(cell.durationMs)
    over = true
    const answer = once(vendor, 'message')
    vendor.send('report')
    const [seen]: Seen[] = await answer
    if (!seen) throw new Error('The vendor told nothing.')
    const { late, ...counted } = counts
    return { ...seen, ...counted, failed, alive: late > 0 }
  } finally {
    over = true
    for (const process of [...workers, vendor]) process.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  }
}

async function login(
  directory: string,
  { accessToken, refreshToken, expiresInMs }: { accessToken: string; refreshToken: string; expiresInMs: number },
): Promise<void> {
  const runtime = systemRuntime()
  const obtainedAt = runtime.now()
  const main = { accessToken, refreshToken, obtainedAt, expiresAt: obtainedAt + expiresInMs }
  const grant = {
    kind: 'login',
    unattended: false,
    obtain: () => Promise.reject(new Error('A login refreshes nothing.')),
  }
  const source = tokenSource({ connection: 'race', grant, store: fileTokenStore({ directory }) })
  await source.put({ raw: '', read: () => ({ main }) }, runtime)
}

/** Stops one process after the other for a while, as a machine does that has too much to do. */
async function pause(workers: ReadonlySet<ChildProcess>, isOver: () => boolean): Promise<void> {
  for (let turn = 0; !isOver(); turn++) {
    const worker = [...workers][turn % Math.max(1, workers.size)]
    worker?.kill('SIGSTOP')
    await sleep(700)
    worker?.kill('SIGCONT')
    await sleep(150)
  }
}
