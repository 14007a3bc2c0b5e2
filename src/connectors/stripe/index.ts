import {
  Connector,
  cursor,
  lastId,
  path,
  type Call,
  type CallOptions,
  type Fields,
  type Pages,
  type Pagination,
  type PlainOptions,
  type RouteParameters,
  type VendorProfile,
} from 'hawser'
import type {
  Cancellation,
  Capture,
  Confirmation,
  CustomerChange,
  Expand,
  ListCustomers,
  ListEvents,
  ListInvoices,
  ListPrices,
  ListProducts,
  NewCheckoutSession,
  NewCustomer,
  NewPaymentIntent,
  NewPrice,
  NewProduct,
  NewRefund,
  NewSubscription,
  NewWebhookEndpoint,
  Search,
  SubscriptionChange,
  SubscriptionEnd,
} from './parameters.ts'
import { liveLimits, sandboxLimits, stripe } from './profile.ts'
import type {
  Balance,
  CheckoutSession,
  Customer,
  Deleted,
  Invoice,
  PaymentIntent,
  Price,
  Product,
  Refund,
  Subscription,
  WebhookEndpoint,
} from './types.ts'
import type { StripeEvent } from './webhooks.ts'

export { liveLimits, sandboxLimits, stripe }
export type * from './parameters.ts'
export type * from './types.ts'
export type * from './webhooks.ts'

// @see https://docs.stripe.com/api/pagination
const page: Pagination = lastId({ param: 'starting_after', items: 'data', more: 'has_more' })
// @see https://docs.stripe.com/api/pagination/search
const found: Pagination = cursor({ param: 'page', items: 'data', next: 'next_page' })
const pageSize = 100

/**
 * A client for Stripe's API. Every method takes the options of a call last: `{ headers: { 'stripe-account': 'acct_…' } }` for a
 * connected account, `idempotencyKey`, `signal`.
 *
 * @see https://docs.stripe.com/api
 */
export class Stripe extends Connector {
  static override readonly profile: VendorProfile = stripe

  readonly customers = {
    create: (form: NewCustomer = {}, options?: PlainOptions): Call<Customer> =>
      this.http.post<Customer>('/v1/customers', { ...options, form }),
    get: (id: string, query: Expand = {}, options?: PlainOptions): Call<Customer | Deleted> =>
      this.http.get<Customer | Deleted>(path`/v1/customers/${{ id }}`, { ...options, query }),
    update: (id: string, form: CustomerChange, options?: PlainOptions): Call<Customer> =>
      this.http.post<Customer>(path`/v1/customers/${{ id }}`, { ...options, form }),
    list: (query: ListCustomers = {}, options?: PlainOptions): Pages<Customer> =>
      this.#pages<Customer>('/v1/customers', query, options),
    /** In Stripe's search language, `email:"a@b.example"`. What was just written is found after up to a minute. */
    search: (query: Search, options?: PlainOptions): Pages<Customer> =>
      this.#pages<Customer>('/v1/customers/search', query, options, found),
  }

  readonly paymentIntents = {
    create: (form: NewPaymentIntent, options?: PlainOptions): Call<PaymentIntent> =>
      this.http.post<PaymentIntent>('/v1/payment_intents', { ...options, form }),
    get: (id: string, query: Expand = {}, options?: PlainOptions): Call<PaymentIntent> =>
      this.http.get<PaymentIntent>(path`/v1/payment_intents/${{ id }}`, { ...options, query }),
    confirm: (id: string, form: Confirmation = {}, options?: PlainOptions): Call<PaymentIntent> =>
      this.http.post<PaymentIntent>(path`/v1/payment_intents/${{ id }}/confirm`, { ...options, form }),
    capture: (id: string, form: Capture = {}, options?: PlainOptions): Call<PaymentIntent> =>
      this.http.post<PaymentIntent>(path`/v1/payment_intents/${{ id }}/capture`, { ...options, form }),
    cancel: (id: string, form: Cancellation = {}, options?: PlainOptions): Call<PaymentIntent> =>
      this.http.post<PaymentIntent>(path`/v1/payment_intents/${{ id }}/cancel`, { ...options, form }),
  }

  readonly refunds = {
    create: (form: NewRefund, options?: PlainOptions): Call<Refund> =>
      this.http.post<Refund>('/v1/refunds', { ...options, form }),
  }

  readonly products = {
    create: (form: NewProduct, options?: PlainOptions): Call<Product> =>
      this.http.post<Product>('/v1/products', { ...options, form }),
    list: (query: ListProducts = {}, options?: PlainOptions): Pages<Product> =>
      this.#pages<Product>('/v1/products', query, options),
  }

  readonly prices = {
    create: (form: NewPrice, options?: PlainOptions): Call<Price> =>
      this.http.post<Price>('/v1/prices', { ...options, form }),
    list: (query: ListPrices = {}, options?: PlainOptions): Pages<Price> =>
      this.#pages<Price>('/v1/prices', query, options),
  }

  readonly subscriptions = {
    create: (form: NewSubscription, options?: PlainOptions): Call<Subscription> =>
      this.http.post<Subscription>('/v1/subscriptions', { ...options, form }),
    get: (id: string, query: Expand = {}, options?: PlainOptions): Call<Subscription> =>
      this.http.get<Subscription>(path`/v1/subscriptions/${{ id }}`, { ...options, query }),
    update: (id: string, form: SubscriptionChange, options?: PlainOptions): Call<Subscription> =>
      this.http.post<Subscription>(path`/v1/subscriptions/${{ id }}`, { ...options, form }),
    /** Ends it now; `update(id, { cancel_at_period_end: true })` lets the paid period run out. */
    cancel: (id: string, query: SubscriptionEnd = {}, options?: PlainOptions): Call<Subscription> =>
      this.http.delete<Subscription>(path`/v1/subscriptions/${{ id }}`, { ...options, query }),
  }

  readonly invoices = {
    list: (query: ListInvoices = {}, options?: PlainOptions): Pages<Invoice> =>
      this.#pages<Invoice>('/v1/invoices', query, options),
  }

  readonly checkoutSessions = {
    create: (form: NewCheckoutSession, options?: PlainOptions): Call<CheckoutSession> =>
      this.http.post<CheckoutSession>('/v1/checkout/sessions', { ...options, form }),
    get: (id: string, query: Expand = {}, options?: PlainOptions): Call<CheckoutSession> =>
      this.http.get<CheckoutSession>(path`/v1/checkout/sessions/${{ id }}`, { ...options, query }),
  }

  readonly balance = {
    get: (options?: PlainOptions): Call<Balance> => this.http.get<Balance>('/v1/balance', options),
  }

  readonly events = {
    /** Those of the last 30 days, newest first. */
    list: (query: ListEvents = {}, options?: PlainOptions): Pages<StripeEvent> =>
      this.#pages<StripeEvent>('/v1/events', query, options),
  }

  readonly webhookEndpoints = {
    create: (form: NewWebhookEndpoint, options?: PlainOptions): Call<WebhookEndpoint> =>
      this.http.post<WebhookEndpoint>('/v1/webhook_endpoints', { ...options, form }),
  }

  /** Calls any endpoint by its route: `request('POST /v1/coupons', { percent_off: 20, duration: 'once' })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }

  #pages<T>(path: string, query: Fields, options: PlainOptions | undefined, by: Pagination = page): Pages<T> {
    const { limit = pageSize, ...others } = query
    return this.http.paginate<T>(path, { ...options, query: { limit, ...others }, page: by })
  }
}
