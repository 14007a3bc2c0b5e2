import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { throttledByStatus } from '../http/throttled.ts'
import type { Runtime } from '../runtime.ts'
import type { ClockOffset } from '../http/clock-offset.ts'
import { amend } from './permit.ts'
import { createWindow } from './create-window.ts'
import { attach, replaceWindow } from './lane.ts'
import { stepPause } from './pause.ts'
import { concurrency, placeholder } from './limit.ts'
import type { Quota } from './quota.ts'
import type { QuotaReading, Refusal, WindowReading } from './reading.ts'
import type { Bucket, Permit } from './state.ts'
import type { Told, Window } from './window.ts'
import { probingWindow } from './windows/probing.ts'
import { unprovenWindow } from './windows/unproven.ts'

/** The name of a window whose vendor gives it none. */
const unnamed = 'quota'

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
  now: number,
  runtime: Runtime,
): void {
  // A kept answer tells the state of when it was new.
  // @see https://www.rfc-editor.org/rfc/rfc9111#section-5.1
  if (response.staleMs !== undefined || Number(response.headers['age'] ?? 0) > 0) return
  const lesson: Lesson = { quota, permit, operation: request.operation, clock, runtime, now }
  clock.observe(response.headers['date'], permit.chargedAt, now)
  const reading = quota.read(response, now)
  const refusal: Refusal | undefined = reading?.refusal ?? throttledByStatus(response, now)
  const told = reading?.windows?.some(({ remaining }) => remaining !== undefined)
  // What was refused for being too many at once was not counted; should it be, what remains tells.
  if (refusal?.of === 'concurrency' && told) amend(permit, 0)
  else if (reading?.cost !== undefined) amend(permit, reading.cost)
  if (refusal || reading?.windows?.length) quota.noteLearned(permit.lane.connection)
  for (const window of reading?.windows ?? []) learnWindow(lesson, window)
  if (refusal) refuse(lesson, refusal, reading)
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
  if (known && known.window.kind !== 'probing') return tell(lesson, known, told, reading.windowMs)
  const { limit, name = unnamed } = reading
  if (limit === undefined || limit < 1) return
  const make = windowOf(lesson, name, limit, reading, told)
  if (!make) return
  const bucket = begin(quota, permit, known, name, make)
  tell(lesson, bucket, told, reading.windowMs)
  announce(lesson, bucket, limit)
}

function tell(lesson: Lesson, bucket: Bucket, told: Told, statedMs: number | undefined): void {
  const { permit, now } = lesson
  const { cost, asked, chargedAt } = permit
  const { limit } = bucket.window.state(now)
  const idle = bucket.underWay <= 1
  bucket.window.learn(told, { now, chargedAt, cost, asked, mark: markAt(permit, bucket), idle })
  if (told.limit !== undefined && limit !== undefined && told.limit !== limit) announce(lesson, bucket, told.limit)
  const cap = bucketNamed(permit, concurrency)
  if (!cap) return
  // Little's law: a rate is reached only with so many at once as come in the time that one takes.
  const tookMs = Math.min(permit.lane.quickestMs ?? Infinity, now - chargedAt)
  const windowMs = bucket.window.kind === 'unproven' ? statedMs : bucket.window.windowMs
  const servesAtOnce = told.limit !== undefined && windowMs ? Math.ceil((told.limit / windowMs) * tookMs) : undefined
  // Rounded up, a reset is half of the unit late on average.
  const leftMs = expires(bucket.window) ? (told.resetsAt ?? Infinity) - told.precisionMs / 2 - now : Infinity
  const wantsAtOnce = leftMs > 0 ? ((haste * bucket.window.state(now).remaining) / leftMs) * tookMs : 0
  const mark = markAt(permit, cap)
  cap.window.learn({ servesAtOnce, wantsAtOnce, precisionMs: 0 }, { now, chargedAt, cost, asked, mark, idle })
}

// In half of the time that is left: calls take longer than the quickest, and windows end earlier than is told.
const haste = 2

/** Tells whether what is not used before a reset is lost. Nobody knows of a window whose kind is not proven. */
function expires({ kind }: Window): boolean {
  return kind === 'fixed' || kind === 'first-call' || kind === 'unproven'
}

/** How to make the window that an answer tells of; `undefined` where it does not tell enough. */
function windowOf(
  { quota, now }: Lesson,
  name: string,
  limit: number,
  reading: WindowReading,
  { resetsAt, remaining }: Told,
): (() => Window) | undefined {
  const declared = quota.limits.find((each) => each.name === name)
  const { windowMs = declared?.windowMs } = reading
  const kind = reading.kind ?? (declared && (declared.kind ?? 'fixed'))
  if (kind === undefined && remaining !== undefined && resetsAt !== undefined && resetsAt > now) {
    return () => unprovenWindow(limit, windowMs, quota.share)
  }
  if (windowMs === undefined) return undefined
  return () => createWindow({ ...declared, name, limit, windowMs, ...(kind && { kind }) }, quota.share)
}

/** Puts a real window in the place of an unknown one, or next to those that are known. */
function begin(quota: Quota, { lane }: Permit, unknown: Bucket | undefined, name: string, make: () => Window): Bucket {
  const { underWay } = quota.gate
  if (unknown && (unknown.name === name || quota.rename(unknown, lane.connection, name))) {
    replaceWindow(unknown, make(), underWay)
    return unknown
  }
  // Its limit has a bucket already, so the placeholder has nothing left to look for.
  if (unknown) replaceWindow(unknown, probingWindow(Infinity), underWay)
  const bucket = quota.bucket(lane.connection, name, make)
  attach(lane, bucket, underWay)
  return bucket
}

function refuse(lesson: Lesson, refusal: Refusal, reading: QuotaReading | undefined): void {
  const { permit, now } = lesson
  if (refusal.of === 'object') return
  if (refusal.of === 'concurrency') {
    const cap = bucketNamed(permit, concurrency)
    if (cap && permit.buckets.includes(cap)) cap.window.refused(permit.chargedAt, now, markAt(permit, cap))
    return
  }
  for (const bucket of violated(lesson, refusal, reading)) {
    const told = reading?.windows?.find(({ name }) => name === undefined || name === bucket.name)
    pause(lesson, bucket, refusal, told)
  }
}

/** Pauses a bucket until the latest of all moments that are known. */
function pause(lesson: Lesson, bucket: Bucket, { retryAfterMs = 0 }: Refusal, told: WindowReading | undefined): void {
  const { permit, runtime, now, operation } = lesson
  const { chargedAt } = permit
  const asked = { at: now + retryAfterMs, precisionMs: retryAfterMs % 1000 === 0 ? 1000 : 0, told: true }
  // A reset beside something that remains is not what the refusal is about.
  const resetsAt = told && !told.remaining ? localReset(told, lesson.clock, now) : undefined
  const reset = { at: resetsAt ?? now, precisionMs: told?.precisionMs ?? 0, told: true }
  const toldAt = Math.max(asked.at, reset.at)
  const counted = {
    at: bucket.window.refused(chargedAt, now, markAt(permit, bucket), toldAt > now ? toldAt : undefined) ?? now,
    precisionMs: 0,
    told: false,
  }
  const { at: until, ...how } = [counted, reset].reduce((a, b) => (b.at > a.at ? b : a), asked)
  const before = bucket.pause
  bucket.pause = stepPause(before, { type: 'refusal', now, chargedAt, until, ...how })
  if (bucket.pause !== before && bucket.pause.at === 'paused') {
    runtime.emit?.({ type: 'pause', operation, at: now, bucket: bucket.name, until: bucket.pause.until })
  }
}

/** The buckets that a refusal is about: the one it names, or those told empty, or the fullest. */
function violated(lesson: Lesson, { window }: Refusal, reading?: QuotaReading): readonly Bucket[] {
  const { quota, permit, now } = lesson
  const { lane } = permit
  if (window !== undefined) {
    const named = lane.buckets.find(({ name }) => name === window)
    if (named) return [named]
    const declared = quota.limits.find(({ name }) => name === window)
    // Whose limit it is, nobody says: it holds for all calls of the connection.
    if (!declared) return [quota.bucketOfAll(lane.connection, window, () => probingWindow(Infinity))]
    const bucket = quota.bucket(lane.connection, window, () => createWindow(declared, quota.share))
    attach(lane, bucket, quota.gate.underWay)
    return [bucket]
  }
  const empty = reading?.windows?.filter(({ remaining }) => remaining === 0) ?? []
  if (empty.length > 0) return [...new Set(empty.flatMap(({ name }) => bucketNamed(permit, name) ?? []))]
  const rates = lane.buckets.filter((bucket) => bucket.window.kind !== 'concurrency' && !hasRoomBeside(lesson, bucket))
  const fullness = (bucket: Bucket): number => {
    const { remaining, limit = 1 } = bucket.window.state(now)
    return remaining / limit
  }
  return rates.length === 0 ? [] : [rates.reduce((a, b) => (fullness(a) <= fullness(b) ? a : b))]
}

/** A limit of reads or of writes alone that has room: the one on both is likelier, stated or not. */
function hasRoomBeside({ quota, now }: Lesson, { name, window }: Bucket): boolean {
  const partial = quota.limits.some((limit) => limit.name === name && limit.counts !== undefined)
  return partial && window.state(now).remaining >= 1
}

/** What the bucket's count was when the call was charged. */
function markAt({ buckets, marks }: Permit, bucket: Bucket): number {
  return marks[buckets.indexOf(bucket)] ?? 0
}

/** The bucket that an answer means by a name, or by none; the unknown one, where the name is new. */
function bucketNamed({ lane }: Permit, name: string | undefined): Bucket | undefined {
  const named = lane.buckets.find((bucket) => bucket.name === (name ?? unnamed))
  if (named || name === concurrency) return named
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
