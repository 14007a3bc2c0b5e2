import type {
  Charge,
  CheckoutSession,
  Customer,
  Invoice,
  PaymentIntent,
  Price,
  Product,
  Refund,
  Subscription,
} from './types.ts'

/**
 * What Stripe sends to a webhook endpoint, and lists under `/v1/events`.
 *
 * `data.object` has the shape of the endpoint's API version, which may differ from the client's.
 *
 * @see https://docs.stripe.com/api/events/object
 */
export interface StripeEvent<T = unknown> {
  readonly id: string
  readonly object: 'event'
  readonly type: string
  readonly api_version: string | null
  /** The connected account it is about. */
  readonly account?: string
  readonly data: {
    readonly object: T
    /** What changed, as it was before; in `*.updated` only. */
    readonly previous_attributes?: object
  }
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null } | null
  readonly livemode: boolean
  readonly created: number
}

/** An event heard by its own name, and with all others of its object by the object's. */
type Of<Name extends string, Action extends string, T> = {
  readonly [Key in Name | `${Name}.${Action}`]: StripeEvent<T>
}

/** A preview has no id. @see https://docs.stripe.com/api/events/types#event_types-invoice.upcoming */
type UpcomingInvoice = Omit<Invoice, 'id'>

/**
 * The most used events by name, for `receiver<StripeEvents>(sources.stripe, …)` of `hawser/webhooks`; `*` hears all.
 *
 * @see https://docs.stripe.com/api/events/types
 */
export type StripeEvents = Of<
  'payment_intent',
  | 'created'
  | 'processing'
  | 'requires_action'
  | 'amount_capturable_updated'
  | 'succeeded'
  | 'payment_failed'
  | 'canceled',
  PaymentIntent
> &
  Of<
    'invoice',
    | 'created'
    | 'finalized'
    | 'finalization_failed'
    | 'sent'
    | 'paid'
    | 'payment_succeeded'
    | 'payment_failed'
    | 'payment_action_required'
    | 'updated'
    | 'marked_uncollectible'
    | 'voided',
    Invoice
  > &
  Of<
    'customer.subscription',
    'created' | 'updated' | 'deleted' | 'paused' | 'resumed' | 'trial_will_end',
    Subscription
  > &
  Of<
    'checkout.session',
    'completed' | 'expired' | 'async_payment_succeeded' | 'async_payment_failed',
    CheckoutSession
  > &
  Of<'refund', 'created' | 'updated' | 'failed', Refund> &
  Of<'product', 'created' | 'updated' | 'deleted', Product> &
  Of<'price', 'created' | 'updated' | 'deleted', Price> & {
    readonly [Key in `customer.${'created' | 'updated' | 'deleted'}`]: StripeEvent<Customer>
  } & {
    readonly [Key in `charge.${'succeeded' | 'failed' | 'captured' | 'refunded' | 'updated'}`]: StripeEvent<Charge>
  } & {
    readonly 'invoice.upcoming': StripeEvent<UpcomingInvoice>
    readonly '*': StripeEvent
  }
