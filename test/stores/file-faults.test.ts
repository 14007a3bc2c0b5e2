// A disk that fails once, at each step of a write in turn: before the step is done, or after it was.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type * as disk from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { TokenStoreError, type Swapped } from 'hawser'
import { fileTokenStore, type FileTokenStore } from 'hawser/stores'

const { fault } = vi.hoisted(() => ({ fault: { in: Number.POSITIVE_INFINITY, done: false } }))

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof disk>()
  async function failing<T>(work: () => Promise<T>): Promise<T> {
    const fails = --fault.in === 0
    if (!fails) return work()
    if (fault.done) {
      const result: unknown = await work()
      const close: unknown = Reflect.get(Object(result), 'close')
      if (typeof close === 'function') await close.call(result)
    }
    throw Object.assign(new Error('EIO: i/o error, with a path and what was written'), { code: 'EIO' })
  }
  return {
    ...real,
    mkdir: async (path: string, options: { recursive?: boolean }) => failing(async () => real.mkdir(path, options)),
    rename: async (from: string, to: string) => failing(async () => real.rename(from, to)),
    rm: async (path: string, options: { recursive?: boolean }) => failing(async () => real.rm(path, options)),
    readdir: async (path: string) => failing(async () => real.readdir(path)),
    open: async (path: string, flags: string, mode?: number) => {
      const handle = await failing(async () => real.open(path, flags, mode))
      const { writeFile, sync } = handle
      handle.writeFile = async (text) => failing(async () => writeFile.call(handle, text))
      handle.sync = async () => failing(async () => sync.call(handle))
      return handle
    },
  }
})

const work = mkdtempSync(join(tmpdir(), 'hawser-faults-'))
afterAll(() => rmSync(work, { recursive: true }))
let stores = 0

async function put(store: FileTokenStore, value: string | undefined): Promise<Swapped> {
  const before = await store.get('key')
  return store.compareAndSwap('key', before?.version, value)
}

/** Writes with a fault at one step; `undefined` where there are fewer steps. */
async function swapWithFault(store: FileTokenStore, next: string | undefined, step: number, done: boolean) {
  const before = await store.get('key')
  Object.assign(fault, { in: step, done })
  const outcome = await store.compareAndSwap('key', before?.version, next).catch((error: unknown) => error)
  const reached = fault.in <= 0
  fault.in = Number.POSITIVE_INFINITY
  return reached ? { outcome } : undefined
}

const tasks: [string, string[], string | undefined][] = [
  ['a first write', [], 'new'],
  ['a write', ['old'], 'new'],
  ['a deletion', ['old'], undefined],
]
const cases = tasks.flatMap(([what, before, next]) =>
  [false, true].map((done) => ({ what, before, next, done, when: done ? 'after' : 'before' })),
)

it.each(cases)('keeps the old value or the new one where the disk fails $when any step of $what', async (one) => {
  const outcomes = new Set<string>()
  for (let step = 1; ; step++) {
    const directory = join(work, `store-${++stores}`)
    const store = fileTokenStore({ directory })
    for (const value of one.before) await put(store, value)
    const swapped = await swapWithFault(store, one.next, step, one.done)
    if (!swapped) break
    const { outcome } = swapped
    const value = (await store.get('key'))?.value
    if (outcome instanceof TokenStoreError) {
      expect(outcome).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('EIO') })
      expect(String(outcome)).not.toContain('what was written')
      expect([one.before[0], one.next]).toContain(value)
    } else {
      // Only what comes after the write may fail in silence.
      expect(outcome).toMatchObject({ ok: true })
      expect(value).toBe(one.next)
    }
    outcomes.add(outcome instanceof TokenStoreError ? `refused, ${value === one.next ? 'new' : 'old'}` : 'written')
    expect(await put(store, 'next')).toMatchObject({ ok: true })
    expect(await store.get('key')).toMatchObject({ value: 'next' })
    // What a failed write left behind is gone with the next one.
    const [place = ''] = readdirSync(directory).filter((name) => !name.includes('.'))
    expect(readdirSync(join(directory, place)).map((name) => name.split('.')[1])).toEqual(['current', 'data'])
  }
  expect(outcomes).toContain('refused, old')
  expect(outcomes).toContain('refused, new')
  expect(outcomes).toContain('written')
})

it('leaves no half-written file behind where the disk is full', async () => {
  const directory = join(work, `store-${++stores}`)
  const store = fileTokenStore({ directory })
  await put(store, 'old')
  // It lists, opens, and then writes.
  await swapWithFault(store, 'new', 3, true)
  const [place = ''] = readdirSync(directory)
  expect(readdirSync(join(directory, place)).map((name) => name.split('.')[1])).toEqual(['current', 'data'])
})
