// What is asked for most of each object, at the API version of the profile. Amounts are in the currency's smallest unit, times
// are seconds since the Unix epoch.

/** A value of a list that Stripe may lengthen without a new API version. @see https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backward-compatible */
export type Open<Known extends string> = Known | (string & {})

/** An id, or the object itself where the call asked for it by `expand`. @see https://docs.stripe.com/api/expanding_objects */
export type Expandable<T> = string | T

/** @see https://docs.stripe.com/api/metadata */
export type Metadata = Readonly<Record<string, string>>

/** A list within an object. @see https://docs.stripe.com/api/pagination */
export interface List<T> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}

/** What a deletion leaves. */
export interface Deleted {
  readonly id: string
  readonly deleted: true
}

/** @see https://docs.stripe.com/api/customers/object */
export interface Customer {
  readonly id: string
  readonly object: 'customer'
  readonly email: string | null
  readonly name?: string | null
  readonly phone?: string | null
  readonly description: string | null
  /** Negative: credit for the next invoice. */
  readonly balance: number
  readonly currency?: string | null
  readonly delinquent?: boolean | null
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/payment_intents/object */
export interface PaymentIntent {
  readonly id: string
  readonly object: 'payment_intent'
  readonly amount: number
  readonly amount_capturable: number
  readonly amount_received: number
  readonly currency: string
  readonly status: Open<
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'requires_capture'
    | 'canceled'
    | 'succeeded'
  >
  /** For the browser that finishes the payment. Do not log it. */
  readonly client_secret: string | null
  readonly customer: Expandable<Customer | Deleted> | null
  readonly latest_charge: Expandable<Charge> | null
  readonly payment_method: Expandable<{ readonly id: string }> | null
  readonly last_payment_error: {
    readonly code?: string
    readonly decline_code?: string
    readonly message?: string
  } | null
  readonly next_action: { readonly type: string } | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/charges/object */
export interface Charge {
  readonly id: string
  readonly object: 'charge'
  readonly amount: number
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly currency: string
  readonly status: Open<'succeeded' | 'pending' | 'failed'>
  readonly paid: boolean
  readonly refunded: boolean
  readonly disputed: boolean
  readonly customer: Expandable<Customer | Deleted> | null
  readonly payment_intent: Expandable<PaymentIntent> | null
  readonly failure_code: string | null
  readonly failure_message: string | null
  readonly receipt_url: string | null
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/refunds/object */
export interface Refund {
  readonly id: string
  readonly object: 'refund'
  readonly amount: number
  readonly currency: string
  readonly status: string | null
  readonly reason: string | null
  readonly charge: Expandable<Charge> | null
  readonly payment_intent: Expandable<PaymentIntent> | null
  readonly failure_reason?: string
  readonly metadata: Metadata | null
  readonly created: number
}

/** @see https://docs.stripe.com/api/products/object */
export interface Product {
  readonly id: string
  readonly object: 'product'
  readonly name: string
  readonly active: boolean
  readonly description: string | null
  readonly default_price?: Expandable<Price> | null
  readonly images: readonly string[]
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/prices/object */
export interface Price {
  readonly id: string
  readonly object: 'price'
  readonly active: boolean
  readonly currency: string
  /** Null where the price is tiered, or finer than the smallest unit. */
  readonly unit_amount: number | null
  readonly type: Open<'one_time' | 'recurring'>
  readonly recurring: {
    readonly interval: Open<'day' | 'week' | 'month' | 'year'>
    readonly interval_count: number
  } | null
  readonly product: Expandable<Product | Deleted>
  readonly nickname: string | null
  readonly lookup_key: string | null
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/subscriptions/object */
export interface Subscription {
  readonly id: string
  readonly object: 'subscription'
  readonly customer: Expandable<Customer | Deleted>
  readonly status: Open<
    'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'canceled' | 'unpaid' | 'paused'
  >
  readonly items: List<SubscriptionItem>
  readonly latest_invoice: Expandable<Invoice> | null
  readonly currency: string
  readonly cancel_at: number | null
  readonly cancel_at_period_end: boolean
  readonly canceled_at: number | null
  readonly trial_end: number | null
  readonly ended_at: number | null
  readonly metadata: Metadata
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/subscription_items/object */
export interface SubscriptionItem {
  readonly id: string
  readonly object: 'subscription_item'
  readonly price: Price
  readonly quantity?: number
  readonly current_period_start: number
  readonly current_period_end: number
}

/** @see https://docs.stripe.com/api/invoices/object */
export interface Invoice {
  readonly id: string
  readonly object: 'invoice'
  readonly number: string | null
  readonly customer: Expandable<Customer | Deleted> | null
  readonly customer_email: string | null
  readonly status: Open<'draft' | 'open' | 'paid' | 'uncollectible' | 'void'> | null
  readonly currency: string
  readonly amount_due: number
  readonly amount_paid: number
  readonly amount_remaining: number
  readonly total: number
  readonly attempt_count: number
  readonly next_payment_attempt: number | null
  readonly billing_reason: string | null
  readonly hosted_invoice_url?: string | null
  readonly invoice_pdf?: string | null
  readonly metadata: Metadata | null
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/checkout/sessions/object */
export interface CheckoutSession {
  readonly id: string
  readonly object: 'checkout.session'
  readonly mode: Open<'payment' | 'setup' | 'subscription'>
  readonly status: Open<'open' | 'complete' | 'expired'> | null
  readonly payment_status: Open<'paid' | 'unpaid' | 'no_payment_required'>
  /** Where to send the customer. */
  readonly url: string | null
  readonly amount_total: number | null
  readonly currency: string | null
  readonly customer: Expandable<Customer | Deleted> | null
  readonly customer_details: { readonly email: string | null; readonly name: string | null } | null
  readonly client_reference_id: string | null
  readonly payment_intent: Expandable<PaymentIntent> | null
  readonly subscription: Expandable<Subscription> | null
  readonly expires_at: number
  readonly metadata: Metadata | null
  readonly livemode: boolean
  readonly created: number
}

/** @see https://docs.stripe.com/api/balance/balance_object */
export interface Balance {
  readonly object: 'balance'
  readonly available: readonly { readonly amount: number; readonly currency: string }[]
  readonly pending: readonly { readonly amount: number; readonly currency: string }[]
  readonly livemode: boolean
}

/** @see https://docs.stripe.com/api/webhook_endpoints/object */
export interface WebhookEndpoint {
  readonly id: string
  readonly object: 'webhook_endpoint'
  readonly url: string
  readonly status: string
  readonly enabled_events: readonly string[]
  readonly api_version: string | null
  /** Given once, when the endpoint is made. */
  readonly secret?: string
  readonly livemode: boolean
  readonly created: number
}
