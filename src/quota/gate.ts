import { aborted, onAbort } from '../abort.ts'
import { rankOf } from '../http/line.ts'
import type { Runtime } from '../runtime.ts'
import { countWaiting, isLong, projectedMs, waitMs } from './bucket.ts'
import { createDeadlines } from './deadlines.ts'
import { charge, giveBack } from './permit.ts'
import { deadlinePassed, deadlineTooNear, queueFull, quotaUsedUp } from './refusals.ts'
import type { Ask, Bucket, Lane, Permit, Waiter } from './state.ts'

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
  const { maxQueue = 100_000, headStartMs } = options
  const deadlines = createDeadlines(giveUp)
  const underWay = new Set<Permit>()
  let arrivals = 0

  function acquire(lane: Lane, ask: Ask, runtime: Runtime): Permit | Promise<Permit> {
    const { signal } = ask
    if (signal?.aborted) throw aborted(signal)
    const now = runtime.now()
    const behind =
      heldBy(lane, ask.cost, now)?.bucket ?? lane.parkedAt ?? lane.buckets.find(({ parked }) => parked.size > 0)
    if (!behind) return admit(lane, ask.cost, now)
    mayWait(lane, ask, now)
    return new Promise((resolve, reject) => {
      const rank = rankOf(ask.priority, now, headStartMs)
      const order = arrivals++
      join(
        { lane, ask, rank, order, slot: -1, deadlineSlot: -1, resolve, reject, unlisten: undefined },
        behind,
        runtime,
      )
    })
  }

  function admit(lane: Lane, cost: number, now: number): Permit {
    const permit = charge(lane, cost, now)
    underWay.add(permit)
    return permit
  }

  function mayWait(lane: Lane, ask: Ask, now: number): void {
    const held = heldBy(lane, ask.cost, now)
    if (held && isUsedUp(held)) throw quotaUsedUp(ask, held.bucket, now, held.ms)
    const projected = projectedWaitMs(lane, ask, now)
    if (gate.size >= maxQueue) throw queueFull(ask, gate.size, now, projected)
    if (ask.deadline !== undefined && now + projected >= ask.deadline) throw deadlineTooNear(ask, now, projected)
  }

  function join(waiter: Waiter, behind: Bucket, runtime: Runtime): void {
    const { lane, ask } = waiter
    if (ask.signal) waiter.unlisten = onAbort(ask.signal, () => giveUp(waiter, aborted(ask.signal), runtime))
    lane.calls.add(waiter)
    count(waiter, 1)
    deadlines.watch(waiter, runtime)
    if (!lane.parkedAt) park(lane, behind)
    if (lane.calls.peek() === waiter && lane.parkedAt?.parked.peek() === lane) drain(lane.parkedAt, runtime)
  }

  function leave(waiter: Waiter): void {
    waiter.lane.calls.remove(waiter)
    count(waiter, -1)
    deadlines.forget(waiter)
    waiter.unlisten?.()
  }

  /** Takes a waiter out early, and lets those behind it move up. */
  function giveUp(waiter: Waiter, error: Error, runtime: Runtime): void {
    const { calls, parkedAt } = waiter.lane
    const wasFirst = calls.peek() === waiter
    leave(waiter)
    waiter.reject(error)
    if (parkedAt && wasFirst) drain(parkedAt, runtime)
  }

  /** Lets those parked at a bucket go on while it has room; then sets its timer for the first of the rest. */
  function drain(bucket: Bucket, runtime: Runtime): void {
    disarm(bucket)
    for (let lane = bucket.parked.peek(); lane; lane = bucket.parked.peek()) {
      const first = lane.calls.peek()
      if (first === undefined) {
        unpark(lane)
        continue
      }
      const turn = turnAt(bucket, lane)
      if (turn > lane.turn) {
        // Another lane of the same connection was served meanwhile: this one's turn is later now.
        lane.turn = turn
        bucket.parked.moved(lane)
        if (bucket.parked.peek() !== lane) continue
      }
      const now = runtime.now()
      const held = heldBy(lane, first.ask.cost, now)
      if (first.ask.deadline !== undefined && first.ask.deadline <= now) {
        // A timer can be late; whoever looks first ends the wait.
        leave(first)
        first.reject(deadlinePassed(first.ask))
      } else if (held && isUsedUp(held)) {
        leave(first)
        first.reject(quotaUsedUp(first.ask, held.bucket, now, held.ms))
      } else if (held) {
        if (held.bucket !== bucket) {
          unpark(lane)
          park(lane, held.bucket)
        }
        if (held.bucket.parked.peek() === lane) arm(held.bucket, held.ms, runtime)
        if (held.bucket === bucket) return
      } else {
        leave(first)
        first.resolve(admit(lane, first.ask.cost, now))
        unpark(lane)
        if (lane.calls.size > 0) park(lane, bucket)
      }
    }
  }

  function arm(bucket: Bucket, ms: number, runtime: Runtime): void {
    disarm(bucket)
    if (ms !== Infinity) bucket.wake = runtime.after(Math.ceil(ms), () => drain(bucket, runtime))
  }

  function count({ lane, ask }: Waiter, sign: 1 | -1): void {
    gate.size += sign
    for (const [index, bucket] of lane.buckets.entries()) {
      const share = lane.shares[index]
      if (share) countWaiting(bucket, share, ask.priority, sign * ask.cost)
    }
  }

  const gate = {
    size: 0,
    underWay,
    acquire,
    mayWait,
    release(permit: Permit, answeredAt: number, runtime: Runtime): void {
      underWay.delete(permit)
      giveBack(permit, answeredAt)
      for (const bucket of permit.buckets) if (bucket.parked.size > 0) drain(bucket, runtime)
    },
  }
  return gate
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
  for (const [index, bucket] of lane.buckets.entries()) {
    const share = lane.shares[index]
    if (share) most = Math.max(most, projectedMs(bucket, share, priority, cost, now))
  }
  return most
}

function turnAt(bucket: Bucket, lane: Lane): number {
  return lane.shares[lane.buckets.indexOf(bucket)]?.served ?? 0
}

function park(lane: Lane, bucket: Bucket): void {
  // Time spent idle or held up elsewhere earns no credit here.
  lane.turn = Math.max(bucket.served, turnAt(bucket, lane))
  lane.parkedAt = bucket
  bucket.parked.add(lane)
}

function unpark(lane: Lane): void {
  lane.parkedAt?.parked.remove(lane)
  lane.parkedAt = undefined
}

function disarm(bucket: Bucket): void {
  bucket.wake?.()
  bucket.wake = undefined
}
