import { checkNumber, checkOptions } from '../check.ts'
import type { HttpRequest } from '../http/request.ts'
import { createBucket, isFull, pausedMs } from './bucket.ts'
import { firstCalls } from './cap.ts'
import { createWindow } from './create-window.ts'
import { checkFacts, quotaFactNames, type QuotaFacts } from './facts.ts'
import { createGate, type Gate, type GateOptions } from './gate.ts'
import { attach, createLane } from './lane.ts'
import type { Limit, QuotaScope } from './limit.ts'
import { readAll, type QuotaReader } from './reading.ts'
import type { Bucket, Lane } from './state.ts'
import type { Window } from './window.ts'
import { concurrencyWindow } from './windows/concurrency.ts'
import { probingWindow } from './windows/probing.ts'

/** Options of {@link quota}. */
export interface QuotaOptions extends QuotaFacts, GateOptions {
  /** Which part of every limit is ours; the rest is left to other users of the same quota. @default 1 */
  readonly share?: number
  /**
   * The pace with which a limit is looked for that nobody states, after the first answer; and a few calls at once, then
   * more, where nobody states a cap either. `Infinity` keeps no pace until the vendor refuses. Calls per second. @default 10
   */
  readonly startPerSecond?: number
}

/** The names of {@link QuotaOptions}. */
export const quotaOptionNames: readonly (keyof QuotaOptions)[] = [
  ...quotaFactNames,
  'maxQueue',
  'headStartMs',
  'share',
  'startPerSecond',
]

/** The state of one vendor's quota: what is used, what is known, who waits. Clients that are given the same one share it. */
export interface Quota {
  readonly gate: Gate
  readonly share: number
  readonly read: QuotaReader
  readonly limits: readonly Limit[]
  costOf(request: HttpRequest): number
  /** The lane for a call of a connection. What counts an object apart is forgotten when it is idle and full again. */
  lane(connection: string, weight: number, request: HttpRequest, now: number): Lane
  /** Finds a bucket that every call of a connection needs, or makes it and adds it to all of them. */
  bucketOfAll(connection: string, name: string, make: () => Window): Bucket
  /** Finds a bucket of a connection by name, or makes it. */
  bucket(connection: string, name: string, make: () => Window): Bucket
  /** Gives the placeholder of an unknown limit the name that the vendor told; false where that name is taken. */
  rename(bucket: Bucket, connection: string, name: string): boolean
  /** A name for a connection that has none. */
  nextConnection(): string
  /** The state of every bucket at a moment. */
  states(now: number): readonly BucketState[]
}

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

/**
 * Makes the state of a quota, to be given to `throttle` in every client that is to share it.
 *
 * @throws {ConfigurationError}
 */
export function quota(options: QuotaOptions = {}): Quota {
  checkOptions('quota', options, quotaOptionNames)
  checkFacts(options)
  const { limits = [], reader = [], share = 1, startPerSecond = 10, cost, family, object } = options
  checkNumber('quota.startPerSecond', startPerSecond, 0.1)
  checkNumber('quota.share', share, Number.MIN_VALUE)
  checkNumber('quota: the rest that `share` leaves', 1 - share, 0)
  const { maxConcurrent: most = Infinity } = options
  // Where nothing is stated, and a pace is kept in the search for it, calls at once are part of what is looked for.
  const sought = most === Infinity && limits.length === 0 && startPerSecond !== Infinity
  const first = sought ? firstCalls : most
  const buckets = new Map<string, Bucket>()
  const lanes = new Map<string, Lane>()
  /** Those of an object; the one that was not used for longest stands first. */
  const objectLanes = new Map<string, Lane>()
  /** What was found to hold all calls of a connection up, by connection. */
  const ofAll = new Map<string, readonly Bucket[]>()
  const gate = createGate(options)
  let laneCount = 0
  let connections = 0

  function bucketAt(scope: QuotaScope, name: string, parts: readonly string[], make: () => Window): Bucket {
    const key = [...parts, name].join('/')
    const bucket = buckets.get(key) ?? createBucket({ key, name, scope, window: make() })
    buckets.set(key, bucket)
    return bucket
  }

  function laneOf(connection: string, weight: number, inFamily: string, forObject: string | undefined): Lane {
    const parts: Readonly<Record<QuotaScope, readonly string[]>> = {
      app: [],
      connection: [connection],
      family: [connection, inFamily],
      object: [connection, inFamily, forObject ?? ''],
    }
    const rates = limits
      .filter(({ families }) => !families || families.includes(inFamily))
      .filter(({ scope }) => scope !== 'object' || forObject !== undefined)
      .map((limit) => {
        const { name, scope = 'connection' } = limit
        return bucketAt(scope, name, parts[scope], () => createWindow(limit, share))
      })
    const unknown = (): Bucket => bucketAt('family', placeholder, parts.family, () => probingWindow(startPerSecond))
    const known = rates.length > 0 ? rates : [unknown()]
    const cap = bucketAt('connection', concurrency, parts.connection, () => concurrencyWindow(most, first))
    return createLane(connection, weight, laneCount++, [...known, cap, ...(ofAll.get(connection) ?? [])])
  }

  /** Of the lanes that were not used for longest, looks at two for each new one, so that the idle ones get fewer. */
  function forgetIdle(now: number): void {
    for (const [key, lane] of [...firstOf(objectLanes, 2)]) {
      objectLanes.delete(key)
      const counted = lane.buckets.filter(({ scope }) => scope === 'object')
      if (lane.present === 0 && counted.every((bucket) => isFull(bucket, now))) {
        for (const bucket of counted) buckets.delete(bucket.key)
      } else objectLanes.set(key, lane)
    }
  }

  return {
    gate,
    share,
    read: typeof reader === 'function' ? reader : readAll(...reader),
    limits,
    costOf: (request) => request.cost ?? cost?.(request) ?? 1,
    lane(connection, weight, request, now) {
      const inFamily = family?.(request) ?? ''
      const forObject = object?.(request)
      const key = inFamily === '' && forObject === undefined ? connection : [connection, inFamily, forObject].join('/')
      const kept = forObject === undefined ? lanes : objectLanes
      const known = kept.get(key)
      if (known && forObject === undefined) return known
      if (known) kept.delete(key)
      else if (forObject !== undefined) forgetIdle(now)
      const lane = known ?? laneOf(connection, weight, inFamily, forObject)
      kept.set(key, lane)
      return lane
    },
    bucketOfAll(connection, name, make) {
      const bucket = bucketAt('connection', name, [connection], make)
      const known = ofAll.get(connection) ?? []
      if (known.includes(bucket)) return bucket
      ofAll.set(connection, [...known, bucket])
      for (const lane of [...lanes.values(), ...objectLanes.values()]) {
        if (lane.connection === connection) attach(lane, bucket, gate.underWay)
      }
      return bucket
    },
    bucket: (connection, name, make) => bucketAt('connection', name, [connection], make),
    rename(bucket, connection, name) {
      const key = `${connection}/${name}`
      if (buckets.has(key)) return false
      bucket.name = name
      buckets.set(key, bucket)
      return true
    },
    nextConnection: () => `connection ${++connections}`,
    states: (now) => [...new Set(buckets.values())].flatMap((bucket) => stateOf(bucket, now) ?? []),
  }
}

/** The name of the bucket for a limit that nobody has stated yet. */
export const placeholder = 'unknown'

/** The name of the bucket that counts calls at once. */
export const concurrency = 'concurrency'

function* firstOf<T>(items: Iterable<T>, count: number): Iterable<T> {
  let left = count
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}

function stateOf(bucket: Bucket, now: number): BucketState | undefined {
  const { name, scope, key, window, underWay, waiting: queued } = bucket
  const { limit, remaining, resetsAt } = window.state(now)
  // Nobody spoke of a cap.
  if (name === concurrency && remaining === Infinity) return undefined
  const paused = pausedMs(bucket, now)
  return {
    name,
    scope,
    key,
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
