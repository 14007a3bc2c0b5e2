import type { Limit } from 'hawser'

/** How a limit stands, as the vendor tells it. */
export interface LimitState {
  readonly name: string
  readonly limit: number
  readonly remaining: number
  readonly windowMs: number
  /** When there is more: the end of a fixed window, the oldest use of a sliding one, a full bucket. Milliseconds since the Unix epoch. */
  readonly resetsAt: number
}

/** One limit's count, as the vendor keeps it. */
export interface Meter {
  /** How long until so much fits. 0: now. Milliseconds. */
  waitMs(cost: number, now: number): number
  /** Counts, whether it fits or not. */
  take(cost: number, now: number): void
  state(now: number): LimitState
  /** Changes the limit from now on. */
  change(limit: number): void
}

/** Makes the count of a limit that nobody has used. The kinds are those of `Limit`. */
export function createMeter(limit: Limit): Meter {
  switch (limit.kind ?? 'fixed') {
    case 'fixed':
    case 'first-call':
      return windowMeter(limit, limit.kind === 'first-call')
    case 'sliding':
      return slidingMeter(limit)
    case 'token-bucket':
      return bucketMeter(limit, limit.burst)
    case 'leaky-bucket':
      return bucketMeter(limit, 1)
  }
}

function windowMeter({ name, limit, windowMs }: Limit, fromFirstCall: boolean): Meter {
  let total = limit
  let used = 0
  let end = -Infinity

  function roll(now: number): void {
    if (now < end) return
    used = 0
    // Until somebody calls there is no window that could end.
    end = fromFirstCall ? -Infinity : (Math.floor(now / windowMs) + 1) * windowMs
  }

  return {
    waitMs(cost, now) {
      roll(now)
      return used + cost <= total ? 0 : end - now
    },
    take(cost, now) {
      roll(now)
      if (end === -Infinity) end = now + windowMs
      used += cost
    },
    state(now) {
      roll(now)
      const resetsAt = end === -Infinity ? now + windowMs : end
      return { name, limit: total, remaining: Math.max(0, total - used), windowMs, resetsAt }
    },
    change: (to) => void (total = to),
  }
}

function slidingMeter({ name, limit, windowMs }: Limit): Meter {
  let total = limit
  let log: { readonly at: number; readonly cost: number }[] = []
  const used = (now: number): number => {
    log = log.filter(({ at }) => at > now - windowMs)
    return log.reduce((sum, { cost }) => sum + cost, 0)
  }
  return {
    waitMs(cost, now) {
      let over = used(now) + cost - total
      for (const entry of log) {
        if (over <= 0) break
        over -= entry.cost
        if (over <= 0) return entry.at + windowMs - now
      }
      return over <= 0 ? 0 : Infinity
    },
    take: (cost, now) => void log.push({ at: now, cost }),
    state(now) {
      const remaining = Math.max(0, total - used(now))
      return { name, limit: total, remaining, windowMs, resetsAt: (log[0]?.at ?? now) + windowMs }
    },
    change: (to) => void (total = to),
  }
}

function bucketMeter({ name, limit, windowMs }: Limit, burst: number | undefined): Meter {
  let total = limit
  let tokens = burst ?? total
  let filledAt = -Infinity
  const capacity = (): number => burst ?? total
  const perMs = (): number => total / windowMs

  function fill(now: number): void {
    if (filledAt !== -Infinity) tokens = Math.min(capacity(), tokens + (now - filledAt) * perMs())
    filledAt = now
  }

  // Sums of fractions come out a hair below the whole they stand for.
  const msUntil = (need: number): number => Math.max(0, Math.ceil((need - tokens - 1e-9) / perMs()))

  return {
    waitMs(cost, now) {
      fill(now)
      return msUntil(Math.min(cost, capacity()))
    },
    take(cost, now) {
      fill(now)
      tokens -= cost
    },
    state(now) {
      fill(now)
      const remaining = Math.max(0, Math.floor(tokens + 1e-9))
      return { name, limit: capacity(), remaining, windowMs, resetsAt: now + msUntil(capacity()) }
    },
    change: (to) => void (total = to),
  }
}
