import { added, find } from '../http/few.ts'
import type { Bucket, Lane, Share } from './state.ts'

/** Gives the part that a lane's connection has in a bucket; a new one begins where the bucket stands now. */
export function shareOf(bucket: Bucket, { connection, weight }: Lane): Share {
  const known = find(bucket.shares, connection)
  if (known) return known
  const share: Share = { key: connection, weight, served: bucket.served, waiting: undefined }
  bucket.shares = added(bucket.shares, share)
  return share
}

/** Notes that a call of a lane was let through: the bucket stands where the call began, its connection's share where it ends. */
export function serve(bucket: Bucket, lane: Lane, cost: number): void {
  // Alone, and never made to wait, it has nobody to be ahead of.
  const share = bucket.scope === 'app' ? shareOf(bucket, lane) : find(bucket.shares, lane.connection)
  if (!share) return
  bucket.served = Math.max(bucket.served, share.served)
  share.served = bucket.served + cost / share.weight
}

/** Tells whether calls of a share wait. */
export function isWaiting({ waiting }: Share): boolean {
  return waiting !== undefined && waiting.size > 0
}

/** Counts a call of a lane in (`cost`) or out (`-cost`) of those that wait for a bucket. */
export function countWaiting(bucket: Bucket, lane: Lane, priority: number, cost: number): void {
  const share = shareOf(bucket, lane)
  bucket.waiting += cost
  share.waiting ??= new Map()
  const left = (share.waiting.get(priority) ?? 0) + cost
  if (left > 0) share.waiting.set(priority, left)
  else share.waiting.delete(priority)
}
