import { checkNumber, checkOptions } from '../check.ts'
import { isWrite, type HttpRequest } from '../http/request.ts'
import { firstCalls } from './cap.ts'
import { stateOf, type BucketState } from './bucket-state.ts'
import { createConnections, type Connection } from './connections.ts'
import { createWindow } from './create-window.ts'
import { checkFacts, quotaFactNames, type QuotaFacts } from './facts.ts'
import { createGate, type Gate, type GateOptions } from './gate.ts'
import { attach, createLane, laneKey } from './lane.ts'
import type { Limit, QuotaScope } from './limit.ts'
import { oneReader, type QuotaReader } from './reading.ts'
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
  /** The lane for a call that comes now. A connection, or an object, that is idle and full again is forgotten as others come. */
  lane(connection: string, weight: number, request: HttpRequest, now: number): Lane
  /** Finds a bucket that every call of a connection needs, or makes it and adds it to all of them. */
  bucketOfAll(connection: string, name: string, make: () => Window): Bucket
  /** Finds a bucket of a connection by name, or makes it. */
  bucket(connection: string, name: string, make: () => Window): Bucket
  /** Gives the placeholder of an unknown limit the name that the vendor told; false where that name is taken. */
  rename(bucket: Bucket, connection: string, name: string): boolean
  /** Notes that an answer taught something of a connection, which is remembered for longer then. */
  noteLearned(connection: string): void
  /** A name for a connection that has none. */
  nextConnection(): string
  /** The state of every bucket at a moment. */
  states(now: number): readonly BucketState[]
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
  const { maxConcurrent: declared, maxConcurrent: most = Infinity } = options
  const apart = limits.some(({ counts }) => counts !== undefined)
  // Where nothing is stated, and a pace is kept in the search for it, calls at once are part of what is looked for.
  const sought =
    declared === undefined && limits.every(({ counts }) => counts !== undefined) && startPerSecond !== Infinity
  const first = sought ? firstCalls : most
  const gate = createGate(options)
  const all = createConnections()
  let lanes = 0
  let unnamed = 0

  function laneOf(
    of: Connection,
    weight: number,
    inFamily: string,
    forObject: string | undefined,
    writes: boolean,
    key: string,
  ): Lane {
    const parts: Readonly<Record<QuotaScope, readonly string[]>> = {
      app: [],
      connection: [of.name],
      family: [of.name, inFamily],
      object: [of.name, inFamily, forObject ?? ''],
    }
    const about = limits
      .filter(({ families }) => !families || families.includes(inFamily))
      .filter(({ scope }) => scope !== 'object' || forObject !== undefined)
    const bucketsOf = (counts: Limit['counts']): readonly Bucket[] =>
      about
        .filter((limit) => limit.counts === counts)
        .map((limit) => {
          const { name, scope = 'connection' } = limit
          return all.bucketAt(of, scope, name, parts[scope], () => createWindow(limit, share))
        })
    const unknown = (): Bucket =>
      all.bucketAt(of, 'family', placeholder, parts.family, () => probingWindow(startPerSecond))
    // What is stated of reads or of writes alone says nothing of the limit on both. That one goes first: it is what answers mean.
    const stated = bucketsOf(undefined)
    const known = stated.length > 0 ? stated : [unknown()]
    const partial = bucketsOf(writes ? 'writes' : 'reads')
    const cap = all.bucketAt(of, 'connection', concurrency, parts.connection, () => concurrencyWindow(most, first))
    // Each answer teaches a pace that is looked for.
    if (stated.length === 0 && startPerSecond !== Infinity) of.learned = true
    const buckets = [...known, ...partial, cap, ...of.ofAll]
    return createLane({ connection: of.name, key, ofObject: forObject !== undefined, weight, order: lanes++ }, buckets)
  }

  return {
    gate,
    share,
    read: oneReader(reader),
    limits,
    costOf: (request) => request.cost ?? cost?.(request) ?? 1,
    lane(connection, weight, request, now) {
      const inFamily = family?.(request) ?? ''
      const forObject = object?.(request)
      const writes = apart && isWrite(request)
      const key = laneKey(inFamily, forObject, writes)
      const known = all.find(connection)
      const lane = known?.lanes.get(key)
      if (known && lane) {
        known.usedAt = now
        if (lane.ofObject) all.touch(lane)
        return lane
      }
      all.sweep(now)
      const of = all.of(connection)
      of.usedAt = now
      return all.keep(of, laneOf(of, weight, inFamily, forObject, writes, key))
    },
    bucketOfAll(connection, name, make) {
      const of = all.of(connection)
      const bucket = all.bucketAt(of, 'connection', name, [connection], make)
      if (of.ofAll.includes(bucket)) return bucket
      of.ofAll = [...of.ofAll, bucket]
      for (const lane of of.lanes.values()) attach(lane, bucket, gate.underWay)
      return bucket
    },
    bucket: (connection, name, make) => all.bucketAt(all.of(connection), 'connection', name, [connection], make),
    rename(bucket, connection, name) {
      const { buckets } = all.of(connection)
      const key = `${connection}/${name}`
      if (buckets.has(key)) return false
      bucket.name = name
      buckets.set(key, bucket)
      return true
    },
    noteLearned: (connection) => void (all.of(connection).learned = true),
    nextConnection: () => `connection ${++unnamed}`,
    states: (now) => [...all.buckets()].flatMap((bucket) => stateOf(bucket, now) ?? []),
  }
}

/** The name of the bucket for a limit that nobody has stated yet. */
export const placeholder = 'unknown'

/** The name of the bucket that counts calls at once. */
export const concurrency = 'concurrency'
