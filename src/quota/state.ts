import type { Heap } from '../http/heap.ts'
import type { InLine } from '../http/line.ts'
import type { Cancel } from '../runtime.ts'
import type { Few } from '../http/few.ts'
import type { QuotaScope } from './limit.ts'
import type { Pause } from './pause.ts'
import type { Window } from './window.ts'

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
export interface Waiter extends InLine {
  readonly lane: Lane
  readonly ask: Ask
  /** Where it stands among all deadlines. */
  deadlineSlot: number
  readonly resolve: (permit: Permit) => void
  readonly reject: (error: Error) => void
  /** Stops listening to the caller's signal. */
  unlisten: Cancel | undefined
}

/** What a call that was let through holds until it is over. */
export interface Permit {
  readonly lane: Lane
  /** Replaced, never changed in place, when a limit is learned that counts the call too. */
  buckets: readonly Bucket[]
  /** What each bucket's count returned when it was charged. */
  marks: readonly number[]
  /** What it is charged now: the declared cost until an answer tells the real one. */
  cost: number
  /** What it was charged first. */
  readonly asked: number
  /** Milliseconds since the Unix epoch. */
  readonly chargedAt: number
  /** Its neighbours among the calls under way. */
  before: Permit | undefined
  after: Permit | undefined
}

/**
 * The calls of one connection that need the same buckets, in their order. Since all need the same, the first one alone
 * decides whether the lane can go on; where it cannot, the lane stands parked at the bucket that holds it up.
 */
export interface Lane {
  readonly connection: string
  /** Tells it from the other lanes of its connection. */
  readonly key: string
  /** Its calls are about one object. */
  readonly ofObject: boolean
  readonly weight: number
  readonly order: number
  /** Made when a call waits first, as all queues are: 90 bytes of each that nobody ever waited in. */
  calls: Heap<Waiter> | undefined
  /** Replaced, never changed in place: permits share the list that they were charged to. */
  buckets: readonly Bucket[]
  parkedAt: Bucket | undefined
  /** The lane's turn among those parked at the same bucket, and its place there. */
  turn: number
  slot: number
  /** Its calls that came to the throttle and are not over, wherever they wait. Nobody forgets a lane that has some. */
  present: number
  /** The shortest answer so far: how long before an answer the call has reached the vendor at the latest. Absent until there is one. */
  quickestMs: number | undefined
}

/** One connection's part in a bucket. */
export interface Share {
  /** The connection's name. */
  readonly key: string
  readonly weight: number
  /** How far this connection has been served, in cost by weight. Whoever is behind goes first. */
  served: number
  /** The cost of its calls that wait, by priority. Absent until one waits. */
  waiting: Map<number, number> | undefined
}

/** One limit for one of those it counts apart: a window, whether it is paused, and who waits at it. */
export interface Bucket {
  /** Unique within a connection: the name, and what the scope tells apart in it. */
  readonly key: string
  readonly scope: QuotaScope
  /** The vendor's name for the limit; a placeholder takes it over with the window, once an answer tells both. */
  name: string
  window: Window
  pause: Pause
  /** Calls that were let through and are not over. */
  underWay: number
  /** The cost of all calls that wait and need this bucket. */
  waiting: number
  /** The lanes that this bucket holds up, those furthest behind first. Absent until there is one. */
  parked: Heap<Lane> | undefined
  /** By connection. One that a connection has for itself has none until a call waits there. */
  shares: Few<Share>
  /** How far the bucket as a whole has served: where a newcomer begins, so that idle time earns no credit. */
  served: number
  /** Ends the timer that wakes the next lane. */
  wake: Cancel | undefined
}
