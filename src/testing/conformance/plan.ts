import type { Connector, ConnectorOptions, QuotaSample, VendorProfile } from 'hawser'
import type { MockVendorOptions } from '../mock-vendor.ts'
import type { Simulator } from '../simulator.ts'
import type { WebhookEvent } from '../webhooks/event.ts'
import type { WebhookSettings } from '../webhooks/sender.ts'

/** A connector, as it is exported: a class with its vendor's profile. */
export interface ConnectorClass<C extends Connector> {
  new (options: ConnectorOptions): C
  readonly profile: VendorProfile
}

/** What the suite needs to know of a connector beyond its profile. */
export interface ConformancePlan<C extends Connector> {
  /** Makes a vendor to test against; each case asks for one of its own. */
  readonly simulator: () => Simulator
  /** Reads one thing, and changes nothing. */
  readonly read: (client: C) => PromiseLike<unknown>
  /** Makes one thing. @default no case writes */
  readonly write?: (client: C) => PromiseLike<unknown>
  /** Lists what the simulator has two pages of at least, and ten at most. @default no case lists */
  readonly list?: (client: C) => AsyncIterable<unknown>
  /** Makes what `list` lists, before it is listed. @default the simulator holds it from the beginning */
  readonly prepare?: (client: C) => PromiseLike<unknown>
  /** Says why an empty page is the end of this vendor's listings. @default it is not: the vendor says where the next one is */
  readonly emptyPageEnds?: string
  /** Answers as the vendor's documentation shows them, for the profile's quota reader. @default what the simulator tells is the proof */
  readonly quotaSamples?: readonly QuotaSample[]
  /** The connector's endpoint for webhooks. @default it has none */
  readonly webhooks?: ConformanceWebhooks
  /** What the connector needs beside `auth`, such as `tenant`. */
  readonly options?: Omit<ConnectorOptions, 'auth' | 'transport' | 'runtime'>
  /** How requests get to the simulator. @default 'memory' */
  readonly front?: MockVendorOptions['front']
}

/** A connector's webhooks, to be tried. */
export interface ConformanceWebhooks extends Partial<Pick<WebhookSettings, 'source' | 'secrets' | 'url' | 'values'>> {
  /** Makes the endpoint, on the suite's clock; it answers with a status below 300 to what it believes. */
  readonly receiver: (options: {
    readonly secrets: WebhookSettings['secrets']
    readonly now: () => number
  }) => (request: Request) => Response | Promise<Response>
  /** An event that the vendor sends. */
  readonly event: string | WebhookEvent
}

/** One behaviour that a connector must have. */
export interface ConnectorCase {
  /** A sentence, such as `renews nothing on a 403`; with the reason in parentheses where it does not apply. */
  readonly name: string
  /** Why it does not apply to this connector. Absent where it does. */
  readonly skip?: string
  /** Rejects with an `AssertionError` where the connector behaves otherwise. Needs no `this`. */
  readonly run: () => Promise<void>
}
