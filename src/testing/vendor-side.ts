import { answerOf, nothing, type Answer } from './answer.ts'
import type { FakeClock } from './fake-clock.ts'
import type { Fault } from './faults/fault.ts'
import { isProcessed, strike } from './faults/strike.ts'
import type { Arrival, VendorSide } from './fronts/front.ts'
import { receivedRequest, type ReceivedRequest } from './journal/received-request.ts'
import { unhandled } from './routes/unhandled.ts'
import type { Simulator } from './simulator.ts'

/** What a vendor's side is made of. */
export interface VendorSideParts {
  readonly clock: FakeClock
  readonly simulators: readonly Simulator[]
  /** Gives what strikes a request, if anything does. */
  readonly nextFault: (request: ReceivedRequest) => Fault | undefined
  /** How long an answer takes. Virtual milliseconds. */
  readonly latencyMs: number
}

/** The vendor's side with its books. */
export interface BookedVendorSide extends VendorSide {
  /** In the order of their arrival. */
  readonly requests: readonly ReceivedRequest[]
  /** How many requests were under way at once, at most. */
  readonly mostConcurrent: number
}

/** Makes the vendor's side, which is the same behind every front: notes a request, and answers it or lets a fault strike. */
export function vendorSide({ clock, simulators, nextFault, latencyMs }: VendorSideParts): BookedVendorSide {
  const requests: ReceivedRequest[] = []
  let active = 0
  let mostConcurrent = 0

  async function respond({ method, url, headers, body, to }: Arrival): Promise<Response> {
    const bodily = method !== 'GET' && method !== 'HEAD' && body.length > 0
    const asked = simulators.filter((simulator) => to === 'any' || isAt(simulator, url))
    for (const simulator of asked) {
      const request = new Request(url, { method, headers, ...(bodily && { body }) })
      const response = await simulator.respond(request, { now: () => clock.now })
      if (response) return response
    }
    throw unhandled(
      method,
      url,
      simulators.flatMap(({ routes = [] }) => routes),
    )
  }

  async function answer(arrival: Arrival, fault: Fault | undefined): Promise<Answer> {
    if (fault && !isProcessed(fault)) return strike(fault, nothing, clock.now)
    const given = answerOf(await respond(arrival), clock.now)
    return fault ? strike(fault, given, clock.now) : given
  }

  return {
    clock,
    requests,
    get mostConcurrent() {
      return mostConcurrent
    },
    serves: (url) => simulators.some((simulator) => isAt(simulator, url)),
    async arrive(arrival) {
      const request = receivedRequest(arrival, clock.now)
      requests.push(request)
      mostConcurrent = Math.max(mostConcurrent, ++active)
      const leave = (): void => void active--
      try {
        const fault = nextFault(request)
        const given = await answer(arrival, fault)
        request.outcome = given.ending.at === 'complete' ? given.status : fault?.kind
        return { answer: { ...given, delayMs: given.delayMs + latencyMs }, leave }
      } catch (error) {
        request.outcome = 'unhandled'
        leave()
        throw error
      }
    },
  }
}

function isAt({ origin, origins = [] }: Simulator, url: string): boolean {
  const asked = new URL(url).origin
  return asked === origin || origins.includes(asked)
}
