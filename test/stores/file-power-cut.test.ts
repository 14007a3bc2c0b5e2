// What a disk may hold after the power is cut: any of the names whose directory was not synced since they changed, and of a
// file that was not synced nothing but its name. The store's calls are recorded; every state that could be left at any point
// of them is laid down and read.
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type * as disk from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { fileTokenStore, type FileTokenStore } from 'hawser/stores'

type Step =
  | { readonly do: 'make' | 'create' | 'remove' | 'sync'; readonly path: string }
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'move'; readonly path: string; readonly to: string }

const { steps } = vi.hoisted(() => ({ steps: [] as Step[] }))

vi.mock('node:fs/promises', async (load) => {
  const real = await load<typeof disk>()
  const mkdir = async (path: string, options: { recursive?: boolean }): Promise<string | undefined> => {
    const first = await real.mkdir(path, options)
    const made: string[] = []
    for (let at = path; first !== undefined && at.length >= first.length; at = dirname(at)) made.unshift(at)
    for (const at of options.recursive ? made : [path]) steps.push({ do: 'make', path: at })
    return first
  }
  const open = async (path: string, flags: string, mode?: number): Promise<disk.FileHandle> => {
    const handle = await real.open(path, flags, mode)
    if (flags === 'wx') steps.push({ do: 'create', path })
    const { writeFile, sync } = handle
    handle.writeFile = async (text) => {
      await writeFile.call(handle, text)
      steps.push({ do: 'write', path, text: String(text) })
    }
    handle.sync = async () => {
      await sync.call(handle)
      steps.push({ do: 'sync', path })
    }
    return handle
  }
  const rename = async (path: string, to: string): Promise<void> => {
    await real.rename(path, to)
    steps.push({ do: 'move', path, to })
  }
  const rm = async (path: string, options: { recursive?: boolean }): Promise<void> => {
    await real.rm(path, options)
    steps.push({ do: 'remove', path })
  }
  return { ...real, mkdir, open, rename, rm }
})

const work = mkdtempSync(join(tmpdir(), 'hawser-power-'))
afterAll(() => rmSync(work, { recursive: true }))
let states = 0

/** Lays down what is left where the power is cut after `done`, and of the changes that are not safe those in `kept` were made. */
function layDown(before: string, from: string, done: readonly Step[], kept: (at: number) => boolean): string {
  const directory = join(work, `state-${++states}`)
  cpSync(before, directory, { recursive: true })
  const place = (path: string): string => join(directory, relative(from, path))
  for (const [at, step] of done.entries()) {
    const synced = done.slice(at).some((later) => later.do === 'sync' && later.path === dirname(step.path))
    if (step.do === 'sync' || (step.do !== 'write' && !synced && !kept(at))) continue
    const path = place(step.path)
    // What is in a directory, or has a name, that was lost is lost with it.
    if (!existsSync(step.do === 'make' || step.do === 'create' ? dirname(path) : path)) continue
    if (step.do === 'make') mkdirSync(path)
    if (step.do === 'create') writeFileSync(path, '')
    if (step.do === 'remove') rmSync(path, { recursive: true })
    if (step.do === 'move') renameSync(path, place(step.to))
    const safe = done.slice(at).some((later) => later.do === 'sync' && later.path === step.path)
    if (step.do === 'write' && (safe || kept(at))) writeFileSync(path, step.text)
  }
  return directory
}

/** Which steps may be lost: changes of names, and what is written. */
function unsafe(done: readonly Step[]): number[] {
  return [...done.entries()].flatMap(([at, step]) => {
    const needs = step.do === 'write' ? step.path : dirname(step.path)
    return step.do === 'sync' || done.slice(at).some((later) => later.do === 'sync' && later.path === needs) ? [] : [at]
  })
}

/** Does `work` on a copy of `before` and gives what every cut would leave: by the count of steps that were done. */
async function cuts(
  before: string,
  write: (store: FileTokenStore) => Promise<unknown>,
): Promise<(string | undefined)[][]> {
  const from = join(work, `state-${++states}`)
  cpSync(before, from, { recursive: true })
  steps.length = 0
  await write(fileTokenStore({ directory: join(from, 'made/store') }))
  const recorded = [...steps]
  const left: (string | undefined)[][] = []
  for (let count = 0; count <= recorded.length; count++) {
    const done = recorded.slice(0, count)
    const open = unsafe(done)
    const found: (string | undefined)[] = []
    for (let subset = 0; subset < 2 ** open.length; subset++) {
      const directory = layDown(before, from, done, (at) => ((subset >> open.indexOf(at)) & 1) === 1)
      const store = fileTokenStore({ directory: join(directory, 'made/store') })
      found.push((await store.get('key'))?.value)
      // Whatever is left, it can be written over.
      const { ok } = await store.compareAndSwap('key', (await store.get('key'))?.version, 'next')
      expect([ok, (await store.get('key'))?.value]).toEqual([true, 'next'])
    }
    left.push(found)
  }
  return left
}

async function put(store: FileTokenStore, value: string | undefined): Promise<void> {
  const { ok } = await store.compareAndSwap('key', (await store.get('key'))?.version, value)
  expect(ok).toBe(true)
}

/** A directory in which these were written, all safe. */
async function after(...values: (string | undefined)[]): Promise<string> {
  const directory = join(work, `state-${++states}`)
  mkdirSync(directory)
  for (const value of values) await put(fileTokenStore({ directory: join(directory, 'made/store') }), value)
  return directory
}

it.each([
  ['the first write of all', [], 'new'],
  ['a write', ['old'], 'new'],
  ['a deletion', ['old'], undefined],
  ['a write after a deletion', ['older', undefined], 'new'],
])(
  'leaves the old value or the new one when the power is cut during %s, and the new one afterwards',
  async (_, values, next) => {
    const before = await after(...values)
    const left = await cuts(before, async (store) => put(store, next))
    const old = values.at(-1)
    expect(new Set(left.flat())).toEqual(new Set([old, next]))
    expect(new Set(left.at(-1))).toEqual(new Set([next]))
    // Once it can be the new one for certain, it does not become the old one again.
    const certain = left.findIndex((found) => found.every((value) => value === next))
    expect(
      left
        .slice(certain)
        .flat()
        .every((value) => value === next),
    ).toBe(true)
  },
)

it('leaves the last value or the one before when the power is cut between two writes', async () => {
  const before = await after('one')
  const left = await cuts(before, async (store) => {
    await put(store, 'two')
    await put(store, 'three')
  })
  expect(new Set(left.flat())).toEqual(new Set(['one', 'two', 'three']))
  const two = left.findIndex((found) => found.every((value) => value === 'two'))
  expect(left.slice(two).flat()).not.toContain('one')
})
