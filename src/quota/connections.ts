import { createBucket, isFull } from './bucket.ts'
import { siblingKey } from './lane.ts'
import type { QuotaScope } from './limit.ts'
import { findShare, forgetShare } from './share.ts'
import type { Bucket, Lane } from './state.ts'
import type { Window } from './window.ts'

/** What a quota knows of one connection, and forgets with it. */
export interface Connection {
  readonly name: string
  /** By family and object, writes apart where a limit counts them so. */
  readonly lanes: Map<string, Lane>
  /** Its own, by key. One that was renamed stands here twice. */
  readonly buckets: Map<string, Bucket>
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
  /** Every bucket once. */
  buckets(): ReadonlySet<Bucket>
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
  #app: Map<string, Bucket> | undefined
  readonly #connections = new Map<string, Connection>()
  /** Those of objects; the one that was not used for longest stands first. */
  #objectLanes: Set<Lane> | undefined

  find(name: string): Connection | undefined {
    return this.#connections.get(name)
  }

  of(name: string): Connection {
    const known = this.#connections.get(name)
    if (known) return known
    const made = {
      name,
      lanes: new Map(),
      buckets: new Map(),
      ofAll: none,
      learned: false,
      objects: 0,
      usedAt: -Infinity,
    }
    this.#connections.set(name, made)
    return made
  }

  bucketAt(
    { buckets }: Connection,
    scope: QuotaScope,
    name: string,
    parts: readonly string[],
    make: () => Window,
  ): Bucket {
    const key = [...parts, name].join('/')
    const kept = scope === 'app' ? (this.#app ??= new Map()) : buckets
    const bucket = kept.get(key) ?? createBucket({ key, name, scope, window: make() })
    kept.set(key, bucket)
    return bucket
  }

  keep(connection: Connection, lane: Lane): Lane {
    connection.lanes.set(lane.key, lane)
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
    for (const connection of firstOf(this.#connections.values())) {
      this.#connections.delete(connection.name)
      // One that stays is looked at again after all others.
      if (!this.#isOver(connection, now)) this.#connections.set(connection.name, connection)
      else for (const bucket of this.#ofApp()) forgetShare(bucket, connection.name)
    }
  }

  buckets(): ReadonlySet<Bucket> {
    const own = [...this.#connections.values()].flatMap((each) => [...each.buckets.values()])
    return new Set([...this.#ofApp(), ...own])
  }

  #ofApp(): Iterable<Bucket> {
    return this.#app?.values() ?? []
  }

  #forgetObject(lane: Lane): void {
    this.#objectLanes?.delete(lane)
    const connection = this.of(lane.connection)
    connection.objects--
    connection.lanes.delete(lane.key)
    // Its buckets go with the last of the two that share them.
    if (connection.lanes.has(siblingKey(lane.key))) return
    for (const { scope, key } of lane.buckets) if (scope === 'object') connection.buckets.delete(key)
  }

  /** Tells whether a connection is as good as new, so that nothing is lost with it but what `learnedMs` has passed over. */
  #isOver({ name, lanes, buckets, learned, objects, usedAt }: Connection, now: number): boolean {
    if (objects > 0) return false
    for (const lane of lanes.values()) if (!isIdle(lane)) return false
    for (const bucket of buckets.values()) if (bucket.underWay > 0 || !isFull(bucket, now)) return false
    if (now - usedAt >= learnedMs) return true
    if (learned) return false
    for (const bucket of this.#ofApp()) if (isAhead(bucket, name)) return false
    return true
  }
}

function isIdle({ present, calls }: Lane): boolean {
  return present === 0 && !calls?.size
}

/** Tells whether others who wait are to go before this connection: forgotten, it would begin where they are. */
function isAhead(bucket: Bucket, connection: string): boolean {
  const { served, waiting } = bucket
  return waiting > 0 && (findShare(bucket, connection)?.served ?? served) > served
}

function firstOf<T>(items: Iterable<T>): readonly T[] {
  const first: T[] = []
  for (const item of items) {
    if (first.push(item) === looks) break
  }
  return first
}
