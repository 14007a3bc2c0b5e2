import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { throttledByStatus } from '../http/throttled.ts'
import type { Runtime } from '../runtime.ts'
import type { ClockOffset } from '../http/clock-offset.ts'
import { createWindow } from './create-window.ts'
import { attach } from './lane.ts'
import type { Limit } from './limit.ts'
import { stepPause } from './pause.ts'
import { concurrency, placeholder, type Quota } from './quota.ts'
import type { QuotaReading, Refusal, WindowReading } from './reading.ts'
import type { Bucket, Permit } from './state.ts'
import type { Told } from './window.ts'
import { concurrencyWindow } from './windows/concurrency.ts'
import { probingWindow } from './windows/probing.ts'

/** Where and when something is learned. */
interface Lesson {
  readonly quota: Quota
  readonly permit: Permit
  readonly operation: string
  readonly clock: ClockOffset
  readonly runtime: Runtime
  readonly now: number
}

/** Takes over what an answer says of the quota: the state of windows, the real cost, a refusal. */
export function learn(
  quota: Quota,
  permit: Permit,
  request: HttpRequest,
  response: HttpResponse,
  clock: ClockOffset,
  runtime: Runtime,
): void {
  // A kept answer tells the state of when it was new.
  // @see https://www.rfc-editor.org/rfc/rfc9111#section-5.1
  if (response.staleMs !== undefined || Number(response.headers['age'] ?? 0) > 0) return
  const now = runtime.now()
  const lesson: Lesson = { quota, permit, operation: request.operation, clock, runtime, now }
  clock.observe(response.headers['date'], permit.chargedAt, now)
  const reading = readSafely(quota, response, now)
  for (const window of reading?.windows ?? []) learnWindow(lesson, window)
  if (reading?.cost !== undefined && reading.cost !== permit.cost) {
    for (const bucket of permit.buckets) bucket.window.correct(reading.cost - permit.cost)
  }
  const refusal = reading?.refusal ?? throttledByStatus(response, now)
  if (refusal) refuse(lesson, refusal, reading)
}

/** A reader's own fault must not cost the caller an answer that was received. */
function readSafely(quota: Quota, response: HttpResponse, now: number): QuotaReading | undefined {
  try {
    return quota.read(response, now)
  } catch {
    return undefined
  }
}

function learnWindow(lesson: Lesson, reading: WindowReading): void {
  const { quota, permit, clock, now } = lesson
  const known = bucketNamed(permit, reading.name)
  const told: Told = {
    limit: reading.limit,
    remaining: reading.remaining,
    resetsAt: localReset(reading, clock, now),
    precisionMs: reading.precisionMs ?? 0,
  }
  if (known && known.window.kind !== 'probing') {
    const mark = permit.marks[permit.buckets.indexOf(known)]
    if (mark === undefined || permit.chargedAt < known.since) return
    const limit = known.window.state(now).limit
    known.window.learn(told, { now, chargedAt: permit.chargedAt, cost: permit.cost, mark, idle: known.underWay <= 1 })
    if (told.limit !== undefined && told.limit !== limit) announce(lesson, known, told.limit)
    return
  }
  const { limit, name = 'quota', kind } = reading
  if (limit === undefined || limit < 1) return
  if (name === concurrency) return capAt(lesson, limit, limit)
  const declared = quota.limits.find((each) => each.name === name)
  const windowMs = reading.windowMs ?? declared?.windowMs
  if (windowMs === undefined) return
  begin(lesson, known, { ...declared, name, limit, windowMs, ...(kind && { kind }) }, told)
}

/** Puts a real window in the place of an unknown one, or next to those that are known. */
function begin(lesson: Lesson, unknown: Bucket | undefined, limit: Limit, told: Told): void {
  const { quota, permit, now } = lesson
  const { lane, cost, chargedAt } = permit
  const fresh = (): Pick<Bucket, 'window' | 'windowMs'> => ({
    window: createWindow(limit, quota.share),
    windowMs: limit.windowMs,
  })
  const takesOver = unknown !== undefined && quota.rename(unknown, lane.connection, limit.name)
  if (takesOver) Object.assign(unknown, fresh())
  // Its limit has a bucket already, so the placeholder has nothing left to look for.
  else if (unknown) unknown.window = probingWindow(Infinity)
  const bucket = takesOver ? unknown : quota.bucket(lane.connection, limit.name, fresh)
  if (!lane.buckets.includes(bucket)) attach(lane, bucket)
  if (bucket.since > chargedAt) return
  bucket.since = now
  const mark = bucket.window.take(cost, now)
  // What else is under way was charged to the window that was there before.
  if (takesOver && bucket.underWay > 1) bucket.window.take(bucket.underWay - 1, now)
  bucket.window.learn(told, { now, chargedAt: now, cost, mark, idle: false })
  announce(lesson, bucket, limit.limit)
}

function refuse(lesson: Lesson, refusal: Refusal, reading: QuotaReading | undefined): void {
  const { permit, quota, runtime, now, operation } = lesson
  if (refusal.of === 'object') return
  if (refusal.of === 'concurrency') {
    const cap = bucketNamed(permit, concurrency)
    // A call that was let through before there was a cap says nothing about it.
    if (cap && permit.buckets.includes(cap)) cap.window.refused(permit.chargedAt, now)
    else if (!cap) capAt(lesson, Infinity, Math.max(1, Math.floor((permit.buckets[0]?.underWay ?? 1) * 0.9)))
    return
  }
  const bucket = violated(lesson, refusal, reading)
  if (!bucket) return
  const roomAt = bucket.window.refused(permit.chargedAt, now)
  const told = reading?.windows?.find(({ name }) => name === undefined || name === bucket.name)
  const resetsAt = told && told.remaining === 0 ? localReset(told, lesson.clock, now) : undefined
  const until = Math.max(now + (refusal.retryAfterMs ?? 0), roomAt ?? now, resetsAt ?? now)
  const before = bucket.pause
  // `Retry-After` counts whole seconds from each answer, so that later answers name a later moment for the same reset.
  const precisionMs = refusal.retryAfterMs === undefined ? (told?.precisionMs ?? 0) : 1000
  bucket.pause = stepPause(before, { type: 'refusal', now, chargedAt: permit.chargedAt, until, precisionMs })
  if (bucket.pause !== before && bucket.pause.at === 'paused') {
    runtime.emit?.({ type: 'pause', operation, at: now, bucket: bucket.name, until: bucket.pause.until })
  }
  quota.gate.wake([bucket], runtime)
}

/** The bucket that a refusal is about: the one it names, or the one told empty, or the fullest. */
function violated(
  { quota, permit, now }: Lesson,
  refusal: Refusal,
  reading: QuotaReading | undefined,
): Bucket | undefined {
  const { window } = refusal
  if (window !== undefined) {
    const named = bucketNamed(permit, window)
    if (named) return named
    const declared = quota.limits.find(({ name }) => name === window)
    const bucket = quota.bucket(permit.lane.connection, window, () => ({
      window: declared ? createWindow(declared, quota.share) : probingWindow(Infinity),
      windowMs: declared?.windowMs ?? 0,
    }))
    if (!permit.lane.buckets.includes(bucket)) attach(permit.lane, bucket)
    return bucket
  }
  const empty = reading?.windows?.find(({ remaining }) => remaining === 0)
  if (empty) return bucketNamed(permit, empty.name)
  const rates = permit.lane.buckets.filter(({ window }) => window.kind !== 'concurrency')
  const fullness = ({ window }: Bucket): number => {
    const { remaining, limit = 1 } = window.state(now)
    return remaining / limit
  }
  return rates.reduce<Bucket | undefined>((a, b) => (a && fullness(a) <= fullness(b) ? a : b), undefined)
}

function capAt({ quota, permit }: Lesson, max: number, start: number): void {
  const { lane } = permit
  const cap = quota.bucket(lane.connection, concurrency, () => ({ window: concurrencyWindow(max, start), windowMs: 0 }))
  if (!lane.buckets.includes(cap)) attach(lane, cap)
}

function bucketNamed({ lane }: Permit, name: string | undefined): Bucket | undefined {
  const named = name === undefined ? undefined : lane.buckets.find((bucket) => bucket.name === name)
  if (named || (name !== undefined && name === concurrency)) return named
  const unknown = lane.buckets.find((bucket) => bucket.name === placeholder)
  return unknown ?? (name === undefined ? lane.buckets.find(({ window }) => window.kind !== 'concurrency') : undefined)
}

/** A time from now needs no clock but ours, so it goes first. */
function localReset(reading: WindowReading, clock: ClockOffset, now: number): number | undefined {
  if (reading.resetsInMs !== undefined) return now + reading.resetsInMs
  return reading.resetsAtVendor === undefined ? undefined : clock.toLocal(reading.resetsAtVendor)
}

function announce({ operation, runtime, now }: Lesson, { name }: Bucket, limit: number): void {
  runtime.emit?.({ type: 'quota', operation, at: now, bucket: name, limit })
}
