/** A vendor that counts calls in its own way. Written as plainly as can be: it keeps every call and counts anew each time. */
export interface Vendor {
  /** Serves a call, or refuses it. */
  admit(now: number, cost?: number): boolean
  remaining(now: number): number
  /** When, by its own telling, there is more again. Milliseconds from now. */
  resetMs(now: number): number
}

interface Served {
  readonly at: number
  readonly cost: number
}

function counting(
  limit: number,
  used: (now: number, served: readonly Served[]) => number,
): Omit<Vendor, 'resetMs'> & { served: Served[] } {
  const served: Served[] = []
  const remaining = (now: number): number => limit - used(now, served)
  return {
    served,
    remaining,
    admit(now, cost = 1) {
      if (remaining(now) < cost) return false
      served.push({ at: now, cost })
      return true
    },
  }
}

const sum = (served: readonly Served[]): number => served.reduce((total, { cost }) => total + cost, 0)

/** Windows on a grid of the clock, moved by `offsetMs`. */
export function fixedVendor(limit: number, windowMs: number, offsetMs = 0): Vendor {
  const startOf = (now: number): number => Math.floor((now - offsetMs) / windowMs) * windowMs + offsetMs
  const count = counting(limit, (now, served) => sum(served.filter(({ at }) => at >= startOf(now))))
  return { ...count, resetMs: (now) => startOf(now) + windowMs - now }
}

/** A window opens with the first call after the last one ended. */
export function firstCallVendor(limit: number, windowMs: number): Vendor {
  function startOf(now: number, served: readonly Served[]): number | undefined {
    let start: number | undefined
    for (const { at } of served) if (start === undefined || at >= start + windowMs) start = at
    return start !== undefined && now < start + windowMs ? start : undefined
  }
  const count = counting(limit, (now, served) => {
    const start = startOf(now, served)
    return start === undefined ? 0 : sum(served.filter(({ at }) => at >= start))
  })
  return { ...count, resetMs: (now) => (startOf(now, count.served) ?? now) + windowMs - now }
}

/** Any stretch as long as the window holds no more than the limit. */
export function slidingVendor(limit: number, windowMs: number): Vendor {
  const count = counting(limit, (now, served) => sum(served.filter(({ at }) => at > now - windowMs)))
  return {
    ...count,
    resetMs: (now) => (count.served.find(({ at }) => at > now - windowMs)?.at ?? now) + windowMs - now,
  }
}

/** A bucket that fills evenly, and tells when it will be full. */
export function bucketVendor(capacity: number, perSecond: number): Vendor {
  const used = (now: number, served: readonly Served[]): number => {
    let level = 0
    let last = now
    for (const [index, { at, cost }] of served.entries()) {
      level = index === 0 ? cost : Math.max(0, level - ((at - last) * perSecond) / 1000) + cost
      last = at
    }
    return Math.max(0, level - ((now - last) * perSecond) / 1000)
  }
  const count = counting(capacity, used)
  return {
    ...count,
    remaining: (now) => Math.floor(count.remaining(now)),
    resetMs: (now) => (used(now, count.served) / perSecond) * 1000,
  }
}
