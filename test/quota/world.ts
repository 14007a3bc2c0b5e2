import fc from 'fast-check'
import { expect } from 'vitest'
import { BulkheadFullError, isHawserError } from '../../src/errors.ts'
import type { HttpRequest } from '../../src/http/request.ts'
import type { HttpResponse } from '../../src/http/response.ts'
import type { Limit } from '../../src/quota/limit.ts'
import { quota } from '../../src/quota/quota.ts'
import type { QuotaReading, WindowReading } from '../../src/quota/reading.ts'
import { throttle } from '../../src/quota/throttle.ts'
import { manualClock } from './clock.ts'
import { modelOf, type Model, type Started } from './oracle.ts'

const hourMs = 3_600_000

/** A vendor's limits, and calls to it with their answers. */
export interface Plan {
  readonly limits: readonly Limit[]
  readonly maxConcurrent: number
  readonly share: number
  readonly maxQueue: number
  /** How far the vendor's clock is ahead. */
  readonly skewMs: number
  readonly calls: readonly CallPlan[]
}

interface CallPlan {
  readonly atMs: number
  readonly tookMs: number
  readonly cost: number
  readonly realCost: number | undefined
  readonly priority: number
  readonly connection: string
  readonly family: string
  readonly object: string | undefined
  readonly writes: boolean
  readonly abortAfterMs: number | undefined
  readonly deadlineMs: number | undefined
  readonly answer:
    | { readonly is: 'served' | 'failed' | 'never sent' | 'too many at once' }
    | { readonly is: 'refused'; readonly window: string; readonly retryAfterMs: number | undefined }
  readonly told: readonly ToldPlan[]
}

interface ToldPlan {
  readonly name: string
  readonly limit: number | undefined
  readonly remaining: number | undefined
  readonly resetsInMs: number | undefined
  /** Whether the reset is a moment of the vendor's clock, and not a time from now. */
  readonly asMoment: boolean
  readonly wholeSeconds: boolean
}

const names = ['one', 'two', 'three']
const maybe = <T>(arbitrary: fc.Arbitrary<T>, freq = 2): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq })

const limits: fc.Arbitrary<Limit> = fc
  .record({
    name: fc.constantFrom(...names),
    limit: fc.integer({ min: 1, max: 12 }),
    windowMs: fc.constantFrom(200, 1000, 3000),
    kind: fc.constantFrom('fixed', 'first-call', 'sliding', 'token-bucket', 'leaky-bucket'),
    burst: maybe(fc.integer({ min: 1, max: 20 })),
    scope: fc.constantFrom('app', 'connection', 'family', 'object'),
    families: maybe(fc.constant(['x']), 4),
    counts: maybe(fc.constantFrom('reads', 'writes'), 3),
  })
  .map(({ burst, families, counts, ...rest }) => ({
    ...rest,
    ...(burst !== undefined && rest.kind === 'token-bucket' && { burst }),
    ...(families && { families }),
    ...(counts && { counts }),
  }))

const told: fc.Arbitrary<ToldPlan> = fc.record({
  name: fc.constantFrom(...names),
  limit: maybe(fc.integer({ min: 1, max: 15 })),
  remaining: maybe(fc.integer({ min: 0, max: 12 })),
  resetsInMs: maybe(fc.integer({ min: 1, max: 4000 })),
  asMoment: fc.boolean(),
  wholeSeconds: fc.boolean(),
})

const refused = fc.record({
  is: fc.constant('refused'),
  window: fc.constantFrom(...names),
  retryAfterMs: maybe(fc.oneof(fc.constantFrom(1000, 2000, 5000), fc.integer({ min: 1, max: 4000 }))),
})

const answers: fc.Arbitrary<CallPlan['answer']> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ is: fc.constant('served') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('failed', 'never sent', 'too many at once') }) },
  { weight: 3, arbitrary: refused },
)

const calls: fc.Arbitrary<CallPlan> = fc.record({
  // Now and then in the same moment, or just before a window ends.
  atMs: fc.oneof(fc.nat(4000), fc.constantFrom(0, 0, 100, 990, 995, 1000, 1990)),
  tookMs: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 1500 })),
  cost: fc.integer({ min: 1, max: 4 }),
  realCost: maybe(fc.integer({ min: 0, max: 6 }), 3),
  priority: fc.integer({ min: -1, max: 2 }),
  connection: fc.constantFrom('a', 'b'),
  family: fc.constantFrom('x', 'y'),
  object: fc.constantFrom(undefined, 'p', 'q'),
  writes: fc.boolean(),
  abortAfterMs: maybe(fc.nat(3000), 4),
  deadlineMs: maybe(fc.integer({ min: 1, max: 8000 }), 4),
  answer: answers,
  told: fc.uniqueArray(told, { maxLength: 2, selector: ({ name }) => name }),
})

export const plans: fc.Arbitrary<Plan> = fc.record({
  limits: fc.uniqueArray(limits, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
  maxConcurrent: fc.integer({ min: 1, max: 6 }),
  share: fc.constantFrom(1, 1, 0.5),
  maxQueue: fc.constantFrom(1000, 1000, 3),
  skewMs: fc.constantFrom(0, 0, 7_000, -3_600_000),
  calls: fc.array(calls, { minLength: 1, maxLength: 40 }),
})

interface Watched extends Started {
  readonly plan: CallPlan
  readonly place: number
}

/** Runs a plan; every start is held against the oracle at the moment of its start. */
export async function run(
  { limits, maxConcurrent, share, maxQueue, skewMs, calls }: Plan,
  trace: (what: string) => void = () => {},
): Promise<void> {
  const clock = manualClock()
  const shared = quota({
    limits,
    maxConcurrent,
    share,
    maxQueue,
    family: ({ operation }) => operation,
    object: ({ url }) => new URL(url).searchParams.get('object') ?? undefined,
    reader: ({ body }) => (body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)) : undefined),
  })
  const policies = new Map(
    [1, 3].map((weight, index) => {
      const connection = ['a', 'b'][index] ?? ''
      return [connection, throttle({ quota: shared, connection, weight })]
    }),
  )
  const faults: string[] = []
  const watch = watcher({ limits, maxConcurrent, share, skewMs }, (fault) => faults.push(fault))
  const outcomes = calls.map(async (each, index) => {
    const abort = new AbortController()
    await clock.runtime.sleep(each.atMs)
    const arrivedAt = clock.now
    const deadline = each.deadlineMs === undefined ? undefined : arrivedAt + each.deadlineMs
    const request: HttpRequest = {
      method: each.writes ? 'POST' : 'GET',
      url: `https://v.example/${each.object === undefined ? '' : `?object=${each.object}`}`,
      headers: {},
      operation: each.family,
      idempotent: !each.writes,
      cost: each.cost,
      priority: each.priority,
      signal: abort.signal,
      deadline,
    }
    watch.arrived(index, each, arrivedAt)
    if (each.abortAfterMs !== undefined)
      clock.runtime.after(each.abortAfterMs, () => {
        watch.waitsNoMore(index, clock.now)
        abort.abort()
      })
    const send = policies.get(each.connection)?.(async (): Promise<HttpResponse> => {
      if (abort.signal.aborted) faults.push(`${index} was woken after its abort`)
      if (deadline !== undefined && clock.now >= deadline) faults.push(`${index} was woken after its deadline`)
      const started = watch.started(index, clock.now)
      trace(`${clock.now} ${index} starts: ${JSON.stringify(shared.states(clock.now))}`)
      await clock.runtime.sleep(each.tookMs)
      trace(`${clock.now} ${index} ends`)
      return watch.answered(started, clock.now)
    }, clock.runtime)
    const outcome = await send?.(request).then(
      () => 'answered',
      (error: unknown) => (isHawserError(error) ? error.code : 'failed'),
    )
    watch.left(index)
    const endedAt = clock.now
    // Nobody is lost, and nobody is sent away without a reason.
    const reasons = {
      answered: true,
      failed: each.answer.is === 'failed',
      BULKHEAD_FULL: each.answer.is === 'never sent',
      ABORTED: abort.signal.aborted && endedAt === arrivedAt + (each.abortAfterMs ?? NaN),
      TIMEOUT: deadline !== undefined && endedAt === deadline,
      QUOTA_EXHAUSTED: endedAt === arrivedAt && (deadline !== undefined || maxQueue < 1000),
    }
    const holds = Object.entries(reasons).some(([name, reason]) => name === outcome && reason)
    if (!holds) faults.push(`${index} ended as ${outcome} after ${endedAt - arrivedAt} ms, without a reason`)
  })
  await clock.pass(2 * hourMs)
  expect(faults).toEqual([])
  expect(watch.jumped()).toEqual([])
  expect(watch.lost()).toEqual([])
  await Promise.all(outcomes)
  const states = [...policies.values()].flatMap((policy) => policy.quota())
  expect(states.filter(({ underWay, queued }) => underWay !== 0 || queued !== 0)).toEqual([])
  expect(clock.pending).toBe(0)
}

/** Holds what happens against what is known. */
function watcher(
  { limits, maxConcurrent, share, skewMs }: Omit<Plan, 'calls' | 'maxQueue'>,
  fault: (what: string) => void,
) {
  const buckets = new Map<string, { readonly name: string; readonly model: Model; readonly calls: Watched[] }>()
  const waiting = new Map<number, { readonly plan: CallPlan; readonly arrivedAt: number }>()
  const present = new Set<number>()
  const started: Watched[] = []
  const pauses: { readonly bucket: string; readonly since: number; readonly until: number }[] = []
  const offsets = new Map<string, { readonly low: number; readonly high: number }[]>()
  /** Who still waited when one with a later turn started. */
  const overtaken = new Map<CallPlan, { readonly at: number; readonly by: number }>()
  const caps: { readonly connection: string; readonly at: number; readonly cap: number }[] = []

  function bucketsOf({ connection, family, object, writes }: CallPlan) {
    return limits
      .filter(({ families }) => !families || families.includes(family))
      .filter(({ scope }) => scope !== 'object' || object !== undefined)
      .filter(({ counts }) => counts === undefined || (counts === 'writes') === writes)
      .map((limit) => {
        const apart = {
          app: [],
          connection: [connection],
          family: [connection, family],
          object: [connection, family, object],
        }
        const key = [limit.name, ...apart[limit.scope ?? 'connection']].join('/')
        const bucket = buckets.get(key) ?? { name: limit.name, model: modelOf(limit, share), calls: [] }
        buckets.set(key, bucket)
        return { key, ...bucket }
      })
  }

  /** How many calls of a connection may be under way at once, after what was refused. */
  function capOf(connection: string, now: number): number {
    const held = caps.filter((each) => each.connection === connection && now < each.at + 60_000)
    return Math.min(maxConcurrent, ...held.map(({ cap }) => cap))
  }

  /** The vendor's clock in local time, by all `Date`s that this connection saw. */
  function toLocal(connection: string, vendorMs: number): number {
    const seen = offsets.get(connection) ?? []
    const [least, most] = [Math.max(...seen.map(({ low }) => low)), Math.min(...seen.map(({ high }) => high))]
    return vendorMs - Math.min(Math.max(0, least), most)
  }

  return {
    arrived(index: number, plan: CallPlan, arrivedAt: number): void {
      waiting.set(index, { plan, arrivedAt })
      present.add(index)
    },

    waitsNoMore(index: number, now: number): void {
      const plan = waiting.get(index)?.plan
      if (plan && overtaken.get(plan)?.at === now) overtaken.delete(plan)
      waiting.delete(index)
    },

    left(index: number): void {
      waiting.delete(index)
      present.delete(index)
    },

    /** Who went before another one's turn. */
    jumped: (): readonly number[] => [...overtaken.values()].map(({ by }) => by),

    /** Who has come and not ended. */
    lost: (): readonly number[] => [...present],

    started(index: number, now: number): Watched {
      const here = waiting.get(index)
      if (!here) throw new Error('It has left already.')
      const { plan } = here
      waiting.delete(index)
      const active = started.filter((other) => other.endedAt === Infinity && other.plan.connection === plan.connection)
      const self: Watched = {
        order: started.length,
        at: now,
        waited: here.arrivedAt < now,
        cost: plan.cost,
        endedAt: Infinity,
        plan,
        place: active.length + 1,
      }

      const cap = capOf(plan.connection, now)
      if (self.place > cap) fault(`${index} is number ${self.place} at once, of ${cap}`)

      for (const { key, model, calls } of bucketsOf(plan)) {
        const refusal = model.refuses(self)
        if (refusal !== undefined) fault(`${index} at ${key}: ${refusal}`)
        for (const { bucket, since, until } of pauses) {
          if (bucket === key && now >= since && now < until) fault(`${index} at ${key}, paused until ${until}`)
        }
        model.started(self)
        calls.push(self)
      }
      started.push(self)

      // Of those who need the same, nobody goes before one who stands before him.
      const rank = ({ plan: { priority }, arrivedAt }: typeof here): number => arrivedAt - 5000 * priority
      for (const other of waiting.values()) {
        const apart = limits.some(({ counts }) => counts !== undefined)
        const parts = ['connection', 'family', 'object', ...(apart ? (['writes'] as const) : [])] as const
        const same = parts.every((part) => other.plan[part] === plan[part])
        const late = other.arrivedAt + (other.plan.deadlineMs ?? Infinity) <= now
        if (same && !late && rank(other) < rank(here)) overtaken.set(other.plan, { at: now, by: index })
      }
      // Let through in one moment, calls may start in any order.
      if (overtaken.get(plan)?.at === now) overtaken.delete(plan)
      return self
    },

    answered(self: Watched, now: number): HttpResponse {
      const { plan } = self
      const { connection, answer, realCost } = plan
      self.endedAt = now
      if (answer.is === 'failed') throw new Error('no answer')
      if (answer.is === 'never sent') {
        self.cost = 0
        throw new BulkheadFullError('full')
      }
      const date = Math.floor((now + skewMs) / 1000) * 1000
      offsets.set(connection, [...(offsets.get(connection) ?? []), { low: date - now, high: date + 1050 - self.at }])
      const mine = bucketsOf(plan)
      const tells = plan.told
        .filter(({ name }) => mine.some((bucket) => bucket.name === name))
        // What an object's answers tell is forgotten with the object, of which the oracle knows nothing.
        .map((each) =>
          limits.some(({ name, scope }) => name === each.name && scope === 'object')
            ? { ...each, limit: undefined, resetsInMs: undefined }
            : each,
        )
      const saysRemaining = tells.some(({ remaining }) => remaining !== undefined)
      if (answer.is === 'too many at once') {
        const together = started.filter((other) => other.plan.connection === connection && other.endedAt >= self.at)
        caps.push({ connection, at: now, cap: Math.max(1, Math.min(capOf(connection, now), together.length) - 1) })
        if (saysRemaining) self.cost = 0
      }
      if (realCost !== undefined && self.cost > 0) self.cost = realCost

      const windows = tells.map((each) => {
        const { name, limit, remaining, resetsInMs, asMoment, wholeSeconds } = each
        const reset = readingOf(each, now + skewMs)
        const bucket = mine.find((one) => one.name === name)
        const alone = !bucket?.calls.some((other) => other !== self && other.endedAt === Infinity)
        const resetsAt =
          resetsInMs === undefined
            ? undefined
            : asMoment
              ? toLocal(connection, reset.resetsAtVendor ?? NaN)
              : now + (reset.resetsInMs ?? NaN)
        const precisionMs = wholeSeconds ? 1000 : 0
        const figures = { ...(limit !== undefined && { limit }), ...(remaining !== undefined && { remaining }) }
        bucket?.model.told(self, { ...figures, resetsAt, precisionMs }, now, alone)
        return { reading: { name, ...figures, ...reset }, name, remaining, resetsAt, precisionMs }
      })
      // No vendor refuses a call for a limit that is not about it.
      const aside = answer.is === 'refused' && limits.some(({ name }) => name === answer.window)
      const refusal = answer.is === 'refused' && !(aside && !mine.some(({ name }) => name === answer.window))
      if (refusal) pauseFor(self, mine, windows, now)

      const reading: QuotaReading = {
        windows: windows.map((each) => each.reading),
        ...(realCost !== undefined && { cost: realCost }),
        ...(refusal && { refusal: { window: answer.window, retryAfterMs: answer.retryAfterMs } }),
        ...(answer.is === 'too many at once' && { refusal: { of: 'concurrency' } }),
      }
      const status = refusal || answer.is === 'too many at once' ? 429 : 200
      const headers = { date: new Date(date).toUTCString() }
      return { status, headers, body: new TextEncoder().encode(JSON.stringify(reading)) }
    },
  }

  function pauseFor(
    self: Watched,
    mine: readonly { readonly key: string; readonly name: string; readonly model: Model }[],
    windows: readonly {
      readonly name: string
      readonly remaining: number | undefined
      readonly resetsAt: number | undefined
      readonly precisionMs: number
    }[],
    now: number,
  ): void {
    const { answer } = self.plan
    if (answer.is !== 'refused') return
    const bucket = mine.find(({ name }) => name === answer.window)
    if (!bucket) return
    bucket.model.refused?.(now)
    const { retryAfterMs = 0 } = answer
    const resets = windows.find(({ name, remaining, resetsAt }) => name === answer.window && !remaining && resetsAt)
    const known = [
      { until: now + retryAfterMs, precisionMs: retryAfterMs % 1000 === 0 ? 1000 : 0 },
      { until: resets?.resetsAt ?? now, precisionMs: resets?.precisionMs ?? 0 },
    ]
    const inForce = pauses.filter((pause) => pause.bucket === bucket.key && pause.until > now)
    const since = Math.min(now, ...inForce.map((pause) => pause.since))
    for (const { until, precisionMs } of known) {
      // The refusal of a call that was under way when the pause began rounds the same moment once more.
      const slackMs = inForce.length > 0 && self.at <= since ? precisionMs : 0
      if (until - slackMs > now) pauses.push({ bucket: bucket.key, since: now, until: until - slackMs })
    }
  }
}

/** The reset as the vendor writes it: from now or on its own clock, exact or rounded up. */
function readingOf(
  { resetsInMs, asMoment, wholeSeconds }: ToldPlan,
  vendorNow: number,
): Pick<WindowReading, 'resetsAtVendor' | 'resetsInMs' | 'precisionMs'> {
  if (resetsInMs === undefined) return {}
  const roundUp = (ms: number): number => (wholeSeconds ? Math.ceil(ms / 1000) * 1000 : ms)
  const precision = wholeSeconds ? { precisionMs: 1000 } : {}
  return asMoment
    ? { resetsAtVendor: roundUp(vendorNow + resetsInMs), ...precision }
    : { resetsInMs: roundUp(resetsInMs), ...precision }
}
