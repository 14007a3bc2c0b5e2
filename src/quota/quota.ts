import { checkNumber, checkOptions } from '../check.ts'
import { oneText } from '../http/one-text.ts'
import { isWrite, type HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { BucketState } from './bucket-state.ts'
import { firstCalls } from './cap.ts'
import { createConnections, type Connection } from './connections.ts'
import { createWindow } from './create-window.ts'
import { checkFacts, quotaFactNames, type QuotaFacts } from './facts.ts'
import { find, itemsOf } from '../http/few.ts'
import { createGate, type Gate, type GateOptions } from './gate.ts'
import { attach, createLane, laneKey } from './lane.ts'
import { concurrency, placeholder, type Limit, type QuotaScope } from './limit.ts'
import { oneReader, readSafely, type QuotaReader, type QuotaReading } from './reading.ts'
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
  readonly limits: readonly Limit[]
  /** Reads an answer, see {@link QuotaReader}. */
  read(response: HttpResponse, now: number): QuotaReading | undefined
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
  const { share = 1, startPerSecond = 10 } = options
  checkNumber('quota.startPerSecond', startPerSecond, 0.1)
  checkNumber('quota.share', share, Number.MIN_VALUE)
  checkNumber('quota: the rest that `share` leaves', 1 - share, 0)
  return new VendorQuota(options)
}

const none: readonly Limit[] = []

// A class, because every connection may have one: functions of its own would take 650 bytes more.
class VendorQuota implements Quota {
  readonly gate: Gate
  readonly share: number
  readonly limits: readonly Limit[]
  readonly #reader: QuotaReader
  readonly #cost: QuotaOptions['cost']
  readonly #family: QuotaOptions['family']
  readonly #object: QuotaOptions['object']
  /** Absent where no pace is kept: infinity takes 16 bytes more. */
  readonly #startPerSecond: number | undefined
  /** How many calls of a connection at once, at most and at first. */
  readonly #most: number
  readonly #first: number
  /** Whether reads and writes are counted apart. */
  readonly #apart: boolean
  readonly #all = createConnections()
  #lanes = 0
  #unnamed = 0

  constructor(options: QuotaOptions) {
    const { limits = none, reader = [], share = 1, startPerSecond = 10 } = options
    const { maxConcurrent: declared, maxConcurrent: most = Infinity } = options
    // Where nothing is stated, and a pace is kept in the search for it, calls at once are part of what is looked for.
    const sought =
      declared === undefined && limits.every(({ counts }) => counts !== undefined) && startPerSecond !== Infinity
    this.gate = createGate(options)
    this.share = share
    this.limits = limits
    this.#reader = oneReader(reader)
    this.#cost = options.cost
    this.#family = options.family
    this.#object = options.object
    this.#startPerSecond = startPerSecond === Infinity ? undefined : startPerSecond
    this.#most = most
    this.#first = sought ? firstCalls : most
    this.#apart = limits.some(({ counts }) => counts !== undefined)
  }

  read(response: HttpResponse, now: number): QuotaReading | undefined {
    return readSafely(this.#reader, response, now)
  }

  costOf(request: HttpRequest): number {
    return request.cost ?? this.#cost?.(request) ?? 1
  }

  lane(connection: string, weight: number, request: HttpRequest, now: number): Lane {
    const family = this.#family?.(request) ?? ''
    const object = this.#object?.(request)
    const writes = this.#apart && isWrite(request)
    const key = laneKey(family, object, writes)
    const known = this.#all.find(connection)
    const lane = known && find(known.lanes, key)
    if (known && lane) {
      known.usedAt = now
      if (lane.ofObject) this.#all.touch(lane)
      return lane
    }
    this.#all.sweep(now)
    const of = this.#all.of(connection)
    of.usedAt = now
    const ofObject = object !== undefined
    const buckets = [...this.#bucketsOf(of, family, object, writes), ...of.ofAll]
    return this.#all.keep(of, createLane({ connection, key, ofObject, weight, order: this.#lanes++ }, buckets))
  }

  bucketOfAll(connection: string, name: string, make: () => Window): Bucket {
    const of = this.#all.of(connection)
    const bucket = this.#all.bucketAt(of, 'connection', name, [], make)
    if (of.ofAll.includes(bucket)) return bucket
    of.ofAll = [...of.ofAll, bucket]
    for (const lane of itemsOf(of.lanes)) attach(lane, bucket, this.gate.underWay)
    return bucket
  }

  bucket(connection: string, name: string, make: () => Window): Bucket {
    return this.#all.bucketAt(this.#all.of(connection), 'connection', name, [], make)
  }

  rename(bucket: Bucket, connection: string, name: string): boolean {
    return this.#all.rename(this.#all.of(connection), bucket, name)
  }

  noteLearned(connection: string): void {
    this.#all.of(connection).learned = true
  }

  nextConnection(): string {
    return oneText(`connection ${++this.#unnamed}`)
  }

  states(now: number): readonly BucketState[] {
    return this.#all.states(now)
  }

  /** The buckets of a lane, found or made: its limits, then those of reads or of writes alone, then the cap. */
  #bucketsOf(of: Connection, family: string, object: string | undefined, writes: boolean): readonly Bucket[] {
    const parts: Readonly<Record<QuotaScope, readonly string[]>> = {
      app: [],
      connection: [],
      family: [family],
      object: [family, object ?? ''],
    }
    const about = this.limits
      .filter(({ families }) => !families || families.includes(family))
      .filter(({ scope }) => scope !== 'object' || object !== undefined)
    const bucketsOf = (counts: Limit['counts']): readonly Bucket[] =>
      about
        .filter((limit) => limit.counts === counts)
        .map((limit) => {
          const { name, scope = 'connection' } = limit
          return this.#all.bucketAt(of, scope, name, parts[scope], () => createWindow(limit, this.share))
        })
    const unknown = (): Bucket =>
      this.#all.bucketAt(of, 'family', placeholder, parts.family, () => probingWindow(this.#startPerSecond ?? Infinity))
    // What is stated of reads or of writes alone says nothing of the limit on both. That one goes first: it is what answers mean.
    const stated = bucketsOf(undefined)
    const known = stated.length > 0 ? stated : [unknown()]
    const partial = bucketsOf(writes ? 'writes' : 'reads')
    const window = (): Window => concurrencyWindow(this.#most, this.#first)
    const cap = this.#all.bucketAt(of, 'connection', concurrency, parts.connection, window)
    // Each answer teaches a pace that is looked for.
    if (stated.length === 0 && this.#startPerSecond !== undefined) of.learned = true
    return [...known, ...partial, cap]
  }
}
