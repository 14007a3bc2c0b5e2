import { createLine } from '../http/line.ts'
import { countWaiting, shareOf } from './bucket.ts'
import type { Bucket, Lane, Waiter } from './state.ts'

/** Makes an empty lane. */
export function createLane(connection: string, weight: number, order: number, buckets: readonly Bucket[]): Lane {
  const shares = buckets.map((bucket) => shareOf(bucket, connection, weight))
  return {
    connection,
    weight,
    order,
    calls: createLine<Waiter>(),
    buckets,
    shares,
    parkedAt: undefined,
    turn: 0,
    slot: -1,
    present: 0,
    quickestMs: Infinity,
  }
}

/** Adds a bucket to what a lane needs, its waiting calls included. */
export function attach(lane: Lane, bucket: Bucket): void {
  const share = shareOf(bucket, lane.connection, lane.weight)
  lane.buckets = [...lane.buckets, bucket]
  lane.shares = [...lane.shares, share]
  for (const { ask } of lane.calls.items()) countWaiting(bucket, share, ask.priority, ask.cost)
}
