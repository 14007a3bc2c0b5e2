// Real processes that are killed, or put to sleep, before each of their steps towards the disk.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { fileTokenStore, type FileTokenStore } from 'hawser/stores'

const work = mkdtempSync(join(tmpdir(), 'hawser-crash-'))
const program = join(work, 'writer.mjs')
// Written once as plain JavaScript: a compiler in each of many processes would take most of the time.
beforeAll(async () => {
  const entry = fileURLToPath(new URL('file-writer.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['axios'],
  })
})
afterAll(() => rmSync(work, { recursive: true }))

interface Writer {
  readonly child: ChildProcess
  readonly lines: string[]
  /** Resolves when it has told one more line, or ended. */
  told(): Promise<unknown>
  readonly ended: Promise<unknown>
}

function start(...parameters: readonly string[]): Writer {
  const child = spawn(process.execPath, [program, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines: string[] = []
  const reading = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const ended = once(child, 'close')
  return { child, lines, ended, told: async () => Promise.race([once(reading, 'line'), ended]) }
}

let stores = 0
async function storeWith(values: readonly string[]): Promise<{ directory: string; store: FileTokenStore }> {
  const directory = join(work, `store-${++stores}`)
  const store = fileTokenStore({ directory })
  await put(store, 'other', 'untouched')
  for (const value of values) await put(store, 'key', value)
  return { directory, store }
}

async function put(store: FileTokenStore, key: string, value: string | undefined): Promise<void> {
  const swapped = await store.compareAndSwap(key, (await store.get(key))?.version, value)
  expect(swapped.ok).toBe(true)
}

const valueOf = async (store: FileTokenStore): Promise<string | undefined> => (await store.get('key'))?.value

/** What the files of a store are, without their ids. */
function filesOf(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names.map((name) => name.replaceAll(/[\da-f]{64}/g, 'key').replaceAll(/[\da-f-]{36}/g, 'id')).toSorted()
}

const tasks: readonly (readonly [task: string, before: readonly string[], after: string | undefined])[] = [
  ['create', [], 'of the child'],
  ['update', ['old'], 'of the child'],
  ['delete', ['old'], undefined],
]

it.each(tasks)(
  'keeps the old value or the new one where a process is killed at any step: %s',
  async (task, before, after) => {
    let step = 1
    const seen: (string | undefined)[] = []
    for (; ; step++) {
      const { directory, store } = await storeWith(before)
      const writer = start(directory, task, 'SIGKILL', String(step))
      await writer.ended
      if (writer.child.exitCode === 0) break
      expect(writer.lines).toEqual(['here'])
      const value = await valueOf(store)
      expect([before[0], after]).toContain(value)
      seen.push(value)
      expect((await store.get('other'))?.value).toBe('untouched')
      // The next process goes on, and tidies up what was left behind.
      const next = fileTokenStore({ directory })
      await put(next, 'key', 'of the next')
      await put(next, 'third', 'of the next')
      expect(await valueOf(next)).toBe('of the next')
      expect(filesOf(directory)).toEqual([
        'key',
        'key',
        'key',
        ...['current', 'data'].flatMap((end) => Array.from({ length: 3 }, () => `key/id.${end}`)),
      ])
    }
    // The steps were really walked through, from before the write to after it.
    expect(step).toBeGreaterThan(5)
    expect(new Set(seen)).toEqual(new Set([before[0], after]))
  },
)

async function asleep({ pid }: ChildProcess): Promise<void> {
  for (let turns = 0; turns < 1000; turns++) {
    if (process.platform !== 'linux' || / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('The process does not sleep.')
}

it.each(tasks)('lets a process that slept at any step overwrite nothing newer: %s', async (task, before) => {
  let step = 1
  const outcomes: boolean[] = []
  for (; ; step++) {
    const { directory, store } = await storeWith(before)
    const writer = start(directory, task, 'SIGSTOP', String(step))
    await writer.told()
    if (writer.lines[0] !== 'here') break
    await asleep(writer.child)
    const wasThere = await valueOf(store)
    await put(store, 'key', 'newer')
    await put(store, 'key', 'newest')
    writer.child.kill('SIGCONT')
    await writer.ended
    const { ok } = JSON.parse(writer.lines[1] ?? '')
    // It may say that it wrote where its value was there before ours, and not otherwise.
    expect(ok).toBe(wasThere !== before[0])
    outcomes.push(ok)
    expect(await valueOf(store)).toBe('newest')
  }
  expect(new Set(outcomes)).toEqual(new Set([true, false]))
})

it('lets a process that slept create where nothing is there again', async () => {
  const outcomes = new Set<string>()
  for (let step = 1; ; step++) {
    const { directory, store } = await storeWith([])
    const writer = start(directory, 'create', 'SIGSTOP', String(step))
    await writer.told()
    if (writer.lines[0] !== 'here') break
    await asleep(writer.child)
    const wasThere = await valueOf(store)
    await put(store, 'key', 'between')
    await put(store, 'key', undefined)
    writer.child.kill('SIGCONT')
    await writer.ended
    expect(JSON.parse(writer.lines[1] ?? '')).toMatchObject({ ok: true })
    expect(await valueOf(store)).toBe(wasThere === undefined ? 'of the child' : undefined)
    outcomes.add(String(wasThere))
  }
  expect(outcomes).toEqual(new Set(['undefined', 'of the child']))
})

it('loses no number that was told, and gives none twice, while counting processes are killed', async () => {
  const { directory, store } = await storeWith([])
  const killed: Writer[] = []
  const writers = [0, 1, 2].map(() => start(directory, 'count'))
  for (let kills = 0; kills < 15; kills++) {
    const at = kills % writers.length
    const writer = writers[at]
    if (!writer) continue
    // Not at a line of its own, so that it is struck anywhere.
    for (let lines = 0; lines < 2 + (kills % 3); lines++) await writer.told()
    await new Promise((resolve) => setTimeout(resolve, kills % 5))
    writer.child.kill('SIGKILL')
    await writer.ended
    killed.push(writer)
    writers[at] = start(directory, 'count')
  }
  for (const writer of writers) writer.child.kill('SIGKILL')
  await Promise.all(writers.map(async ({ ended }) => ended))
  const told = [...killed, ...writers].flatMap(({ lines }) => lines.map(Number))
  const last = Number((await store.get('counter'))?.value)
  expect(new Set(told).size).toBe(told.length)
  expect(last).toBeGreaterThanOrEqual(Math.max(...told))
  // What was written and not told any more is at most one number for each process that was killed.
  expect(last - told.length).toBeLessThanOrEqual(killed.length + writers.length)
  expect(last).toBeGreaterThan(50)
})
