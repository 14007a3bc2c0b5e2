// Stripe's own SDK, pointed at the simulator on loopback, is the witness that the simulator answers as Stripe does; the connector
// does the same on every front.
import StripeSdk from 'stripe'
import { expect, it } from 'vitest'
import { bearer, type ConnectorOptions } from 'hawser'
import { Stripe } from 'hawser/stripe'
import { mockVendor, stripeSimulator, type MockVendor, type StripeSimulatorOptions } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'

const key = 'sk_test_for_tests'
const all = { limit: 999 }

const onLoopback = (options?: StripeSimulatorOptions): MockVendor =>
  mockVendor(stripeSimulator(options), { front: 'loopback' })

async function sdk(vendor: MockVendor, options: StripeSdk.StripeConfig = {}): Promise<StripeSdk> {
  const { hostname: host, port } = new URL(await vendor.address())
  return new StripeSdk(key, { host, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0, ...options })
}
const ours = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Stripe =>
  new Stripe({ auth: bearer(key), ...vendor.options, ...options })

it('answers the SDK as it answers the connector', async () => {
  using vendor = onLoopback()
  const [theirs, mine] = [await sdk(vendor), ours(vendor)]
  const customer = await theirs.customers.create({ email: 'a@x.example', metadata: { order: '7' } })
  expect(await mine.customers.get(customer.id)).toEqual({ ...customer })
  const product = await mine.products.create({ name: 'Rope' })
  const recurring = { interval: 'month' } as const
  const price = await theirs.prices.create({ currency: 'eur', unit_amount: 900, product: product.id, recurring })
  const items = [{ price: price.id, quantity: 2 }]
  const expand = ['latest_invoice', 'customer']
  const subscription = await theirs.subscriptions.create({ customer: customer.id, items, expand })
  expect(subscription).toMatchObject({ customer: { email: 'a@x.example' }, latest_invoice: { total: 1800 } })
  expect(await mine.subscriptions.get(subscription.id, { expand })).toEqual({ ...subscription })
  const payment = await theirs.paymentIntents.create({ amount: 1099, currency: 'usd', payment_method: 'pm_card_visa' })
  await mine.paymentIntents.confirm(payment.id)
  expect((await theirs.refunds.create({ payment_intent: payment.id })).amount).toBe(1099)
  expect((await theirs.events.list({ type: 'refund.created' })).data).toHaveLength(1)
  expect(await theirs.customers.del(customer.id)).toMatchObject({ deleted: true })
})

it('gives the SDK every page of a list and of a search, by the same requests as the connector', async () => {
  using vendor = onLoopback({ quota: false })
  const [theirs, mine] = [await sdk(vendor), ours(vendor)]
  for (let number = 1; number <= 13; number++) await mine.customers.create({ name: `c${number}` })
  const from = vendor.requests.length
  const listed = await theirs.customers.list({ limit: 5 }).autoPagingToArray(all)
  expect(await mine.customers.list({ limit: 5 }).toArray(all)).toEqual(listed)
  expect(listed.map(({ name }) => name)).toEqual(Array.from({ length: 13 }, (_, at) => `c${13 - at}`))
  const query = { query: 'name~"c1"', limit: 2 }
  const found = await theirs.customers.search(query).autoPagingToArray(all)
  expect(await mine.customers.search(query).toArray(all)).toEqual(found)
  expect(found.map(({ name }) => name)).toEqual(['c13', 'c12', 'c11', 'c10', 'c1'])
  const asked = vendor.requests
    .slice(from)
    .map(({ query: sent }) => [...sent].map(([name, value]) => `${name}=${value}`).toSorted())
  expect(asked.slice(0, 3)).toEqual(asked.slice(3, 6))
  expect(asked.slice(6, 9)).toEqual(asked.slice(9))
  expect(asked).toHaveLength(12)
})

it('goes back through a list with the SDK', async () => {
  using vendor = onLoopback({ quota: false })
  const theirs = await sdk(vendor)
  const made: string[] = []
  for (let number = 1; number <= 7; number++) made.push((await theirs.customers.create()).id)
  const before = theirs.customers.list({ ending_before: made[0] ?? '', limit: 2 })
  expect((await before.autoPagingToArray(all)).map(({ id }) => id)).toEqual(made.slice(1))
})

interface Mistake {
  readonly of: new (raw: StripeSdk.StripeRawError) => Error
  readonly theirs: (stripe: StripeSdk) => Promise<unknown>
  readonly mine: (stripe: Stripe) => Promise<unknown>
}

const usd = { amount: 5, currency: 'usd' }
const declined = { ...usd, payment_method: 'pm_card_visa_chargeDeclined', confirm: true }
const mistakes: Readonly<Record<string, Mistake>> = {
  'something that is not there': {
    of: StripeSdk.errors.StripeInvalidRequestError,
    theirs: (s) => s.customers.retrieve('cus_no'),
    mine: (s) => s.customers.get('cus_no'),
  },
  'a parameter that is wrong': {
    of: StripeSdk.errors.StripeInvalidRequestError,
    theirs: (s) => s.paymentIntents.create({ ...usd, customer: 'cus_no' }),
    mine: (s) => s.paymentIntents.create({ ...usd, customer: 'cus_no' }),
  },
  'a card that is declined': {
    of: StripeSdk.errors.StripeCardError,
    theirs: (s) => s.paymentIntents.create(declined),
    mine: (s) => s.paymentIntents.create(declined),
  },
  'an account that is another’s': {
    of: StripeSdk.errors.StripePermissionError,
    theirs: (s) => s.balance.retrieve({}, { stripeAccount: 'acct_no' }),
    mine: (s) => s.balance.get({ headers: { 'stripe-account': 'acct_no' } }),
  },
}

it.each(Object.entries(mistakes))('tells the SDK and the connector the same of %s', async (_, { of, theirs, mine }) => {
  using vendor = onLoopback({ accounts: [] })
  const [seen, error] = [await failureOf(theirs(await sdk(vendor))), await failureOf(mine(ours(vendor)))]
  expect(seen).toBeInstanceOf(of)
  if (!(seen instanceof StripeSdk.errors.StripeError)) throw seen
  expect(error).toMatchObject({ status: seen.statusCode, vendorCode: seen.code })
  expect(String(error)).toContain(seen.message)
})

it('tells the SDK and the connector the same of a key that is none', async () => {
  using vendor = onLoopback({ keys: ['sk_test_another'] })
  const [seen, error] = [
    await failureOf((await sdk(vendor)).balance.retrieve()),
    await failureOf(ours(vendor).balance.get()),
  ]
  expect(seen).toBeInstanceOf(StripeSdk.errors.StripeAuthenticationError)
  expect(error).toMatchObject({ status: 401, vendorCode: 'invalid_request_error' })
})

it('tells the SDK of a limit', async () => {
  using vendor = onLoopback({ quota: { limits: [{ name: 'account', limit: 1, windowMs: 1000, kind: 'sliding' }] } })
  const theirs = await sdk(vendor)
  await theirs.balance.retrieve()
  const seen = await failureOf(theirs.balance.retrieve())
  expect(seen).toBeInstanceOf(StripeSdk.errors.StripeRateLimitError)
  expect(seen).toMatchObject({ code: 'rate_limit', headers: { 'stripe-rate-limited-reason': 'global-rate' } })
})

it('replays a write of the SDK under its key, and tells it of other parameters', async () => {
  using vendor = onLoopback()
  const theirs = await sdk(vendor)
  const once = { idempotencyKey: 'order-7' }
  const first = await theirs.customers.create({ name: 'A' }, once)
  const again = await theirs.customers.create({ name: 'A' }, once)
  expect(again.id).toBe(first.id)
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect(await failureOf(theirs.customers.create({ name: 'B' }, once))).toBeInstanceOf(
    StripeSdk.errors.StripeIdempotencyError,
  )
  expect((await theirs.customers.list()).data).toHaveLength(1)
})

it('does a write of the SDK once where its answer was lost', async () => {
  using vendor = onLoopback()
  vendor.fault({ kind: 'reset', processed: true })
  const theirs = await sdk(vendor, { maxNetworkRetries: 1 })
  const { id } = await theirs.customers.create({ name: 'A' })
  expect((await theirs.customers.list()).data.map((customer) => customer.id)).toEqual([id])
  expect(vendor.journal.keys('idempotency-key').size).toBe(1)
})

it('keeps what the SDK does for connected accounts apart', async () => {
  using vendor = onLoopback()
  const theirs = await sdk(vendor)
  const stripeAccount = 'acct_2'
  await theirs.customers.create({ name: 'theirs' }, { stripeAccount })
  expect((await theirs.customers.list()).data).toEqual([])
  expect((await theirs.customers.list({}, { stripeAccount })).data).toHaveLength(1)
  expect(await theirs.v2.billing.meterEvents.create({ event_name: 'ropes', payload: { value: '25' } })).toMatchObject({
    event_name: 'ropes',
    payload: { value: '25' },
  })
})

it.each(['msw', 'memory', 'loopback'] as const)(
  'pays, searches and refunds through %s, in spite of faults',
  async (front) => {
    using vendor = mockVendor(stripeSimulator(), { front })
    const stripe = ours(vendor)
    vendor.fault({ kind: 'reset', processed: true }, { on: 'POST /v1/payment_intents' })
    vendor.fail(409, { on: 'POST /v1/payment_intents', body: '{"error":{"code":"idempotency_key_in_use"}}' })
    vendor.fail(500, { on: 'POST /v1/refunds', headers: { 'stripe-should-retry': 'true' } })
    const { id: customer } = await stripe.customers.create({ email: 'a@x.example' })
    const payment = await stripe.paymentIntents.create({
      ...usd,
      customer,
      payment_method: 'pm_card_visa',
      confirm: true,
    })
    expect((await stripe.refunds.create({ payment_intent: payment.id })).amount).toBe(5)
    expect(await stripe.customers.search({ query: 'email:"a@x.example"' }).toArray(all)).toMatchObject([
      { id: customer },
    ])
    const events = await stripe.events.list({ type: 'payment_intent.succeeded' }).toArray(all)
    expect(events).toHaveLength(1)
    expect(vendor.journal.to('POST /v1/payment_intents')).toHaveLength(3)
    expect([vendor.violations, vendor.journal.misusedKeys()]).toEqual([[], []])
  },
)
