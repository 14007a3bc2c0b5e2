import { isWrite, type HttpRequest, type Limit, type QuotaScope } from 'hawser'
import { createMeter, type LimitState, type Meter } from './meter.ts'
import type { QuotaRefusal, SimulatedLimit, VendorQuota } from './vendor-quota.ts'

/** What a limiter looks at. */
type Counted = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

/** What becomes of a request at the limits. */
export type Admission =
  /** `states` are those to tell, as they stand now; `refund` gives back what was charged too much, `leave` is called when the answer has gone. */
  | {
      readonly ok: true
      readonly states: readonly LimitState[]
      readonly refund: (cost: number) => readonly LimitState[]
      readonly leave: () => void
    }
  | { readonly ok: false; readonly states: readonly LimitState[]; readonly refusal: QuotaRefusal }

/** All limits of a vendor, each counted for everyone whom it is about. */
export interface Limiter {
  readonly names: readonly string[]
  admit(request: Counted, now: number): Admission
  /** How the limits stand for whoever sent a request, all but the secondary ones; counts nothing. */
  states(request: Counted, now: number): readonly LimitState[]
  /** Uses a limit up by so much on behalf of somebody else who shares it; tells whether it fitted. */
  spend(limit: string, cost: number, now: number): boolean
  /** Changes a limit from now on. */
  change(limit: string, to: number): void
}

/** Makes the vendor's side of a quota: checks all limits of a request, and charges all of them or none. */
export function createLimiter(quota: VendorQuota): Limiter {
  const { limits, maxConcurrent = Infinity } = quota
  const meters = new Map<string, Meter>()
  const changed = new Map<string, number>()
  const active = new Map<string, number>()

  function meterOf(limit: Limit, owner: string): Meter {
    const key = `${limit.name}\n${owner}`
    const known = meters.get(key)
    if (known) return known
    const meter = createMeter({ ...limit, limit: changed.get(limit.name) ?? limit.limit })
    meters.set(key, meter)
    return meter
  }

  function admit(counted: Counted, now: number): Admission {
    const request = asClientSees(counted)
    const connection = request.headers['authorization'] ?? ''
    const cost = quota.cost?.(request) ?? 1
    const charges = limits
      .filter((limit) => isAbout(limit, request, quota.family?.(request)))
      .map((limit) => ({
        limit,
        meter: meterOf(limit, ownerOf(limit.scope, connection, request, quota)),
        cost: limit.costs?.[request.method] ?? cost,
      }))
    const told = (): readonly LimitState[] =>
      charges.filter(({ limit }) => !limit.secondary).map(({ meter }) => meter.state(now))

    const underWay = active.get(connection) ?? 0
    if (underWay >= maxConcurrent) return { ok: false, states: told(), refusal: tooManyAtOnce(maxConcurrent, now) }
    const full = charges.find((charge) => charge.meter.waitMs(charge.cost, now) > 0)
    if (full) {
      const { limit, meter } = full
      const retryAfterMs = meter.waitMs(full.cost, now)
      const refusal = {
        of: 'rate',
        limit: meter.state(now),
        secondary: limit.secondary ?? false,
        retryAfterMs,
      } as const
      return { ok: false, states: told(), refusal }
    }
    for (const charge of charges) charge.meter.take(charge.cost, now)
    active.set(connection, underWay + 1)
    const leave = (): void => void active.set(connection, (active.get(connection) ?? 1) - 1)
    const refund = (back: number): readonly LimitState[] => {
      for (const charge of charges) charge.meter.take(-back, now)
      return told()
    }
    return { ok: true, states: told(), refund, leave }
  }

  function metersOf(name: string): readonly Meter[] {
    return [...meters].filter(([key]) => key.startsWith(`${name}\n`)).map(([, meter]) => meter)
  }

  return {
    names: limits.map(({ name }) => name),
    admit,
    states(counted, now) {
      const request = asClientSees(counted)
      const connection = request.headers['authorization'] ?? ''
      return limits
        .filter(({ secondary }) => !secondary)
        .map((limit) => meterOf(limit, ownerOf(limit.scope, connection, request, quota)).state(now))
    },
    spend(name, cost, now) {
      const used = metersOf(name)
      const all =
        used.length > 0 ? used : limits.filter((limit) => limit.name === name).map((limit) => meterOf(limit, ''))
      if (all.some((meter) => meter.waitMs(cost, now) > 0)) return false
      for (const meter of all) meter.take(cost, now)
      return true
    },
    change(name, to) {
      changed.set(name, to)
      for (const meter of metersOf(name)) meter.change(to)
    },
  }
}

/** A request as the functions of a profile's `quota` know it; the vendor's side has no URL template. */
function asClientSees({ method, url, headers, body }: Counted): HttpRequest {
  return { method, url, headers, body, operation: `${method} ${new URL(url).pathname}`, idempotent: false }
}

function isAbout(limit: SimulatedLimit, request: HttpRequest, family: string | undefined): boolean {
  const { families, methods, counts } = limit
  const ofFamily = !families || (family !== undefined && families.includes(family))
  const ofKind = counts === undefined || (counts === 'writes') === isWrite(request)
  return ofFamily && ofKind && (!methods || methods.includes(request.method))
}

/** Whose use a limit counts together. */
function ownerOf(
  scope: QuotaScope = 'connection',
  connection: string,
  request: HttpRequest,
  { family, object }: VendorQuota,
): string {
  if (scope === 'app') return ''
  if (scope === 'family') return `${connection}\n${family?.(request) ?? ''}`
  return scope === 'object' ? `${connection}\n${object?.(request) ?? ''}` : connection
}

function tooManyAtOnce(maxConcurrent: number, now: number): QuotaRefusal {
  const limit = { name: 'concurrency', limit: maxConcurrent, remaining: 0, windowMs: 0, resetsAt: now }
  return { of: 'concurrency', limit, secondary: true, retryAfterMs: 1000 }
}
