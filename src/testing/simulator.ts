import type { WebhookSource } from 'hawser/webhooks'
import type { LimitState } from './limits/meter.ts'
import type { VendorQuota } from './limits/vendor-quota.ts'

/** What a simulator may look at beside the request. */
export interface SimulatorContext {
  /** The virtual time. Milliseconds since the Unix epoch. */
  now(): number
  /** How the simulator's limits stand for whoever asks, all but the secondary ones. */
  limits?(): readonly LimitState[]
  /** Gives back what a call was charged too much; gives how the limits of the call stand then. */
  refund?(cost: number): readonly LimitState[]
}

/** A vendor to test against: answers standard requests with standard responses. Knows no mock library. */
export interface Simulator {
  /** Where it pretends to be, such as `https://api.github.com`. */
  readonly origin: string
  /** Other addresses of the same vendor. @default none */
  readonly origins?: readonly string[]
  /** The routes it answers, as `GET /repos/{owner}/{repo}`: for the error about a request that fits none. */
  readonly routes?: readonly string[]
  /** The limits that it keeps. `mockVendor` counts them, so that each mock vendor begins with all of them unused. @default none */
  readonly quota?: VendorQuota | undefined
  /** Its webhooks, which `deliver` sends. @default none */
  readonly webhooks?: WebhookSource<object>
  /** Answers; `undefined` where it has nothing at that address. `mockVendor` gives the context. */
  respond(request: Request, context?: SimulatorContext): Response | undefined | Promise<Response | undefined>
}
