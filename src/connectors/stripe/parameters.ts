import type { Metadata } from './types.ts'

// What the methods take: type aliases and not interfaces, since only those are assignable to the fields of a form. What is not
// here goes by `request('POST /v1/…', { … })`.

/** A time: seconds since the Unix epoch, or a date. */
export type Time = number | Date

/** What any call takes. @see https://docs.stripe.com/api/expanding_objects */
export type Expand = { readonly expand?: readonly string[] }

type Described = Expand & { readonly metadata?: Metadata; readonly description?: string }

/** Metadata is merged; an empty value deletes its key, and `''` deletes all. @see https://docs.stripe.com/api/metadata */
type Changed = { readonly metadata?: Metadata | '' }

/** @see https://docs.stripe.com/api/pagination */
type Listed = Expand & {
  /** How many a page holds, 1 to 100. @default 100 */
  readonly limit?: number
  readonly created?: Time | { readonly gt?: Time; readonly gte?: Time; readonly lt?: Time; readonly lte?: Time }
}

/** @see https://docs.stripe.com/api/customers/create */
export type NewCustomer = Described & {
  readonly email?: string
  readonly name?: string
  readonly phone?: string
  readonly payment_method?: string
  readonly invoice_settings?: { readonly default_payment_method?: string }
  readonly address?: {
    readonly line1?: string
    readonly line2?: string
    readonly city?: string
    readonly state?: string
    readonly postal_code?: string
    readonly country?: string
  }
}

/** @see https://docs.stripe.com/api/customers/update */
export type CustomerChange = Omit<NewCustomer, 'metadata'> & Changed

/** @see https://docs.stripe.com/api/customers/list */
export type ListCustomers = Listed & { readonly email?: string }

/** @see https://docs.stripe.com/search#search-query-language */
export type Search = Expand & { readonly query: string; readonly limit?: number }

/** @see https://docs.stripe.com/api/payment_intents/create */
export type NewPaymentIntent = Described & {
  /** In the currency's smallest unit: 1099 is 10.99 USD, and 1,099 JPY. */
  readonly amount: number
  readonly currency: string
  readonly customer?: string
  readonly payment_method?: string
  readonly automatic_payment_methods?: {
    readonly enabled: boolean
    readonly allow_redirects?: 'always' | 'never'
  }
  readonly capture_method?: 'automatic' | 'automatic_async' | 'manual'
  readonly confirm?: boolean
  readonly off_session?: boolean
  readonly setup_future_usage?: 'off_session' | 'on_session'
  readonly return_url?: string
  readonly receipt_email?: string
  readonly statement_descriptor_suffix?: string
  readonly application_fee_amount?: number
  readonly on_behalf_of?: string
  readonly transfer_data?: { readonly destination: string; readonly amount?: number }
}

/** @see https://docs.stripe.com/api/payment_intents/confirm */
export type Confirmation = Expand & {
  readonly payment_method?: string
  readonly return_url?: string
  readonly off_session?: boolean
  readonly receipt_email?: string
}

/** @see https://docs.stripe.com/api/payment_intents/capture */
export type Capture = Expand & { readonly amount_to_capture?: number; readonly application_fee_amount?: number }

/** @see https://docs.stripe.com/api/payment_intents/cancel */
export type Cancellation = Expand & {
  readonly cancellation_reason?: 'abandoned' | 'duplicate' | 'fraudulent' | 'requested_by_customer'
}

/** Of a payment intent or a charge. @see https://docs.stripe.com/api/refunds/create */
export type NewRefund = Expand & {
  readonly payment_intent?: string
  readonly charge?: string
  /** @default all that is left */
  readonly amount?: number
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer'
  readonly refund_application_fee?: boolean
  readonly reverse_transfer?: boolean
  readonly metadata?: Metadata
}

/** @see https://docs.stripe.com/api/products/create */
export type NewProduct = Expand & {
  readonly name: string
  readonly id?: string
  readonly active?: boolean
  readonly description?: string
  readonly images?: readonly string[]
  readonly default_price_data?: {
    readonly currency: string
    readonly unit_amount?: number
    readonly recurring?: Recurrence
  }
  readonly metadata?: Metadata
}

/** @see https://docs.stripe.com/api/products/list */
export type ListProducts = Listed & { readonly active?: boolean; readonly ids?: readonly string[] }

type Recurrence = { readonly interval: 'day' | 'week' | 'month' | 'year'; readonly interval_count?: number }

/** @see https://docs.stripe.com/api/prices/create */
export type NewPrice = Expand & {
  readonly currency: string
  readonly unit_amount?: number
  readonly product?: string
  readonly product_data?: { readonly name: string }
  readonly recurring?: Recurrence
  readonly nickname?: string
  readonly lookup_key?: string
  readonly metadata?: Metadata
}

/** @see https://docs.stripe.com/api/prices/list */
export type ListPrices = Listed & {
  readonly active?: boolean
  readonly product?: string
  readonly type?: 'one_time' | 'recurring'
  readonly lookup_keys?: readonly string[]
}

/** @see https://docs.stripe.com/api/subscriptions/create */
export type NewSubscription = Described & {
  readonly customer: string
  readonly items: readonly { readonly price: string; readonly quantity?: number; readonly metadata?: Metadata }[]
  readonly default_payment_method?: string
  readonly trial_period_days?: number
  readonly trial_end?: 'now' | Time
  readonly cancel_at_period_end?: boolean
  readonly collection_method?: 'charge_automatically' | 'send_invoice'
  readonly days_until_due?: number
  readonly payment_behavior?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete'
  readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  readonly automatic_tax?: { readonly enabled: boolean }
}

/** @see https://docs.stripe.com/api/subscriptions/update */
export type SubscriptionChange = Omit<Described, 'metadata'> &
  Changed & {
    readonly items?: readonly {
      readonly id?: string
      readonly price?: string
      readonly quantity?: number
      readonly deleted?: boolean
    }[]
    readonly default_payment_method?: string
    readonly trial_end?: 'now' | Time
    readonly cancel_at?: Time | ''
    readonly cancel_at_period_end?: boolean
    readonly proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  }

/** @see https://docs.stripe.com/api/subscriptions/cancel */
export type SubscriptionEnd = Expand & { readonly invoice_now?: boolean; readonly prorate?: boolean }

/** @see https://docs.stripe.com/api/invoices/list */
export type ListInvoices = Listed & {
  readonly customer?: string
  readonly subscription?: string
  readonly status?: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'
}

/** @see https://docs.stripe.com/api/checkout/sessions/create */
export type NewCheckoutSession = Expand & {
  readonly mode: 'payment' | 'setup' | 'subscription'
  readonly success_url?: string
  readonly cancel_url?: string
  readonly line_items?: readonly {
    readonly price?: string
    readonly quantity?: number
    readonly price_data?: {
      readonly currency: string
      readonly unit_amount: number
      readonly product_data: { readonly name: string; readonly description?: string }
      readonly recurring?: Recurrence
    }
  }[]
  readonly customer?: string
  readonly customer_email?: string
  readonly client_reference_id?: string
  readonly allow_promotion_codes?: boolean
  readonly expires_at?: Time
  readonly subscription_data?: { readonly trial_period_days?: number; readonly metadata?: Metadata }
  readonly metadata?: Metadata
}

/** @see https://docs.stripe.com/api/events/list */
export type ListEvents = Listed & {
  readonly type?: string
  readonly types?: readonly string[]
  readonly delivery_success?: boolean
}

/** @see https://docs.stripe.com/api/webhook_endpoints/create */
export type NewWebhookEndpoint = Expand & {
  readonly url: string
  /** Names of events, or `*` for all. */
  readonly enabled_events: readonly string[]
  readonly description?: string
  /** Events of connected accounts instead of your own. */
  readonly connect?: boolean
  readonly metadata?: Metadata
}
