import { shareOf, type Bucket, type Share } from './bucket.ts'
import { createHeap, type Heap } from './heap.ts'

/** A call that wants to be let through. */
export interface Ask {
  readonly operation: string
  readonly cost: number
  /** Higher goes first, within its connection. */
  readonly priority: number
  /** Milliseconds since the Unix epoch. */
  readonly deadline?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** A call that waits. */
export interface Waiter {
  readonly lane: Lane
  readonly ask: Ask
  /** Least goes first: the time of arrival, less a head start for each step of priority. */
  readonly rank: number
  readonly order: number
  /** Where it stands in its lane, and among all deadlines. */
  slot: number
  deadlineSlot: number
  admit(permit: Permit): void
  refuse(error: Error): void
}

/** What a call that was let through holds until it is over. */
export interface Permit {
  readonly lane: Lane
  readonly buckets: readonly Bucket[]
  /** What each bucket's count returned when it was charged. */
  readonly marks: readonly number[]
  readonly cost: number
  /** Milliseconds since the Unix epoch. */
  readonly chargedAt: number
}

/**
 * The calls of one connection that need the same buckets, in their order. Since all need the same, the first one alone
 * decides whether the lane can go on; where it cannot, the lane stands parked at the bucket that holds it up.
 */
export interface Lane {
  readonly connection: string
  readonly weight: number
  readonly order: number
  readonly calls: Heap<Waiter>
  /** Replaced, never changed in place: a permit keeps the list it was charged to. */
  buckets: readonly Bucket[]
  shares: readonly Share[]
  parkedAt: Bucket | undefined
  /** The lane's turn among those parked at the same bucket, and its place there. */
  turn: number
  slot: number
  /** The shortest answer so far: how long before an answer the call has reached the vendor at the latest. */
  quickestMs: number
}

/** Makes an empty lane. */
export function createLane(connection: string, weight: number, order: number, buckets: readonly Bucket[]): Lane {
  const calls = createHeap<Waiter>((a, b) => a.rank < b.rank || (a.rank === b.rank && a.order < b.order), {
    get: (waiter) => waiter.slot,
    set: (waiter, slot) => (waiter.slot = slot),
  })
  const shares = buckets.map((bucket) => shareOf(bucket, connection, weight))
  return {
    connection,
    weight,
    order,
    calls,
    buckets,
    shares,
    parkedAt: undefined,
    turn: 0,
    slot: -1,
    quickestMs: Infinity,
  }
}
