import type { Limit } from '../../src/quota/limit.ts'
import type { WindowReading } from '../../src/quota/reading.ts'

/** A call as the oracle sees it. */
export interface Started {
  readonly order: number
  readonly at: number
  /** It waited before it started. */
  readonly waited: boolean
  /** As it is known: the declared cost until an answer tells another; 0 if it was never sent. */
  cost: number
  /** When its answer, or its failure, came. */
  endedAt: number
}

/** What an answer told of one window, with its reset in local time. */
type Told = Pick<WindowReading, 'limit' | 'remaining'> & {
  readonly resetsAt?: number | undefined
  readonly precisionMs: number
}

/** What may start by what is known of one window. Written as plainly as can be: nothing is counted, all is kept and looked up. */
export interface Model {
  /** Tells why the call must not start now; `undefined` where it may. */
  refuses(call: Started): string | undefined
  started(call: Started): void
  /** `alone`: no other call is under way. */
  told(call: Started, told: Told, now: number, alone: boolean): void
  /** A call was refused for this window. */
  refused?(now: number): void
}

const sum = (calls: Iterable<{ readonly cost: number }>): number =>
  [...calls].reduce((total, { cost }) => total + cost, 0)
/** Tells whether a call was charged after another; in doubt not: of one moment, those who waited and those who did not start in any order. */
const isAfter = (call: Started, other: Started): boolean =>
  call.order > other.order && !(call.at === other.at && call.waited !== other.waited)
const partOf = (limit: number, share: number): number => Math.max(1, Math.floor(limit * share))

/** Makes the model of a declared limit. */
export function modelOf(limit: Limit, share: number): Model {
  switch (limit.kind) {
    case 'sliding':
      return logModel(limit, share)
    case 'token-bucket':
      return bucketModel(limit, limit.burst ?? limit.limit, share)
    case 'leaky-bucket':
      return bucketModel(limit, 1, share)
    case 'first-call':
      return firstCallModel(limit, share)
    default:
      return windowModel(limit, share)
  }
}

/** No more than `remaining` came after a call, until the window is over. Answers show who came earlier or later than it seems. */
interface Bound {
  readonly call: Started
  readonly remaining: number
  readonly earlier: ReadonlySet<Started>
  readonly later: ReadonlySet<Started>
}

/** Windows that begin full, on a grid. */
function windowModel({ windowMs, limit }: Limit, share: number): Model {
  let known = limit
  let nextKnown = limit
  let start = -Infinity
  let end = -Infinity
  /** The vendor named an end. */
  let sure = false
  /** What was started in this window, and what was under way when it began and may have come to the vendor in it. */
  let here: Started[] = []
  let carried: Started[] = []
  let bounds: Bound[] = []
  /** Who was answered in this window, what was told, and who had started by then. */
  let answers: (Bound & { readonly started: readonly Started[] })[] = []
  /** What the vendor was found not to count of it. */
  let forgiven = 0

  const counted = (): Started[] => [...carried, ...here]
  const underWay = (calls: readonly Started[], at: number): Started[] => calls.filter(({ endedAt }) => endedAt >= at)

  function begin(stillHere: Started[], fromLast: Started[]): void {
    here = stillHere
    carried = fromLast
    bounds = []
    answers = []
    forgiven = 0
    known = nextKnown
  }

  function roll(now: number): void {
    if (end === -Infinity) {
      start = Math.floor(now / windowMs) * windowMs
      end = start + windowMs
    }
    while (now >= end) {
      begin([], underWay(here, end))
      start = end
      end += windowMs
    }
  }

  /** Whether a call came to the vendor after another: of two that were under way together, the one that was left less did. */
  function cameAfter(call: Started, { call: other, later, earlier }: Bound): boolean {
    return later.has(call) || (isAfter(call, other) && !earlier.has(call))
  }

  return {
    refuses(call) {
      roll(call.at)
      const ours = sum(counted()) - forgiven
      const mine = partOf(known, share)
      // What costs more than there ever is may go when all of it is there.
      if (ours > 0 && ours + call.cost > mine) return `${ours} + ${call.cost} of ${mine} from ${start} to ${end}`
      for (const bound of bounds) {
        const after = sum(counted().filter((each) => cameAfter(each, bound)))
        if (after + Math.min(call.cost, mine) > bound.remaining) {
          return `${after} + ${call.cost} after ${bound.call.order}, which was told that ${bound.remaining} remain`
        }
      }
      return undefined
    },
    started(call) {
      here.push(call)
    },
    told(call, { limit: toldLimit, remaining, resetsAt, precisionMs }, now, alone) {
      roll(now)
      if (sure && resetsAt !== undefined && resetsAt < start + windowMs / 2) {
        // It counted in the window before this one.
        carried = carried.filter((each) => each !== call)
        return
      }
      if (resetsAt !== undefined && resetsAt <= now) return
      const unclear = resetsAt === undefined || precisionMs > windowMs / 4
      if (!here.includes(call) && unclear && (sure || !carried.includes(call))) return
      let opened = false
      if (resetsAt !== undefined) {
        const lateMs = precisionMs + now - call.at
        if (sure && resetsAt > end + windowMs / 2) {
          begin(underWay(here, now), [])
          opened = true
        }
        if (resetsAt < end || resetsAt > end + lateMs || end <= now) {
          end = resetsAt
          start = end - windowMs
        }
        sure = true
      }
      if (toldLimit !== undefined) {
        nextKnown = toldLimit
        // A begin that is trusted only after a guard is not yet there when this comes.
        const before = !here.includes(call) && now < start + windowMs / 4
        if (toldLimit < known || opened || before || (alone && remaining !== undefined)) known = toldLimit
      }
      if (remaining === undefined) return
      const earlier = answers.filter((other) => other.remaining > remaining).map((other) => other.call)
      const later = answers
        .filter((other) => other.remaining < remaining && other.call.order < call.order && other.started.includes(call))
        .map((other) => other.call)
      const bound = { call, remaining, earlier: new Set(earlier), later: new Set(later) }
      answers.push({ ...bound, started: counted() })
      if (opened || alone) {
        bounds = []
        const after = sum(counted().filter((each) => cameAfter(each, bound)))
        forgiven = Math.max(forgiven, sum(counted()) - Math.max(0, known - remaining + after))
      }
      bounds.push(bound)
    },
  }
}

/** Windows that begin with the first call after the last one ended: which one that was, only told ends say. */
function firstCallModel({ windowMs, limit }: Limit, share: number): Model {
  const calls: Started[] = []
  /** Use by others, from when it was noticed. */
  const others: { readonly at: number; readonly cost: number }[] = []
  /** No more than `remaining` may start after this call, until the window is over; answers show who had come earlier than it seems. */
  let bounds: { readonly call: Started; readonly remaining: number; readonly earlier: ReadonlySet<Started> }[] = []
  /** What was told in this window. */
  let answers: { readonly call: Started; readonly remaining: number }[] = []
  let known = limit
  let nextKnown = limit
  /** What was answered before counts no more. */
  let overAt = -Infinity
  let end = Infinity
  let endLateMs = 0
  let lastEnd = -Infinity
  /** Others had used all that was left. */
  let fullAt = -Infinity

  function roll(now: number): void {
    if (now < end) return
    overAt = Math.max(overAt, end - endLateMs)
    lastEnd = end
    end = Infinity
    bounds = []
    answers = []
    known = nextKnown
  }

  const countsAt = (now: number): Started[] =>
    calls.filter(({ at, endedAt }) => endedAt > now || (endedAt >= overAt && at > now - windowMs))
  const othersAt = (now: number): number => sum(others.filter(({ at }) => at >= overAt && at > now - windowMs))

  return {
    refuses(call) {
      roll(call.at)
      const mine = partOf(known, share)
      const ours = sum(countsAt(call.at))
      const theirs = othersAt(call.at)
      if (ours > 0 && ours + call.cost > mine) return `${ours} + ${call.cost} of ${mine} in ${windowMs} ms`
      if (ours + theirs > 0 && ours + theirs + Math.min(call.cost, mine) > known) {
        return `${ours} + ${call.cost} of ${known}, of which others use ${theirs}`
      }
      for (const { call: told, remaining, earlier } of bounds) {
        const after = sum(calls.filter((each) => isAfter(each, told) && !earlier.has(each)))
        if (after + Math.min(call.cost, mine) > remaining) {
          return `${after} + ${call.cost} after ${told.order}, which was told that ${remaining} remain until ${end}`
        }
      }
      return undefined
    },
    started(call) {
      calls.push(call)
    },
    told(call, { limit: toldLimit, remaining, resetsAt, precisionMs }, now, alone) {
      roll(now)
      const past =
        resetsAt === undefined
          ? call.at < lastEnd
          : resetsAt <= now || (end < Infinity && resetsAt < end - windowMs / 2)
      if (past) return
      if (resetsAt !== undefined) {
        const lateMs = precisionMs + now - call.at
        if (end < Infinity && resetsAt > end + windowMs / 2) {
          bounds = []
          answers = []
          known = nextKnown
        }
        if (resetsAt < end || resetsAt > end + lateMs || end === Infinity) {
          end = resetsAt
          endLateMs = lateMs
          overAt = Math.max(overAt, Math.min(resetsAt - windowMs - lateMs, call.at))
          bounds = bounds.filter((bound) => bound.call.endedAt >= overAt)
        }
      }
      if (toldLimit !== undefined) {
        nextKnown = toldLimit
        if (toldLimit < known || (alone && remaining !== undefined)) known = toldLimit
      }
      if (remaining === undefined) return
      const earlier = answers.filter((other) => other.remaining > remaining).map((other) => other.call)
      if (alone) bounds = []
      answers = alone ? [] : [...answers, { call, remaining }]
      if (end < Infinity) bounds.push({ call, remaining, earlier: new Set(earlier) })
      // All that is used up besides was used up at the refusal, and is back a window's length after that.
      if (fullAt > now - 1.3 * windowMs - 10) return
      // What of ours can count yet, at most: the answer came late, and the vendor may have seen it late.
      const atMost = calls.filter(({ order, at, endedAt }) => {
        const lately = endedAt > now - 1.3 * windowMs - 10 || at > now - windowMs
        return order <= call.order && (endedAt > now || (endedAt >= overAt && lately))
      })
      const cost = known - remaining - sum(atMost) - sum(others.filter(({ at }) => at > now - 1.3 * windowMs - 10))
      if (cost > 0) others.push({ at: now, cost })
    },
    refused(now) {
      fullAt = now
    },
  }
}

/** Any stretch as long as the window holds no more than the limit; what is not answered yet counts without end. */
function logModel({ windowMs, limit }: Limit, share: number): Model {
  const calls: Started[] = []
  /** Use by others, from when it was noticed. */
  const others: { readonly at: number; readonly cost: number }[] = []
  const answers: { readonly call: Started; readonly remaining: number }[] = []
  let known = limit

  return {
    refuses(call) {
      const mine = partOf(known, share)
      const ours = sum(calls.filter(({ at, endedAt }) => at > call.at - windowMs || endedAt > call.at))
      const theirs = others.filter(({ at }) => at > call.at - windowMs).reduce((total, { cost }) => total + cost, 0)
      if (ours > 0 && ours + call.cost > mine) return `${ours} + ${call.cost} of ${mine} in ${windowMs} ms`
      if (ours + theirs > 0 && ours + theirs + Math.min(call.cost, mine) > known) {
        return `${ours} + ${call.cost} of ${known}, of which others use ${theirs}`
      }
      return undefined
    },
    started(call) {
      calls.push(call)
    },
    told(call, { limit: toldLimit, remaining }, now, alone) {
      if (toldLimit !== undefined && (toldLimit < known || (alone && remaining !== undefined))) known = toldLimit
      if (remaining === undefined) return
      // What of ours can have counted when this call arrived, at most.
      const since = call.at - 1.3 * windowMs - 10
      const lately = calls.filter(({ at, endedAt }) => endedAt > since || at > since)
      // Who was left more had come earlier, whenever it started.
      const earlier = answers.filter((other) => other.remaining > remaining).map((other) => other.call)
      const ours = sum(lately.filter((each) => each.order <= call.order || earlier.includes(each)))
      answers.push({ call, remaining })
      const before = others.filter(({ at }) => at > since).reduce((total, { cost }) => total + cost, 0)
      const cost = (toldLimit ?? known) - remaining - ours - before
      if (cost > 0) others.push({ at: now, cost })
      // With no call under way, no more is used by others than all of ours, in whatever order they came, leaves to them.
      let left = sum(lately) + before + remaining - (toldLimit ?? known)
      if (alone) for (; left > 0 && others.length > 0;) left -= others.shift()?.cost ?? 0
    },
  }
}

/** A store that fills evenly up to its capacity. */
function bucketModel({ windowMs, limit, burst, kind }: Limit, size: number, share: number): Model {
  const calls: Started[] = []
  let changedRate = false
  let known = limit
  const capacity = (): number => partOf(burst === undefined && kind === 'token-bucket' ? known : size, share)
  const perMs = (): number => (known * share) / windowMs
  /** The store held no more than this at a moment, after all calls up to `order`. */
  let bounds: { readonly at: number; readonly call: Started; readonly held: number }[] = []

  return {
    refuses(call) {
      const need = Math.min(call.cost, capacity())
      if (!changedRate) {
        // Between any two calls: what it holds, and what came back in the time.
        for (const [index, { at }] of calls.entries()) {
          const used = sum(calls.slice(index)) + need
          const there = capacity() + (call.at - at) * perMs()
          if (used > there + 1e-6) return `${used} since ${at}, where ${there} were there`
        }
      }
      for (const { at, call: told, held } of bounds) {
        const used = sum(calls.filter((each) => isAfter(each, told))) + need
        const there = held + (call.at - at) * perMs()
        if (used > there + 1e-6) return `${used} after ${told.order}, which was told of ${held}: ${there} were there`
      }
      return undefined
    },
    started(call) {
      calls.push(call)
    },
    told(call, { limit: toldLimit, remaining }, now, alone) {
      if (toldLimit !== undefined && (toldLimit < known || (toldLimit > known && alone && remaining !== undefined))) {
        known = toldLimit
        changedRate = true
        bounds = []
      }
      if (remaining === undefined) return
      if (alone) {
        // It is the whole truth, whatever was counted before.
        bounds = []
        calls.length = 0
      }
      const left = Math.floor((burst ?? (kind === 'leaky-bucket' ? size : known)) * (1 - share))
      bounds.push({ at: now, call, held: remaining - left })
    },
  }
}
