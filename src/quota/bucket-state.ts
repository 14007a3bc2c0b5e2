import { pausedMs } from './bucket.ts'
import type { QuotaScope } from './limit.ts'
import type { Bucket } from './state.ts'

/** What one bucket looks like at a moment. */
export interface BucketState {
  readonly name: string
  readonly scope: QuotaScope
  /** What its scope tells apart. */
  readonly key: string
  readonly kind: string
  /** Absent while no limit is known. */
  readonly limit?: number
  /** How much may be used now. Absent where nothing holds it back. */
  readonly remaining?: number
  /** When all of it is back. Milliseconds since the Unix epoch; absent while nobody said. */
  readonly resetsAt?: number
  readonly underWay: number
  /** The cost of the calls that wait and need this bucket. */
  readonly queued: number
  /** Milliseconds since the Unix epoch. */
  readonly pausedUntil?: number
  /** How long a call of cost 1 would wait that came now, behind all others. Milliseconds. */
  readonly projectedWaitMs: number
}

/** The state of a bucket, of a connection or of the app; `undefined` for a cap of which nobody spoke. */
export function stateOf(bucket: Bucket, connection: string | undefined, now: number): BucketState | undefined {
  const { name, scope, window, underWay, waiting: queued } = bucket
  const { limit, remaining, resetsAt } = window.state(now)
  if (window.kind === 'concurrency' && remaining === Infinity) return undefined
  const paused = pausedMs(bucket, now)
  return {
    name,
    scope,
    key: connection === undefined ? bucket.key : `${connection}/${bucket.key}`,
    kind: window.kind,
    ...(limit !== undefined && { limit }),
    ...(Number.isFinite(remaining) && { remaining: paused > 0 ? 0 : remaining }),
    ...(resetsAt !== undefined && { resetsAt }),
    underWay,
    queued,
    ...(paused > 0 && { pausedUntil: now + paused }),
    projectedWaitMs: Math.max(paused, window.projectMs(queued + 1, now)),
  }
}
