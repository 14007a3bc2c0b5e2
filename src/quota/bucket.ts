import { createHeap, type Heap } from '../http/heap.ts'
import { itemsOf } from '../http/few.ts'
import { longWindowMs } from './limit.ts'
import { stepPause, type Pause } from './pause.ts'
import { isWaiting } from './share.ts'
import type { Bucket, Lane, Share } from './state.ts'

const open: Pause = { at: 'open' }

/** Makes a bucket nobody has used. */
export function createBucket(facts: Pick<Bucket, 'key' | 'name' | 'scope' | 'window'>): Bucket {
  // Named one by one: objects that begin with a spread do not share their shape, which takes 500 bytes of each.
  const { key, name, scope, window } = facts
  return {
    key,
    name,
    scope,
    window,
    pause: open,
    underWay: 0,
    waiting: 0,
    parked: undefined,
    shares: undefined,
    served: 0,
    wake: undefined,
  }
}

/** Tells whether lanes stand parked at a bucket. */
export function hasParked({ parked }: Bucket): boolean {
  return parked !== undefined && parked.size > 0
}

/** Makes the place for those that a bucket holds up. */
export function createParking(): Heap<Lane> {
  return createHeap(goesBefore, slots)
}

function goesBefore(a: Lane, b: Lane): boolean {
  return a.turn < b.turn || (a.turn === b.turn && a.order < b.order)
}

const slots = {
  get: (lane: Lane): number => lane.slot,
  set: (lane: Lane, slot: number): void => void (lane.slot = slot),
}

/** How long until the bucket lets `cost` through. 0: now; `Infinity`: as soon as a call under way ends. Milliseconds. */
export function waitMs(bucket: Bucket, cost: number, now: number): number {
  const ms = bucket.window.waitMs(cost, now)
  return bucket.pause.at === 'open' ? ms : Math.max(ms, pausedMs(bucket, now))
}

/** Tells whether all of the bucket is there, as if nobody had ever used it. */
export function isFull(bucket: Bucket, now: number): boolean {
  // More than there ever is may be used when all of it is there.
  return waitMs(bucket, Infinity, now) === 0
}

/** How long the bucket is paused yet. Milliseconds. */
export function pausedMs(bucket: Bucket, now: number): number {
  bucket.pause = stepPause(bucket.pause, { type: 'tick', now })
  return bucket.pause.at === 'open' ? 0 : bucket.pause.until - now
}

/** Tells whether what is used up here stays so for longer than a process should wait. */
export function isLong({ window }: Bucket): boolean {
  return window.windowMs >= longWindowMs && window.kind !== 'token-bucket' && window.kind !== 'leaky-bucket'
}

/** How long a call would wait at this bucket if it joined now: behind its own kind, in its connection's fair part. */
export function projectedMs(bucket: Bucket, share: Share, priority: number, cost: number, now: number): number {
  let mine = 0
  for (const [of, waiting] of share.waiting ?? []) if (of >= priority) mine += waiting
  let weights = !isWaiting(share) ? share.weight : 0
  for (const other of itemsOf(bucket.shares)) if (isWaiting(other)) weights += other.weight
  const ahead = Math.min(bucket.waiting, (mine * weights) / share.weight)
  return Math.max(pausedMs(bucket, now), bucket.window.projectMs(ahead + cost, now))
}
