import { createHash } from 'node:crypto'
import { ConfigurationError, checkNumber, checkOptions, systemRuntime } from 'hawser'
import type { ReceivedRequest } from '../journal/received-request.ts'
import type { Fault } from './fault.ts'

/** Options of {@link chaos}. */
export interface ChaosOptions {
  /** A whole number. The same seed strikes the same requests in the same way. @default one by chance */
  readonly seed?: number
  /** The part of the requests that is struck, from 0 to 1. @default 0.3 */
  readonly rate?: number
  /** What is drawn from. @default those that sending again mends */
  readonly faults?: readonly Fault[]
}

/** A schedule of faults. */
export interface Chaos {
  readonly seed: number
  /** What it has drawn so far, as `POST /things, 2nd time: reset`. */
  readonly drawn: readonly string[]
  /** Draws for a request. */
  readonly next: (request: Pick<ReceivedRequest, 'method' | 'path'>) => Fault | undefined
  /** Runs a test; if it fails, the error says which seed it was and what was drawn. */
  run<T>(test: () => T | Promise<T>): Promise<T>
}

const mendable: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502, body: '<html>Bad Gateway</html>' },
  { kind: 'status', status: 503, retryAfterSeconds: 2 },
  { kind: 'status', status: 503, retryAfterSeconds: 2, retryAfterAs: 'date' },
  { kind: 'status', status: 429, retryAfterSeconds: 1 },
  { kind: 'latency', ms: 2_000 },
  { kind: 'slow-body', ms: 2_000 },
  { kind: 'stall' },
  { kind: 'stall', at: 'body' },
  { kind: 'reset' },
  { kind: 'reset', processed: true },
  { kind: 'reset', at: 'body' },
  { kind: 'fin' },
  { kind: 'truncated' },
  { kind: 'truncated', framing: 'chunked' },
  { kind: 'garbage' },
]

/**
 * Draws faults by a seed. What strikes a request depends on the seed, on its method and path, and on how often that was
 * asked before, so that it does not matter in which order requests of different paths arrive.
 *
 * @throws {ConfigurationError} where an option is out of range
 */
export function chaos(options: ChaosOptions = {}): Chaos {
  checkOptions('chaos', options, ['seed', 'rate', 'faults'])
  const { seed = Math.floor(systemRuntime().random() * 2 ** 32), rate = 0.3, faults = mendable } = options
  checkNumber('chaos.rate', rate, 0)
  if (!Number.isInteger(seed) || rate > 1 || faults.length === 0) {
    throw new ConfigurationError('`chaos` takes a whole `seed`, a `rate` from 0 to 1, and at least one fault.')
  }
  const asked = new Map<string, number>()
  const drawn: string[] = []

  function next({ method, path }: Pick<ReceivedRequest, 'method' | 'path'>): Fault | undefined {
    const what = `${method} ${path}`
    const time = (asked.get(what) ?? 0) + 1
    asked.set(what, time)
    const bytes = createHash('sha256').update(`${seed} ${what} ${time}`).digest()
    if (bytes.readUInt32BE(0) / 2 ** 32 >= rate) return undefined
    const fault = faults[bytes.readUInt32BE(4) % faults.length]
    if (fault) drawn.push(`${what}, time ${time}: ${JSON.stringify(fault)}`)
    return fault
  }

  return {
    seed,
    drawn,
    next,
    async run(test) {
      try {
        return await test()
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        const lines = drawn.map((line) => `  ${line}`).join('\n')
        throw new Error(`${why}\n\nWith \`chaos({ seed: ${seed} })\`, which replays it:\n${lines}`, { cause: error })
      }
    },
  }
}
