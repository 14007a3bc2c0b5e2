import { checkNumber, checkOptions } from 'hawser'
import type { ReceivedRequest } from '../journal/received-request.ts'
import { parseRoute } from '../routes/route.ts'
import { checkFault } from './check-fault.ts'
import type { Fault } from './fault.ts'

/** How often a fault strikes, and what. */
export interface FaultOptions {
  /** @default 1 */
  readonly times?: number
  /** The route it strikes, by its whole path: `POST /repos/{owner}/{repo}/issues`. @default any */
  readonly on?: string
}

/** Faults that wait for their requests. */
export interface FaultQueue {
  readonly add: (fault: Fault, options?: FaultOptions) => void
  /** Takes the first that is meant for a request. */
  readonly next: (request: ReceivedRequest) => Fault | undefined
}

/** Makes an empty queue. */
export function faultQueue(): FaultQueue {
  const waiting: { readonly fault: Fault; left: number; readonly strikes: (request: ReceivedRequest) => boolean }[] = []
  return {
    add(fault, options = {}) {
      checkFault(fault)
      checkOptions('A fault', options, ['times', 'on'])
      const { times = 1, on } = options
      checkNumber('times', times, 0)
      const route = on === undefined ? undefined : parseRoute(on)
      const strikes = ({ method, path }: ReceivedRequest): boolean => !route || route.match(method, path) !== undefined
      if (times > 0) waiting.push({ fault, left: times, strikes })
    },
    next(request) {
      const at = waiting.findIndex(({ strikes }) => strikes(request))
      const found = waiting[at]
      if (!found) return undefined
      if (--found.left <= 0) waiting.splice(at, 1)
      return found.fault
    },
  }
}
