import type { Bucket, Share } from './state.ts'

/** Finds a connection's part in a bucket. */
export function findShare({ shares }: Bucket, connection: string): Share | undefined {
  if (shares instanceof Map) return shares.get(connection)
  return shares?.connection === connection ? shares : undefined
}

/** Gives a connection its part in a bucket, where the bucket stands now. */
export function shareOf(bucket: Bucket, connection: string, weight: number): Share {
  const known = findShare(bucket, connection)
  if (known) return known
  const share: Share = { connection, weight, served: bucket.served, waiting: undefined }
  const { shares } = bucket
  if (shares instanceof Map) shares.set(connection, share)
  else bucket.shares = shares ? new Map([shares, share].map((each) => [each.connection, each])) : share
  return share
}

/** Every connection's part in a bucket. */
export function sharesOf({ shares }: Bucket): Iterable<Share> {
  if (shares instanceof Map) return shares.values()
  return shares ? [shares] : []
}

/** Forgets a connection's part in a bucket. */
export function forgetShare(bucket: Bucket, connection: string): void {
  if (bucket.shares instanceof Map) bucket.shares.delete(connection)
  else if (bucket.shares?.connection === connection) bucket.shares = undefined
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
