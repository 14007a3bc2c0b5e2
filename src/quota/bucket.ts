import { createHeap } from '../http/heap.ts'
import { longWindowMs } from './limit.ts'
import { stepPause, type Pause } from './pause.ts'
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
    parked: createHeap(goesBefore, slots),
    shares: new Map(),
    served: 0,
    wake: undefined,
  }
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

/** Gives a connection its part in a bucket, where the bucket stands now. */
export function shareOf(bucket: Bucket, connection: string, weight: number): Share {
  const known = bucket.shares.get(connection)
  if (known) return known
  const share: Share = { weight, served: bucket.served, waiting: undefined }
  bucket.shares.set(connection, share)
  return share
}

/** Notes that a call of a share was let through: the bucket stands where the call began, the share where it ends. */
export function serve(bucket: Bucket, share: Share, cost: number): void {
  bucket.served = Math.max(bucket.served, share.served)
  share.served = bucket.served + cost / share.weight
}

function isWaiting({ waiting }: Share): boolean {
  return waiting !== undefined && waiting.size > 0
}

/** Counts a call in (`cost`) or out (`-cost`) of those that wait for a bucket. */
export function countWaiting(bucket: Bucket, share: Share, priority: number, cost: number): void {
  bucket.waiting += cost
  share.waiting ??= new Map()
  const left = (share.waiting.get(priority) ?? 0) + cost
  if (left > 0) share.waiting.set(priority, left)
  else share.waiting.delete(priority)
}

/** How long a call would wait at this bucket if it joined now: behind its own kind, in its connection's fair part. */
export function projectedMs(bucket: Bucket, share: Share, priority: number, cost: number, now: number): number {
  let mine = 0
  for (const [of, waiting] of share.waiting ?? []) if (of >= priority) mine += waiting
  let weights = !isWaiting(share) ? share.weight : 0
  for (const other of bucket.shares.values()) if (isWaiting(other)) weights += other.weight
  const ahead = Math.min(bucket.waiting, (mine * weights) / share.weight)
  return Math.max(pausedMs(bucket, now), bucket.window.projectMs(ahead + cost, now))
}
