import { sources, type VendorWebhooks } from 'hawser/webhooks'
import type { Item } from './types.ts'

/** An event as it stands in a webhook's body. @see https://docs.acme.example/webhooks */
export interface AcmeEvent<T> {
  readonly type: string
  readonly data: T
}

/** Acme's events by name, for `receiver<AcmeEvents>(acmeWebhooks, …)` of `hawser/webhooks`; `*` hears all. */
export interface AcmeEvents {
  readonly 'item.created': AcmeEvent<Item>
  readonly 'item.deleted': AcmeEvent<Pick<Item, 'id'>>
  readonly '*': AcmeEvent<unknown>
}

/** How Acme signs its webhooks, and where an event's name stands. @see https://docs.acme.example/webhooks/signatures */
export const acmeWebhooks: VendorWebhooks = sources.standardWebhooks
