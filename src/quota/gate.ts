import { aborted, onAbort } from '../abort.ts'
import { createLine, rankOf } from '../http/line.ts'
import type { Runtime } from '../runtime.ts'
import { createParking, hasParked, isLong, projectedMs, waitMs } from './bucket.ts'
import { createDeadlines, type Deadlines } from './deadlines.ts'
import { charge, giveBack } from './permit.ts'
import { deadlinePassed, deadlineTooNear, queueFull, quotaUsedUp } from './refusals.ts'
import { countWaiting, shareOf } from './share.ts'
import type { Ask, Bucket, Lane, Permit, Waiter } from './state.ts'
import { createUnderWay, type UnderWay } from './under-way.ts'

/** How a gate keeps its queue. */
export interface GateOptions {
  /** How many calls may wait. @default 100_000 */
  readonly maxQueue?: number
  /**
   * How much earlier a call goes for each step of priority, and so how long it can be overtaken at most. Milliseconds.
   * @default 5_000
   */
  readonly headStartMs?: number
}

/** Lets calls through as their buckets have room. */
export interface Gate {
  /** How many calls wait. */
  readonly size: number
  /** The calls that were let through and are not over, in their order. */
  readonly underWay: Iterable<Permit>
  /** @throws {QuotaExhaustedError} @throws {TimeoutError} (`limit: 'deadline'`) @throws {AbortedError} */
  acquire(lane: Lane, ask: Ask, runtime: Runtime): Permit | Promise<Permit>
  /** Refuses a call that would wait too long. @throws {QuotaExhaustedError} */
  mayWait(lane: Lane, ask: Ask, now: number): void
  /** The call is over: gives back its place. `answeredAt`: when the answer came, or failed to. */
  release(permit: Permit, answeredAt: number, runtime: Runtime): void
}

/**
 * Makes a gate.
 *
 * Invariants:
 * 1. A call is charged to all of its buckets or to none, in one step that nothing can interrupt.
 * 2. A lane in which calls wait stands parked at exactly one bucket; the first lane of a bucket has a timer there, or calls
 *    under way whose end wakes it. Nothing that waits is forgotten.
 * 3. A newcomer goes straight through only where no lane is parked at any of its buckets.
 * 4. Within a lane the least rank goes first. Ranks never change and follow the time of arrival, so every call's turn
 *    comes. Among lanes, the connection goes first that was served least for its weight.
 */
export function createGate(options: GateOptions = {}): Gate {
  return new FairGate(options)
}

// A class, because every quota has one: functions of its own would take 1,200 bytes of each.
class FairGate implements Gate {
  size = 0
  readonly underWay: UnderWay = createUnderWay()
  readonly #maxQueue: number
  readonly #headStartMs: number | undefined
  /** Made when a call waits first. */
  #deadlines: Deadlines | undefined
  #arrivals = 0

  constructor({ maxQueue = 100_000, headStartMs }: GateOptions) {
    this.#maxQueue = maxQueue
    this.#headStartMs = headStartMs
  }

  acquire(lane: Lane, ask: Ask, runtime: Runtime): Permit | Promise<Permit> {
    const { signal } = ask
    if (signal?.aborted) throw aborted(signal)
    const now = runtime.now()
    const behind = heldBy(lane, ask.cost, now)?.bucket ?? lane.parkedAt ?? lane.buckets.find(hasParked)
    if (!behind) return this.#admit(lane, ask.cost, now)
    this.mayWait(lane, ask, now)
    return new Promise((resolve, reject) => {
      const rank = rankOf(ask.priority, now, this.#headStartMs)
      const order = this.#arrivals++
      this.#join(
        { lane, ask, rank, order, slot: -1, deadlineSlot: -1, resolve, reject, unlisten: undefined },
        behind,
        runtime,
      )
    })
  }

  mayWait(lane: Lane, ask: Ask, now: number): void {
    const held = heldBy(lane, ask.cost, now)
    if (held && isUsedUp(held)) throw quotaUsedUp(ask, held.bucket, now, held.ms)
    const projected = projectedWaitMs(lane, ask, now)
    if (this.size >= this.#maxQueue) throw queueFull(ask, this.size, now, projected)
    if (ask.deadline !== undefined && now + projected >= ask.deadline) throw deadlineTooNear(ask, now, projected)
  }

  release(permit: Permit, answeredAt: number, runtime: Runtime): void {
    this.underWay.delete(permit)
    giveBack(permit, answeredAt)
    for (const bucket of permit.buckets) if (hasParked(bucket)) this.#drain(bucket, runtime)
  }

  #admit(lane: Lane, cost: number, now: number): Permit {
    const permit = charge(lane, cost, now)
    this.underWay.add(permit)
    return permit
  }

  #join(waiter: Waiter, behind: Bucket, runtime: Runtime): void {
    const { lane, ask } = waiter
    if (ask.signal) waiter.unlisten = onAbort(ask.signal, () => this.#giveUp(waiter, aborted(ask.signal), runtime))
    lane.calls ??= createLine()
    lane.calls.add(waiter)
    this.#count(waiter, 1)
    this.#deadlines ??= createDeadlines((late, error, at) => this.#giveUp(late, error, at))
    this.#deadlines.watch(waiter, runtime)
    if (!lane.parkedAt) park(lane, behind)
    if (lane.calls.peek() === waiter && lane.parkedAt?.parked?.peek() === lane) this.#drain(lane.parkedAt, runtime)
  }

  #leave(waiter: Waiter): void {
    waiter.lane.calls?.remove(waiter)
    this.#count(waiter, -1)
    this.#deadlines?.forget(waiter)
    waiter.unlisten?.()
  }

  /** Takes a waiter out early, and lets those behind it move up. */
  #giveUp(waiter: Waiter, error: Error, runtime: Runtime): void {
    const { calls, parkedAt } = waiter.lane
    const wasFirst = calls?.peek() === waiter
    this.#leave(waiter)
    waiter.reject(error)
    if (parkedAt && wasFirst) this.#drain(parkedAt, runtime)
  }

  /** Lets those parked at a bucket go on while it has room; then sets its timer for the first of the rest. */
  #drain(bucket: Bucket, runtime: Runtime): void {
    disarm(bucket)
    for (let lane = bucket.parked?.peek(); lane; lane = bucket.parked?.peek()) {
      const first = lane.calls?.peek()
      if (first === undefined) {
        unpark(lane)
        continue
      }
      const turn = turnAt(bucket, lane)
      if (turn > lane.turn) {
        // Another lane of the same connection was served meanwhile: this one's turn is later now.
        lane.turn = turn
        bucket.parked?.moved(lane)
        if (bucket.parked?.peek() !== lane) continue
      }
      const now = runtime.now()
      const held = heldBy(lane, first.ask.cost, now)
      if (first.ask.deadline !== undefined && first.ask.deadline <= now) {
        // A timer can be late; whoever looks first ends the wait.
        this.#leave(first)
        first.reject(deadlinePassed(first.ask))
      } else if (held && isUsedUp(held)) {
        this.#leave(first)
        first.reject(quotaUsedUp(first.ask, held.bucket, now, held.ms))
      } else if (held) {
        if (held.bucket !== bucket) {
          unpark(lane)
          park(lane, held.bucket)
        }
        if (held.bucket.parked?.peek() === lane) this.#arm(held.bucket, held.ms, runtime)
        if (held.bucket === bucket) return
      } else {
        this.#leave(first)
        first.resolve(this.#admit(lane, first.ask.cost, now))
        unpark(lane)
        if (lane.calls?.size) park(lane, bucket)
      }
    }
  }

  #arm(bucket: Bucket, ms: number, runtime: Runtime): void {
    disarm(bucket)
    if (ms !== Infinity) bucket.wake = runtime.after(Math.ceil(ms), () => this.#drain(bucket, runtime))
  }

  #count({ lane, ask }: Waiter, sign: 1 | -1): void {
    this.size += sign
    for (const bucket of lane.buckets) countWaiting(bucket, lane, ask.priority, sign * ask.cost)
  }
}

interface Held {
  readonly bucket: Bucket
  readonly ms: number
}

/** Tells whether a long window is used up; one that a call under way will free is not. */
function isUsedUp({ bucket, ms }: Held): boolean {
  return ms !== Infinity && isLong(bucket)
}

/** The bucket that holds a call of this cost up longest, if any does. */
function heldBy(lane: Lane, cost: number, now: number): Held | undefined {
  let worst: { bucket: Bucket; ms: number } | undefined
  for (const bucket of lane.buckets) {
    const ms = waitMs(bucket, cost, now)
    if (ms > (worst?.ms ?? 0)) worst = { bucket, ms }
  }
  return worst
}

function projectedWaitMs(lane: Lane, { priority, cost }: Ask, now: number): number {
  let most = 0
  for (const bucket of lane.buckets) {
    most = Math.max(most, projectedMs(bucket, shareOf(bucket, lane), priority, cost, now))
  }
  return most
}

function turnAt(bucket: Bucket, lane: Lane): number {
  return shareOf(bucket, lane).served
}

function park(lane: Lane, bucket: Bucket): void {
  // Time spent idle or held up elsewhere earns no credit here.
  lane.turn = Math.max(bucket.served, turnAt(bucket, lane))
  lane.parkedAt = bucket
  bucket.parked ??= createParking()
  bucket.parked.add(lane)
}

function unpark(lane: Lane): void {
  lane.parkedAt?.parked?.remove(lane)
  lane.parkedAt = undefined
}

function disarm(bucket: Bucket): void {
  bucket.wake?.()
  bucket.wake = undefined
}
