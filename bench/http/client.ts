// One subject in a process of its own, so that no client runs on what the compiler has learned from another. Is told how many
// calls to make at a time, and answers with what they took.
import { argv } from 'node:process'
import { subjects } from './subjects.ts'

/** What a subject is told to do. */
export interface Task {
  readonly concurrency: number
  readonly calls: number
}

/** What it took. */
export interface Round {
  /** Microseconds of CPU time a call. */
  readonly cpu: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** How many calls of each worker come before those whose time counts. */
const leadIn = 3

const [, , name = '', origin = ''] = argv
const make = subjects[name]
if (!make) throw new Error(`There is no subject ${name}.`)
const subject = await make(origin)

async function round({ concurrency, calls }: Task): Promise<Round> {
  const took: number[] = []
  // All begin at once, after seconds without work: the first few calls of each are that burst, and would be the slowest hundredth.
  let left = calls + leadIn * concurrency
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const counts = left < calls
      const from = performance.now()
      await subject.get()
      if (counts) took.push(performance.now() - from)
    }
  }
  // The young generation alone: a whole collection throws compiled code away, and what is measured is its compilation.
  globalThis.gc?.({ type: 'minor' })
  const before = process.cpuUsage()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const { user, system } = process.cpuUsage(before)
  took.sort((a, b) => a - b)
  const at = (part: number): number => took[Math.floor(took.length * part)] ?? Number.NaN
  return { cpu: (user + system) / (calls + leadIn * concurrency), p50: at(0.5), p99: at(0.99) }
}

process.on('message', (task: Task) => void round(task).then((result) => process.send?.(result)))
process.once('disconnect', () => process.exit())
process.send?.('ready')
