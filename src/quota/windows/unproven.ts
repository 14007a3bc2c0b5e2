import { createWindow } from '../create-window.ts'
import { createHistory } from '../history.ts'
import { kindOf, logLengthMs, secondMs, windowLengthMs } from '../proof.ts'
import type { Standing, Told, Window } from '../window.ts'
import { createArrivals } from './arrivals.ts'
import { createHeadroom } from './headroom.ts'

/** Marks of calls that were charged before the proof are told from those of the proven window by standing far below. */
const lowestMark = -(2 ** 40)

/**
 * A window whose kind, and perhaps whose length, nobody states: only how much remains until a reset.
 *
 * Up to the told reset it gives what remains. One call goes ahead over the reset, which any kind of window has room for, and
 * its answer decides, see {@link kindOf}. Where it decides nothing, all begins again from what it told.
 */
export function unprovenWindow(limit: number, windowMs: number | undefined, share: number): Window {
  const history = createHistory()
  const headroom = createHeadroom()
  const arrivals = createArrivals()
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
  /** More was used before the reset than was told to remain, so that none is sure to have room after it. */
  let beyond = false
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

  /** How long until there is room by what was told alone. */
  function toldWaitMs(cost: number, now: number): number {
    if (now < endsAt) return Math.min(cost, allowed()) <= left() ? 0 : endsAt - now
    // Only a log can say when there is room again; without one, a call has to go ahead for anything to be learned.
    return aheadAt === undefined && !(beyond && log) ? 0 : Infinity
  }

  function logOf(lastsMs: number): Window {
    return createWindow({ name: 'log', limit: total, windowMs: lastsMs, kind: 'sliding' }, share)
  }

  /** Takes over what an answer says of this stretch. */
  function learnStretch({ remaining, resetsAt, precisionMs }: Told, at: Standing, after: number): void {
    const { now, chargedAt, cost, idle } = at
    if (remaining !== undefined) {
      least = Math.min(least, remaining)
      const mark = charged - after
      const known = remaining - after + arrivals.overtaken({ mark, cost, remaining }, charged)
      // None is left that could have overtaken another.
      if (idle) arrivals.clear()
      used = Math.max(0, total - headroom.adopt(known, total - used, mark, idle))
      ours = Math.min(ours, used)
    }
    if (resetsAt === undefined || resetsAt <= now) return
    const lateMs = precisionMs + now - chargedAt
    // Rounded up, or told some time before it was heard, a reset can only come down.
    if (resetsAt < endsAt || resetsAt > endsAt + lateMs) {
      endsAt = resetsAt
      endLateMs = lateMs
    }
    self.windowMs = leastMs = Math.max(leastMs, windowMs ?? resetsAt - now - precisionMs)
    if (log || remaining === undefined) return
    const oldestAt = history.oldestOf(total - remaining, chargedAt)
    const lastsMs = oldestAt === undefined ? undefined : logLengthMs(oldestAt, resetsAt, lateMs)
    if (lastsMs === undefined) return
    log = logOf(lastsMs)
    history.replay(log, now - lastsMs - lateMs)
  }

  /** Settles on a kind, if the answer decides it; tells whether it did. */
  function prove(told: Told, at: Standing, after: number): boolean {
    const { remaining, resetsAt, precisionMs } = told
    const { now, chargedAt, cost } = at
    if (remaining === undefined || resetsAt === undefined || resetsAt <= now) return false
    const lately = history.answeredBy(chargedAt, now - leastMs)
    const over = chargedAt >= endsAt
    const sureAt = over ? endsAt - endLateMs : -Infinity
    const kind = kindOf({
      limit: total,
      remaining,
      cost,
      recent: Math.min(lately.answered, total - least),
      beside: lately.open - cost,
      before: history.between(now - leastMs, sureAt),
      since: history.between(Math.max(sureAt - 1, now - leastMs), chargedAt),
    })
    if (kind === 'sliding' && log) {
      settleOn(log)
      return true
    }
    const lateMs = endLateMs + precisionMs + now - chargedAt
    const resets = { at: endsAt, nextAt: resetsAt, chargedAt: Math.max(chargedAt, endsAt), lateMs, leastMs }
    const lastsMs = kind === 'fixed' ? (windowMs ?? windowLengthMs(resets)) : undefined
    if (lastsMs === undefined) return false
    const fixed = createWindow({ name: 'fixed', limit: total, windowMs: lastsMs }, share)
    offset = fixed.take(history.open, now) - charged
    log = undefined
    settleOn(fixed)
    fixed.learn(told, { ...at, mark: charged - after + offset })
    return true
  }

  /** Begins again with what the answer to a call over the reset told. */
  function beginStretch(told: Told, at: Standing, after: number): void {
    since = at.chargedAt
    used = ours = at.cost + after
    least = Infinity
    arrivals.clear()
    aheadAt = undefined
    beyond = false
    endsAt = Infinity
    learnStretch(told, { ...at, idle: true }, after)
    if (endsAt === Infinity) endsAt = at.now
    history.forget(at.now - 2 * leastMs)
  }

  function settleOn(window: Window): void {
    proven = window
    self.kind = window.kind
    self.windowMs = window.windowMs
    history.forget(Infinity)
  }

  /** Gives the mark that the proven window would have given. */
  function markOf(mark: number): number | undefined {
    const early = marks.get(mark)
    if (!early) return mark
    return proven === log ? early.log : early.charged + offset
  }

  // Both are plain properties: getters would give each window a shape of its own, of 900 bytes.
  const self = {
    kind: 'unproven',
    windowMs: windowMs ?? secondMs,
    waitMs(cost, now) {
      if (proven) return proven.waitMs(cost, now)
      const toldMs = toldWaitMs(cost, now)
      if (toldMs === 0 || (now < endsAt && windowMs === undefined)) return toldMs
      // What a log of this length has room for, windows of any kind have.
      return Math.min(toldMs, log?.waitMs(cost, now) ?? Infinity)
    },
    projectMs(cost, now) {
      if (proven) return proven.projectMs(cost, now)
      const more = cost - (now < endsAt ? left() : allowed())
      return more <= 0 ? 0 : Math.max(0, endsAt - now) + (Math.ceil(more / allowed()) - 1) * leastMs
    },
    take(cost, now) {
      if (underWay++ === 0) marks.clear()
      if (proven) return proven.take(cost, now)
      if (now >= endsAt) aheadAt ??= now
      else if (toldWaitMs(cost, now) > 0) beyond = true
      used += cost
      ours += cost
      charged += cost
      history.charge(cost, now)
      const mark = lowestMark + calls++
      marks.set(mark, { charged, log: log?.take(cost, now) })
      return mark
    },
    settle(cost, chargedAt, mark, answeredAt, quickestMs) {
      underWay--
      if (aheadAt !== undefined && chargedAt >= aheadAt) aheadAt = undefined
      history.settle(cost, chargedAt, answeredAt)
      log?.settle(cost, chargedAt, mark, answeredAt, quickestMs)
      if (proven !== log) proven?.settle(cost, chargedAt, markOf(mark) ?? 0, answeredAt, quickestMs)
    },
    correct(difference, chargedAt, mark) {
      history.correct(difference, chargedAt)
      log?.correct(difference, chargedAt, mark)
      if (proven) return proven === log ? undefined : proven.correct(difference, chargedAt, markOf(mark) ?? 0)
      charged += Math.max(0, difference)
      if (chargedAt < since) return
      const change = difference < 0 ? -headroom.giveBack(-difference, marks.get(mark)?.charged ?? 0) : difference
      used = Math.max(0, used + change)
      ours = Math.max(0, ours + change)
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
      const over = at.chargedAt >= endsAt || (resetsAt !== undefined && resetsAt > endsAt + lateMs && at.now >= endsAt)
      // More than our own count leaves: something began anew.
      const more = told.remaining !== undefined && told.remaining - after > total - used + Math.max(1, total / 10)
      if ((over || more) && prove(told, at, after)) return
      if (over) beginStretch(told, at, after)
      // What was let through before this stretch says nothing about it.
      else if (at.chargedAt >= since) learnStretch(told, at, after)
    },
    refused(chargedAt, now, mark, toldAt) {
      if (proven) return proven.refused(chargedAt, now, markOf(mark) ?? 0, toldAt)
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
  } satisfies Window
  return self
}
