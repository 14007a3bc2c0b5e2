import { answerOf, nothing, withHeader, withoutBody, type Answer } from './answer.ts'
import type { FakeClock } from './fake-clock.ts'
import type { Fault } from './faults/fault.ts'
import { isProcessed, strike } from './faults/strike.ts'
import type { Arrival, VendorSide } from './fronts/front.ts'
import { receivedRequest, type ReceivedRequest } from './journal/received-request.ts'
import { createLimiter, type Admission, type Limiter } from './limits/limiter.ts'
import { retryAfterSeconds, type QuotaRefusal, type VendorQuota, type Violation } from './limits/vendor-quota.ts'
import { unhandled } from './routes/unhandled.ts'
import type { Simulator } from './simulator.ts'

/** What a vendor's side is made of. */
export interface VendorSideParts {
  readonly clock: FakeClock
  readonly simulators: readonly Simulator[]
  /** Gives what strikes a request, if anything does. */
  readonly nextFault: (request: ReceivedRequest) => Fault | undefined
  /** Asks others for an answer before the simulators. */
  readonly answerFirst: ((request: Request) => Promise<Response | undefined>) | undefined
  /** How long an answer takes. Virtual milliseconds. */
  readonly latencyMs: number
}

/** The vendor's side with its books. */
export interface BookedVendorSide extends VendorSide {
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** How many requests were under way at once, at most. */
  readonly mostConcurrent: number
  readonly violations: readonly Violation[]
  readonly limiters: readonly Limiter[]
}

/**
 * Makes the vendor's side, which is the same behind every front: notes a request, counts it at the limits, and answers it or
 * lets a fault strike.
 */
export function vendorSide({
  clock,
  simulators,
  nextFault,
  answerFirst,
  latencyMs,
}: VendorSideParts): BookedVendorSide {
  const requests: ReceivedRequest[] = []
  const violations: Violation[] = []
  const limited = simulators.flatMap((simulator) =>
    simulator.quota ? [{ at: simulator, quota: simulator.quota, limiter: createLimiter(simulator.quota) }] : [],
  )
  let active = 0
  let mostConcurrent = 0

  /** Counts a request at the limits of the vendor that it is for. */
  function admit(arrival: Arrival): (Admission & { readonly quota: VendorQuota }) | undefined {
    const vendor = limited.find(({ at }) => arrival.to === 'any' || isAt(at, arrival.url))
    if (!vendor) return undefined
    const admission = vendor.limiter.admit(arrival, clock.now)
    if (!admission.ok) {
      const { of, limit } = admission.refusal
      violations.push({ at: clock.now, method: arrival.method, url: arrival.url, of, limit: limit.name })
    }
    return { ...admission, quota: vendor.quota }
  }

  async function respond({ method, url, headers, body, to }: Arrival, admission?: Admission): Promise<Answer> {
    const bodily = method !== 'GET' && method !== 'HEAD' && body.length > 0
    const asked = simulators.filter((simulator) => to === 'any' || isAt(simulator, url))
    const request = (): Request => new Request(url, { method, headers, ...(bodily && { body }) })
    const first = await answerFirst?.(request())
    if (first) return answerOf(first, clock.now)
    for (const simulator of asked) {
      const limiter = limited.find(({ at }) => at === simulator)?.limiter
      const response = await simulator.respond(request(), {
        now: () => clock.now,
        limits: () => limiter?.states({ method, url, headers }, clock.now) ?? [],
        refund: (cost) => (admission?.ok ? admission.refund(cost) : []),
      })
      if (response) return answerOf(response, clock.now)
    }
    throw unhandled(
      method,
      url,
      asked.flatMap(({ routes = [] }) => routes),
    )
  }

  /** Gives what goes back, and with it who has to be told when it has gone. */
  async function handle(arrival: Arrival, request: Noted): Promise<{ answer: Answer; leave: () => void }> {
    const admission = admit(arrival)
    const tell = (answer: Answer): Answer => (admission ? told(answer, admission, clock.now) : answer)
    if (admission?.ok === false) {
      const { quota, refusal } = admission
      request.outcome = 'refused'
      return { answer: tell(answerOf((quota.refuse ?? refuse)(refusal, clock.now), clock.now)), leave: () => {} }
    }
    const leave = admission?.leave ?? (() => {})
    try {
      const fault = nextFault(request)
      if (fault) request.outcome = fault.kind
      if (fault && !isProcessed(fault)) return { answer: await strike(fault, nothing, clock.now), leave }
      const answer = tell(await respond(arrival, admission))
      request.outcome ??= answer.status
      return { answer: fault ? await strike(fault, answer, clock.now) : answer, leave }
    } catch (error) {
      leave()
      throw error
    }
  }

  return {
    clock,
    requests,
    violations,
    limiters: limited.map(({ limiter }) => limiter),
    get mostConcurrent() {
      return mostConcurrent
    },
    serves: (url) => simulators.some((simulator) => isAt(simulator, url)),
    async arrive(arrival) {
      const request = receivedRequest(arrival, clock.now)
      requests.push(request)
      mostConcurrent = Math.max(mostConcurrent, ++active)
      try {
        const { answer, leave } = await handle(arrival, request)
        const over = (): void => {
          active--
          leave()
        }
        const delayed = { ...answer, delayMs: answer.delayMs + latencyMs }
        return { answer: arrival.method === 'HEAD' ? withoutBody(delayed) : delayed, leave: over }
      } catch (error) {
        active--
        throw error
      }
    },
  }
}

type Noted = ReturnType<typeof receivedRequest>

function told(answer: Answer, { quota, states }: Admission & { quota: VendorQuota }, now: number): Answer {
  const headers = Object.entries(quota.tell?.(states, now) ?? {})
  return headers.reduce((all, [name, value]) => withHeader(all, name, value), answer)
}

function refuse(refusal: QuotaRefusal): Response {
  return new Response(null, { status: 429, headers: { 'retry-after': String(retryAfterSeconds(refusal)) } })
}

function isAt({ origin, origins = [] }: { origin: string; origins?: Simulator['origins'] }, url: string): boolean {
  const asked = new URL(url).origin
  return asked === origin || origins.includes(asked)
}
