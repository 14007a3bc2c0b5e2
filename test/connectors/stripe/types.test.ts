// The types that Stripe generates from its own description are the witness of ours.
import type Sdk from 'stripe'
import { expectTypeOf, it } from 'vitest'
import type {
  Balance,
  Cancellation,
  Capture,
  Charge,
  CheckoutSession,
  Confirmation,
  Customer,
  CustomerChange,
  Expand,
  Invoice,
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
  PaymentIntent,
  Price,
  Product,
  Refund,
  Search,
  StripeEvent,
  StripeEvents,
  Subscription,
  SubscriptionChange,
  SubscriptionEnd,
  WebhookEndpoint,
} from 'hawser/stripe'

it('gives of every object what is there', () => {
  expectTypeOf<Sdk.Customer>().toExtend<Customer>()
  expectTypeOf<Sdk.PaymentIntent>().toExtend<PaymentIntent>()
  expectTypeOf<Sdk.Charge>().toExtend<Charge>()
  expectTypeOf<Sdk.Refund>().toExtend<Refund>()
  expectTypeOf<Sdk.Product>().toExtend<Product>()
  expectTypeOf<Sdk.Price>().toExtend<Price>()
  expectTypeOf<Sdk.Subscription>().toExtend<Subscription>()
  expectTypeOf<Sdk.Invoice>().toExtend<Invoice>()
  expectTypeOf<Sdk.Checkout.Session>().toExtend<CheckoutSession>()
  expectTypeOf<Sdk.Balance>().toExtend<Balance>()
  expectTypeOf<Sdk.WebhookEndpoint>().toExtend<WebhookEndpoint>()
  expectTypeOf<Sdk.Event>().toExtend<StripeEvent>()
})

/** The SDK takes lists that it could write to, and times as numbers. */
type Taken<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Taken<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Taken<T[Key]> }
      : T

it('takes nothing that Stripe does not', () => {
  expectTypeOf<Taken<NewCustomer>>().toExtend<Sdk.CustomerCreateParams>()
  expectTypeOf<Taken<CustomerChange>>().toExtend<Sdk.CustomerUpdateParams>()
  expectTypeOf<Taken<Expand>>().toExtend<Sdk.CustomerRetrieveParams & Sdk.SubscriptionRetrieveParams>()
  expectTypeOf<Taken<ListCustomers>>().toExtend<Sdk.CustomerListParams>()
  expectTypeOf<Taken<Search>>().toExtend<Sdk.CustomerSearchParams>()
  expectTypeOf<Taken<NewPaymentIntent>>().toExtend<Sdk.PaymentIntentCreateParams>()
  expectTypeOf<Taken<Confirmation>>().toExtend<Sdk.PaymentIntentConfirmParams>()
  expectTypeOf<Taken<Capture>>().toExtend<Sdk.PaymentIntentCaptureParams>()
  expectTypeOf<Taken<Cancellation>>().toExtend<Sdk.PaymentIntentCancelParams>()
  expectTypeOf<Taken<NewRefund>>().toExtend<Sdk.RefundCreateParams>()
  expectTypeOf<Taken<NewProduct>>().toExtend<Sdk.ProductCreateParams>()
  expectTypeOf<Taken<ListProducts>>().toExtend<Sdk.ProductListParams>()
  expectTypeOf<Taken<NewPrice>>().toExtend<Sdk.PriceCreateParams>()
  expectTypeOf<Taken<ListPrices>>().toExtend<Sdk.PriceListParams>()
  expectTypeOf<Taken<NewSubscription>>().toExtend<Sdk.SubscriptionCreateParams>()
  expectTypeOf<Taken<SubscriptionChange>>().toExtend<Sdk.SubscriptionUpdateParams>()
  expectTypeOf<Taken<SubscriptionEnd>>().toExtend<Sdk.SubscriptionCancelParams>()
  expectTypeOf<Taken<ListInvoices>>().toExtend<Sdk.InvoiceListParams>()
  expectTypeOf<Taken<NewCheckoutSession>>().toExtend<Sdk.Checkout.SessionCreateParams>()
  expectTypeOf<Taken<ListEvents>>().toExtend<Sdk.EventListParams>()
  expectTypeOf<Taken<Omit<NewWebhookEndpoint, 'enabled_events'>>>().toExtend<
    Omit<Sdk.WebhookEndpointCreateParams, 'enabled_events'>
  >()
})

/** The names of single events: with what they are about, and without `*` and what stands for all of an object. */
type Named = Exclude<
  keyof StripeEvents,
  '*' | 'payment_intent' | 'invoice' | 'customer.subscription' | 'checkout.session' | 'refund' | 'product' | 'price'
>

it('knows events that exist only, and what each is about', () => {
  expectTypeOf<Named>().toExtend<Sdk.Event['type']>()
  type Wrong = {
    [Name in Named]: Extract<Sdk.Event, { type: Name }> extends StripeEvents[Name] ? never : Name
  }[Named]
  expectTypeOf<Wrong>().toEqualTypeOf<never>()
})
