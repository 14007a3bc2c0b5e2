import { serve } from './share.ts'
import type { Lane, Permit } from './state.ts'

/** Charges a call to all of its buckets, in one step that nothing can interrupt. */
export function charge(lane: Lane, cost: number, now: number): Permit {
  const { buckets } = lane
  const marks = buckets.map((bucket) => {
    serve(bucket, lane, cost)
    bucket.underWay++
    return bucket.window.take(cost, now)
  })
  return { lane, buckets, marks, cost, asked: cost, chargedAt: now, before: undefined, after: undefined }
}

/** Puts the real cost of a call under way in the place of what it was charged: 0 for one that the vendor never saw. */
export function amend(permit: Permit, cost: number): void {
  const difference = cost - permit.cost
  if (difference === 0) return
  for (const [index, { window }] of permit.buckets.entries()) {
    window.correct(difference, permit.chargedAt, permit.marks[index] ?? 0)
  }
  permit.cost = cost
}

/** Gives back what a call took that is over. `answeredAt`: when the answer came, or failed to. */
export function giveBack({ buckets, marks, cost, chargedAt, lane }: Permit, answeredAt: number): void {
  let index = 0
  for (const bucket of buckets) {
    bucket.underWay--
    bucket.window.settle(cost, chargedAt, marks[index++] ?? 0, answeredAt, lane.quickestMs ?? 0)
  }
}
