// A process that writes to a file store, and ends or sleeps where it is told to. See file-crash.test.ts.
import { syncBuiltinESMExports } from 'node:module'
import fs, { writeSync } from 'node:fs'
import { fileTokenStore } from 'hawser/stores'

const [directory = '', task = '', signal = '', step = '0'] = process.argv.slice(2)
const store = fileTokenStore({ directory })
const tell = (line: string): void => void writeSync(1, `${line}\n`)

let steps = 0
/** One more step towards the disk; the process gets its signal before the one that it was told. */
function next(): void {
  if (++steps !== Number(step)) return
  tell('here')
  process.kill(process.pid, signal)
}

type Call = (...parameters: readonly unknown[]) => Promise<unknown>
function watch(owner: object, name: string, half?: Call): void {
  const call: Call = Reflect.get(owner, name)
  const watched: Call = async function watched(this: unknown, ...parameters) {
    next()
    if (half && steps + 1 === Number(step)) await half.apply(this, [...parameters])
    if (half) next()
    return call.apply(this, [...parameters])
  }
  Object.assign(owner, { [name]: watched })
}

async function watchDisk(): Promise<void> {
  const handle = await fs.promises.open(directory, 'r')
  const handles: object = Object.getPrototypeOf(handle)
  await handle.close()
  const write: Call = Reflect.get(handles, 'write')
  watch(handles, 'writeFile', async function half(this: unknown, text) {
    return write.call(this, String(text).slice(0, String(text).length / 2), 0)
  })
  for (const name of ['sync', 'close']) watch(handles, name)
  for (const name of ['mkdir', 'open', 'readFile', 'readdir', 'rename', 'rm']) watch(fs.promises, name)
  syncBuiltinESMExports()
}

if (task === 'count') {
  // Counts up for ever, and tells each number that is safe.
  for (;;) {
    const found = await store.get('counter')
    const value = String(Number(found?.value ?? 0) + 1)
    const swapped = await store.compareAndSwap('counter', found?.version, value)
    if (swapped.ok) tell(value)
  }
}

const before = await store.get('key')
await watchDisk()
const swapped = await store.compareAndSwap('key', before?.version, task === 'delete' ? undefined : 'of the child')
tell(JSON.stringify(swapped))
