import type {
  Charge,
  CheckoutSession,
  Customer,
  Deleted,
  Expandable,
  Invoice,
  PaymentIntent,
  Price,
  Product,
  Refund,
  StripeEvent,
  Subscription,
  WebhookEndpoint,
} from 'hawser/stripe'

/** What a simulated Stripe keeps, all of it below its account: `{ account }`. */
export interface StripeRecords {
  readonly customers: Customer
  readonly paymentIntents: PaymentIntent
  readonly charges: Charge
  readonly refunds: Refund
  readonly products: Product
  readonly prices: Price
  readonly subscriptions: Subscription
  readonly invoices: Invoice
  readonly checkoutSessions: CheckoutSession
  readonly webhookEndpoints: WebhookEndpoint
  readonly events: StripeEvent
  /** What is left of customers that were deleted. */
  readonly deleted: Deleted
}

/** Which records an id names, by its first letters. */
export const collectionOfId: Readonly<Record<string, keyof StripeRecords>> = {
  cus: 'customers',
  pi: 'paymentIntents',
  ch: 'charges',
  re: 'refunds',
  prod: 'products',
  price: 'prices',
  sub: 'subscriptions',
  in: 'invoices',
  cs: 'checkoutSessions',
  we: 'webhookEndpoints',
  evt: 'events',
}

/** The id of what a field names, expanded or not. */
export function idIn(field: Expandable<{ readonly id: string }> | null): string | null {
  return typeof field === 'string' ? field : (field?.id ?? null)
}
