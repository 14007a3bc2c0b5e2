import { added, find } from '../http/few.ts'
import type { Bucket, Share } from './state.ts'

/** Gives a connection its part in a bucket, where the bucket stands now. */
export function shareOf(bucket: Bucket, connection: string, weight: number): Share {
  const known = find(bucket.shares, connection)
  if (known) return known
  const share: Share = { key: connection, weight, served: bucket.served, waiting: undefined }
  bucket.shares = added(bucket.shares, share)
  return share
}

/** Notes that a call of a share was let through: the bucket stands where the call began, the share where it ends. */
export function serve(bucket: Bucket, share: Share, cost: number): void {
  bucket.served = Math.max(bucket.served, share.served)
  share.served = bucket.served + cost / share.weight
}

/** Tells whether calls of a share wait. */
export function isWaiting({ waiting }: Share): boolean {
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
