import { QuotaExhaustedError, TimeoutError } from '../errors.ts'
import type { Ask, Bucket } from './state.ts'

/** A long window is used up: nobody waits for it in the process. */
export function quotaUsedUp({ operation }: Ask, bucket: Bucket, now: number, waitMs: number): QuotaExhaustedError {
  return refusal(`${operation}: not sent, the quota \`${bucket.name}\` is used up.`, 'window', now, waitMs)
}

/** The wait would outlast the call. */
export function deadlineTooNear({ operation }: Ask, now: number, waitMs: number): QuotaExhaustedError {
  const message = `${operation}: not sent, its quota has room only in about ${Math.ceil(waitMs)} ms, after its deadline.`
  return refusal(message, 'deadline', now, waitMs)
}

/** Too many wait already. */
export function queueFull({ operation }: Ask, waiting: number, now: number, waitMs: number): QuotaExhaustedError {
  return refusal(`${operation}: not sent, ${waiting} calls wait for their quota already.`, 'queue', now, waitMs)
}

/** The limiter that keeps the queue does not take the call, or drops it: it is full, or was stopped. */
export function turnedAway({ operation }: Ask, reason: string, now: number, waitMs: number): QuotaExhaustedError {
  return refusal(`${operation}: not sent, the limiter turned it away: ${reason}`, 'queue', now, waitMs)
}

/** It waited, and the deadline came first. */
export function deadlinePassed({ operation }: Ask): TimeoutError {
  return new TimeoutError(`${operation}: the deadline passed while it waited for its quota.`, {
    limit: 'deadline',
    sent: false,
  })
}

function refusal(
  message: string,
  because: QuotaExhaustedError['because'],
  now: number,
  ms: number,
): QuotaExhaustedError {
  const retryAfterMs = Math.ceil(ms)
  return new QuotaExhaustedError(message, { because, retryAt: now + retryAfterMs, retryAfterMs })
}
