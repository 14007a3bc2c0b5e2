import { countWaiting } from './share.ts'
import type { Bucket, Lane, Permit } from './state.ts'
import type { Window } from './window.ts'

// No name of a family begins with it.
const ofWrites = '\u0001'

/** Names a lane within its connection, by what its calls have in common. */
export function laneKey(family: string, object: string | undefined, apart: boolean): string {
  const key = object === undefined ? family : `${family}\0${object}`
  return apart ? `${ofWrites}${key}` : key
}

/** Names the lane of the writes that belong to a lane of reads, or the other way round. */
export function siblingKey(key: string): string {
  return key.startsWith(ofWrites) ? key.slice(1) : `${ofWrites}${key}`
}

/** Makes an empty lane. */
export function createLane(
  facts: Pick<Lane, 'connection' | 'key' | 'ofObject' | 'weight' | 'order'>,
  buckets: readonly Bucket[],
): Lane {
  // Named one by one, see `createBucket`.
  const { connection, key, ofObject, weight, order } = facts
  return {
    connection,
    key,
    ofObject,
    weight,
    order,
    calls: undefined,
    // Copied, because a list that was put together has room for sixteen more.
    buckets: [...buckets],
    parkedAt: undefined,
    turn: 0,
    slot: -1,
    present: 0,
    quickestMs: undefined,
  }
}

/** Adds a bucket to what a lane needs, its calls that wait and those that are under way included. */
export function attach(lane: Lane, bucket: Bucket, underWay: Iterable<Permit>): void {
  if (lane.buckets.includes(bucket)) return
  lane.buckets = [...lane.buckets, bucket]
  for (const { ask } of lane.calls?.items() ?? []) countWaiting(bucket, lane, ask.priority, ask.cost)
  for (const permit of underWay) {
    if (permit.lane !== lane) continue
    bucket.underWay++
    permit.buckets = [...permit.buckets, bucket]
    permit.marks = [...permit.marks, bucket.window.take(permit.cost, permit.chargedAt)]
  }
}

/** Gives a bucket another window, to which its calls under way are charged anew. */
export function replaceWindow(bucket: Bucket, window: Window, underWay: Iterable<Permit>): void {
  bucket.window = window
  for (const permit of underWay) {
    const index = permit.buckets.indexOf(bucket)
    if (index < 0) continue
    const mark = window.take(permit.cost, permit.chargedAt)
    permit.marks = permit.marks.map((old, at) => (at === index ? mark : old))
  }
}
