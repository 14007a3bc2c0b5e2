import { sources, type VendorWebhooks } from 'hawser/webhooks'
import type { Sailing } from './types.ts'

/** An event as it stands in a webhook's body. */
export interface FerryEvent<T> {
  readonly type: string
  readonly data: T
}

/** The ferry line's events by name, for `receiver<FerryEvents>(ferryWebhooks, …)` of `hawser/webhooks`; `*` hears all. */
export interface FerryEvents {
  readonly 'sailing.cancelled': FerryEvent<Pick<Sailing, 'id'>>
  readonly 'sailing.delayed': FerryEvent<Pick<Sailing, 'id'> & { readonly minutes: number }>
  readonly '*': FerryEvent<unknown>
}

/** How they are signed, and where an event's name stands. */
export const ferryWebhooks: VendorWebhooks = sources.standardWebhooks
