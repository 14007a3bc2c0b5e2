import { added, find, itemsOf, without, type Few } from '../http/few.ts'
import { oneText } from '../http/one-text.ts'
import { createBucket, isFull } from './bucket.ts'
import { stateOf, type BucketState } from './bucket-state.ts'
import { siblingKey } from './lane.ts'
import { concurrency, type QuotaScope } from './limit.ts'
import type { Bucket, Lane } from './state.ts'
import type { Window } from './window.ts'

/** What a quota knows of one connection, and forgets with it. */
export interface Connection {
  /** Its name. */
  readonly key: string
  /** By family and object, writes apart where a limit counts them so. */
  lanes: Few<Lane>
  /** Its own, by key. One that was renamed stands here twice. */
  buckets: Few<Bucket>
  /** The one of its own that counts calls at once. */
  cap: Bucket | undefined
  /** What was found to hold all of its calls up. */
  ofAll: readonly Bucket[]
  /** An answer told of its windows, or the vendor refused. */
  learned: boolean
  /** How many of the lanes are an object's. */
  objects: number
  /** When a call of it came last. Milliseconds since the Unix epoch. */
  usedAt: number
}

/** All connections of a quota, and what they share. Whoever is idle and full again is forgotten as others come. */
export interface Connections {
  find(name: string): Connection | undefined
  /** Finds a connection by name, or makes it. */
  of(name: string): Connection
  /** Finds a bucket of the app or of a connection, or makes it. `parts`: what its scope tells apart. */
  bucketAt(of: Connection, scope: QuotaScope, name: string, parts: readonly string[], make: () => Window): Bucket
  keep(of: Connection, lane: Lane): Lane
  /** Notes that the lane of an object was used. */
  touch(lane: Lane): void
  /** Looks at two objects and two connections, the ones longest here or longest not used, and forgets those that may go. */
  sweep(now: number): void
  /** The name that a bucket gets beside the one it has; false where that is taken. */
  rename(of: Connection, bucket: Bucket, name: string): boolean
  /** The state of every bucket, once. */
  states(now: number): readonly BucketState[]
}

// Two for each one that comes, so that the idle ones get fewer.
const looks = 2

/**
 * How long a connection stays, unused, of which something was learned or which is ahead of its fair part. Ten times as long as
 * a cap holds what a refusal has shown: whoever comes back later costs the vendor one refusal, as any new connection may.
 * Milliseconds.
 */
const learnedMs = 600_000

const none: readonly Bucket[] = []

/** Makes an empty record of connections. */
export function createConnections(): Connections {
  return new KnownConnections()
}

// A class, because every quota has one. Limits of the app and of objects are rare, so what keeps them is made on first need.
class KnownConnections implements Connections {
  #app: Few<Bucket>
  #connections: Few<Connection>
  /** Those of objects; the one that was not used for longest stands first. */
  #objectLanes: Set<Lane> | undefined

  find(name: string): Connection | undefined {
    return find(this.#connections, name)
  }

  of(name: string): Connection {
    const known = this.find(name)
    if (known) return known
    const made: Connection = {
      key: name,
      lanes: undefined,
      buckets: undefined,
      cap: undefined,
      ofAll: none,
      learned: false,
      objects: 0,
      usedAt: -Infinity,
    }
    this.#connections = added(this.#connections, made)
    return made
  }

  bucketAt(of: Connection, scope: QuotaScope, name: string, parts: readonly string[], make: () => Window): Bucket {
    const key = parts.length === 0 ? name : oneText([...parts, name].join('/'))
    const known = this.#bucketOf(of, scope, key)
    if (known) return known
    const bucket = createBucket({ key, name, scope, window: make() })
    if (scope === 'app') this.#app = added(this.#app, bucket)
    else if (isCap(scope, key)) of.cap = bucket
    else of.buckets = added(of.buckets, bucket)
    return bucket
  }

  keep(connection: Connection, lane: Lane): Lane {
    connection.lanes = added(connection.lanes, lane)
    if (lane.ofObject) {
      connection.objects++
      this.touch(lane)
    }
    return lane
  }

  touch(lane: Lane): void {
    this.#objectLanes ??= new Set()
    this.#objectLanes.delete(lane)
    this.#objectLanes.add(lane)
  }

  sweep(now: number): void {
    for (const lane of firstOf(this.#objectLanes ?? [])) {
      const counted = lane.buckets.filter(({ scope }) => scope === 'object')
      if (isIdle(lane) && counted.every((bucket) => isFull(bucket, now))) this.#forgetObject(lane)
      else this.touch(lane)
    }
    for (const connection of firstOf(itemsOf(this.#connections))) {
      this.#connections = without(this.#connections, connection.key)
      // One that stays is looked at again after all others.
      if (!this.#isOver(connection, now)) this.#connections = added(this.#connections, connection)
      else for (const bucket of itemsOf(this.#app)) bucket.shares = without(bucket.shares, connection.key)
    }
  }

  rename(of: Connection, bucket: Bucket, name: string): boolean {
    if (this.#bucketOf(of, 'connection', name)) return false
    bucket.name = name
    of.buckets = added(of.buckets, bucket, name)
    return true
  }

  states(now: number): readonly BucketState[] {
    const statesOf = (buckets: Iterable<Bucket>, connection?: string): readonly BucketState[] =>
      [...new Set(buckets)].flatMap((bucket) => stateOf(bucket, connection, now) ?? [])
    const own = [...itemsOf(this.#connections)].flatMap((each) => statesOf(bucketsOf(each), each.key))
    return [...statesOf(itemsOf(this.#app)), ...own]
  }

  #bucketOf({ buckets, cap }: Connection, scope: QuotaScope, key: string): Bucket | undefined {
    if (isCap(scope, key)) return cap
    return find(scope === 'app' ? this.#app : buckets, key)
  }

  #forgetObject(lane: Lane): void {
    this.#objectLanes?.delete(lane)
    const connection = this.of(lane.connection)
    connection.objects--
    connection.lanes = without(connection.lanes, lane.key)
    // Its buckets go with the last of the two that share them.
    if (find(connection.lanes, siblingKey(lane.key))) return
    for (const { scope, key } of lane.buckets) {
      if (scope === 'object') connection.buckets = without(connection.buckets, key)
    }
  }

  /** Tells whether a connection is as good as new, so that nothing is lost with it but what `learnedMs` has passed over. */
  #isOver(connection: Connection, now: number): boolean {
    const { key, lanes, learned, objects, usedAt } = connection
    if (objects > 0) return false
    for (const lane of itemsOf(lanes)) if (!isIdle(lane)) return false
    for (const bucket of bucketsOf(connection)) if (bucket.underWay > 0 || !isFull(bucket, now)) return false
    if (now - usedAt >= learnedMs) return true
    if (learned) return false
    for (const bucket of itemsOf(this.#app)) if (isAhead(bucket, key)) return false
    return true
  }
}

function isCap(scope: QuotaScope, key: string): boolean {
  return scope === 'connection' && key === concurrency
}

function bucketsOf({ buckets, cap }: Connection): readonly Bucket[] {
  return cap ? [...itemsOf(buckets), cap] : [...itemsOf(buckets)]
}

function isIdle({ present, calls }: Lane): boolean {
  return present === 0 && !calls?.size
}

/** Tells whether others who wait are to go before this connection: forgotten, it would begin where they are. */
function isAhead(bucket: Bucket, connection: string): boolean {
  const { served, waiting } = bucket
  return waiting > 0 && (find(bucket.shares, connection)?.served ?? served) > served
}

function firstOf<T>(items: Iterable<T>): readonly T[] {
  const first: T[] = []
  for (const item of items) {
    if (first.push(item) === looks) break
  }
  return first
}
