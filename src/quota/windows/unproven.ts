import { createWindow } from '../create-window.ts'
import { createHistory } from '../history.ts'
import { logLengthMs, proofOf, secondMs } from '../proof.ts'
import type { Standing, Told, Window } from '../window.ts'

/** Marks of calls that were charged before the proof are told from those of the proven window by standing far below. */
const lowestMark = -(2 ** 40)

/**
 * A window whose kind, and perhaps whose length, nobody states: only how much remains until a reset.
 *
 * Up to the told reset it gives what remains. One call goes ahead over the reset, which any kind of window has room for, and
 * its answer decides, see {@link proofOf}. Where it decides nothing, all begins again from what it told.
 */
export function unprovenWindow(limit: number, windowMs: number | undefined, share: number): Window {
  const history = createHistory()
  let total = limit
  /** All use of this stretch that is known, how much of it is ours, and all that was ever charged. */
  let used = 0
  let ours = 0
  let charged = 0
  /** When this stretch began, until which reset it lasts, and how far that may be told too late. */
  let since = -Infinity
  let endsAt = Infinity
  let endLateMs = 0
  /** When the call was charged that went ahead over the reset. */
  let aheadAt: number | undefined
  /** The longest time that was told until a reset: no window is shorter. */
  let leastMs = windowMs ?? secondMs
  /** The least that was told to remain in this stretch. */
  let least = Infinity
  /** How it counts if it is a log, once its length as such is known. */
  let log = windowMs === undefined ? undefined : logOf(windowMs)
  let proven: Window | undefined
  /** For each call under way that was charged before the proof: what had been charged up to it, and what the log counted. */
  const marks = new Map<number, { readonly charged: number; readonly log: number | undefined }>()
  let calls = 0
  let underWay = 0
  /** What the proven window has counted beyond `charged`. */
  let offset = 0

  const allowed = (): number => Math.max(1, Math.floor(total * share))
  const left = (): number => Math.min(allowed() - ours, total - used)

  function logOf(lastsMs: number): Window {
    return createWindow({ name: 'log', limit: total, windowMs: lastsMs, kind: 'sliding' }, share)
  }

  /** Takes over what an answer says of this stretch. */
  function learnStretch({ remaining, resetsAt, precisionMs }: Told, at: Standing, after: number): void {
    const { now, chargedAt, idle } = at
    if (remaining !== undefined) {
      least = Math.min(least, remaining)
      const known = remaining - after
      if (known < total - used || idle) used = Math.max(0, total - known)
    }
    if (resetsAt === undefined || resetsAt <= now) return
    const lateMs = precisionMs + now - chargedAt
    // Rounded up, or told some time before it was heard, a reset can only come down.
    if (resetsAt < endsAt || resetsAt > endsAt + lateMs) {
      endsAt = resetsAt
      endLateMs = lateMs
    }
    leastMs = Math.max(leastMs, windowMs ?? resetsAt - now - precisionMs)
    if (log || remaining === undefined) return
    const oldestAt = history.oldestOf(total - remaining, chargedAt)
    const lastsMs = oldestAt === undefined ? undefined : logLengthMs(oldestAt, resetsAt, lateMs)
    if (lastsMs === undefined) return
    log = logOf(lastsMs)
    history.replay(log, now - lastsMs - lateMs)
  }

  /** Decides by the answer to a call over the reset, or begins a new stretch with it. */
  function cross(told: Told, at: Standing, after: number): void {
    const { remaining, resetsAt, precisionMs } = told
    const { now, chargedAt, cost } = at
    if (remaining !== undefined && resetsAt !== undefined && resetsAt > now) {
      const counted = history.between(now - leastMs, Math.min(chargedAt, endsAt))
      const proof = proofOf({
        limit: total,
        cost,
        remaining,
        recent: Math.min(counted, total - least),
        resetAt: endsAt,
        chargedAt: Math.max(chargedAt, endsAt),
        nextResetAt: resetsAt,
        lateMs: endLateMs + precisionMs + now - chargedAt,
        windowMs,
        leastMs,
      })
      if (proof?.kind === 'sliding' && log) return settleOn(log, now)
      if (proof?.kind === 'fixed') {
        const fixed = createWindow({ name: 'fixed', limit: total, windowMs: proof.windowMs }, share)
        offset = fixed.take(history.open, now) - charged
        log = undefined
        settleOn(fixed, now)
        return fixed.learn(told, { ...at, mark: charged - after + offset })
      }
    }
    since = chargedAt
    used = ours = cost + after
    least = Infinity
    aheadAt = undefined
    endsAt = Infinity
    learnStretch(told, { ...at, idle: true }, after)
    if (endsAt === Infinity) endsAt = now
    history.forget(now - 2 * leastMs)
  }

  function settleOn(window: Window, now: number): void {
    proven = window
    since = now
    history.forget(Infinity)
  }

  /** Gives the mark that the proven window would have given. */
  function markOf(mark: number): number | undefined {
    const early = marks.get(mark)
    if (!early) return mark
    return proven === log ? early.log : early.charged + offset
  }

  return {
    get kind() {
      return proven?.kind ?? 'unproven'
    },
    get windowMs() {
      return proven?.windowMs ?? leastMs
    },
    waitMs(cost, now) {
      if (proven) return proven.waitMs(cost, now)
      if (now < endsAt) return Math.min(cost, allowed()) <= left() ? 0 : endsAt - now
      if (aheadAt === undefined) return 0
      return log?.waitMs(cost, now) ?? Infinity
    },
    projectMs(cost, now) {
      if (proven) return proven.projectMs(cost, now)
      const beyond = cost - (now < endsAt ? left() : allowed())
      if (beyond <= 0) return 0
      return Math.max(0, endsAt - now) + (Math.ceil(beyond / allowed()) - 1) * leastMs
    },
    take(cost, now) {
      if (underWay++ === 0) marks.clear()
      if (proven) return proven.take(cost, now)
      if (now >= endsAt) aheadAt ??= now
      used += cost
      ours += cost
      charged += cost
      history.charge(cost, now)
      const mark = lowestMark + calls++
      marks.set(mark, { charged, log: log?.take(cost, now) })
      return mark
    },
    settle(cost, chargedAt, answeredAt, quickestMs) {
      underWay--
      if (aheadAt !== undefined && chargedAt >= aheadAt) aheadAt = undefined
      history.settle(cost, chargedAt, answeredAt)
      log?.settle(cost, chargedAt, answeredAt, quickestMs)
      if (proven !== log) proven?.settle(cost, chargedAt, answeredAt, quickestMs)
    },
    correct(difference, chargedAt) {
      history.correct(difference, chargedAt)
      log?.correct(difference, chargedAt)
      if (proven) return proven === log ? undefined : proven.correct(difference, chargedAt)
      if (chargedAt < since) return
      used = Math.max(0, used + difference)
      ours = Math.max(0, ours + difference)
    },
    learn(told, at) {
      const early = marks.get(at.mark)
      if (proven) {
        const mark = markOf(at.mark)
        if (mark !== undefined) proven.learn(told, { ...at, mark })
        return
      }
      if (early?.log !== undefined) log?.learn(told, { ...at, mark: early.log })
      const { limit: toldLimit, resetsAt, precisionMs } = told
      if (toldLimit !== undefined && (toldLimit < total || at.idle || at.chargedAt >= endsAt)) total = toldLimit
      const after = charged - (early?.charged ?? charged)
      const lateMs = precisionMs + at.now - at.chargedAt
      const newStretch = at.now >= endsAt && resetsAt !== undefined && resetsAt > endsAt + lateMs
      if (at.chargedAt >= endsAt || newStretch) cross(told, at, after)
      // What was let through before this stretch says nothing about it.
      else if (at.chargedAt >= since) learnStretch(told, at, after)
    },
    refused(chargedAt, now, mark) {
      if (proven) return proven.refused(chargedAt, now, markOf(mark) ?? 0)
      if (chargedAt < since) return now
      used = Math.max(used, total)
      return now < endsAt ? endsAt : now + secondMs
    },
    state(now) {
      if (proven) return proven.state(now)
      if (now < endsAt)
        return { limit: total, remaining: Math.max(0, left()), ...(endsAt < Infinity && { resetsAt: endsAt }) }
      return { limit: total, remaining: aheadAt === undefined ? 1 : 0 }
    },
  }
}
