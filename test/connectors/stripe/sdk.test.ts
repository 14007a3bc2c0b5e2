// Stripe's own SDK, pointed at a server of ours, is the witness: what it sends and reads, ours sends and reads.
import StripeSdk from 'stripe'
import { expect, it } from 'vitest'
import { bearer, isHawserError, type ConnectorOptions } from 'hawser'
import { Stripe, stripe as profile } from 'hawser/stripe'
import { failureOf, loopback, type Handle, type Loopback } from '../../support/loopback.ts'

const key = 'sk_test_for_tests'

function sdk({ url }: Loopback, options: StripeSdk.StripeConfig = {}): StripeSdk {
  const { hostname, port } = new URL(url)
  return new StripeSdk(key, {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...options,
  })
}
const ours = ({ url }: Loopback, options: Partial<ConnectorOptions> = {}): Stripe =>
  new Stripe({ auth: bearer(key), baseUrl: url, ...options })

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Handle => {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
const object = json(200, { id: 'x_1', object: 'thing' }, { 'request-id': 'req_1' })

/** What matters of a request: where it goes, its body to the byte, and the headers that mean something to Stripe. */
function meaning({ method, url, headers, body }: Loopback['requests'][number]): unknown {
  const address = new URL(url, 'http://host')
  const { authorization, accept } = headers
  return {
    method,
    path: address.pathname,
    query: [...address.searchParams].map(([name, value]) => `${name}=${value}`).toSorted(),
    body: body.toString('utf8'),
    type: method === 'POST' ? headers['content-type'] : undefined,
    keyed: headers['idempotency-key'] !== undefined,
    version: headers['stripe-version'],
    account: headers['stripe-account'],
    authorization,
    accept,
  }
}

interface Case {
  readonly ours: (stripe: Stripe) => Promise<unknown>
  readonly theirs: (stripe: StripeSdk) => Promise<unknown>
}

const odd = { 'order id': '1 + 1 = 2 & more; ünï 🚢', "it's": '(50%) *~!' }
const at = new Date('2030-01-01T00:00:00.900Z')
const cases: Readonly<Record<string, Case>> = {
  'an empty customer': { ours: (s) => s.customers.create(), theirs: (s) => s.customers.create() },
  'nested names, lists, odd characters': {
    ours: (s) =>
      s.customers.create({
        email: 'a+b@x.example',
        metadata: odd,
        address: { line1: '1 Quay', line2: '' },
        expand: ['tax'],
      }),
    theirs: (s) =>
      s.customers.create({
        email: 'a+b@x.example',
        metadata: odd,
        address: { line1: '1 Quay', line2: '' },
        expand: ['tax'],
      }),
  },
  'an update that deletes metadata': {
    ours: (s) => s.customers.update('cus_1', { metadata: '', name: 'N' }),
    theirs: (s) => s.customers.update('cus_1', { metadata: '', name: 'N' }),
  },
  'a customer': { ours: (s) => s.customers.get('cus_1'), theirs: (s) => s.customers.retrieve('cus_1') },
  'a customer with what it names': {
    ours: (s) => s.customers.get('cus_1', { expand: ['tax', 'default_source'] }),
    theirs: (s) => s.customers.retrieve('cus_1', { expand: ['tax', 'default_source'] }),
  },
  'a payment': {
    ours: (s) =>
      s.paymentIntents.create({
        amount: 1099,
        currency: 'usd',
        automatic_payment_methods: { enabled: true },
        confirm: false,
      }),
    theirs: (s) =>
      s.paymentIntents.create({
        amount: 1099,
        currency: 'usd',
        automatic_payment_methods: { enabled: true },
        confirm: false,
      }),
  },
  'a payment that is read': {
    ours: (s) => s.paymentIntents.get('pi_1'),
    theirs: (s) => s.paymentIntents.retrieve('pi_1'),
  },
  'a confirmation': {
    ours: (s) => s.paymentIntents.confirm('pi_1', { return_url: 'https://x.example/?a=1&b=2' }),
    theirs: (s) => s.paymentIntents.confirm('pi_1', { return_url: 'https://x.example/?a=1&b=2' }),
  },
  'a capture': {
    ours: (s) => s.paymentIntents.capture('pi_1', { amount_to_capture: 500 }),
    theirs: (s) => s.paymentIntents.capture('pi_1', { amount_to_capture: 500 }),
  },
  'a cancellation without parameters': {
    ours: (s) => s.paymentIntents.cancel('pi_1'),
    theirs: (s) => s.paymentIntents.cancel('pi_1'),
  },
  'a refund': {
    ours: (s) => s.refunds.create({ payment_intent: 'pi_1', amount: 5, reason: 'duplicate' }),
    theirs: (s) => s.refunds.create({ payment_intent: 'pi_1', amount: 5, reason: 'duplicate' }),
  },
  'a product': {
    ours: (s) => s.products.create({ name: 'Rope', default_price_data: { currency: 'eur', unit_amount: 900 } }),
    theirs: (s) => s.products.create({ name: 'Rope', default_price_data: { currency: 'eur', unit_amount: 900 } }),
  },
  'a price': {
    ours: (s) =>
      s.prices.create({ currency: 'eur', unit_amount: 900, recurring: { interval: 'month' }, product: 'prod_1' }),
    theirs: (s) =>
      s.prices.create({ currency: 'eur', unit_amount: 900, recurring: { interval: 'month' }, product: 'prod_1' }),
  },
  'a subscription, its items by index and its dates by second': {
    ours: (s) =>
      s.subscriptions.create({
        customer: 'cus_1',
        items: [{ price: 'p_1', quantity: 2 }, { price: 'p_2' }],
        trial_end: at,
      }),
    theirs: (s) =>
      s.subscriptions.create({
        customer: 'cus_1',
        items: [{ price: 'p_1', quantity: 2 }, { price: 'p_2' }],
        trial_end: Math.floor(at.getTime() / 1000),
      }),
  },
  'a subscription that is read': {
    ours: (s) => s.subscriptions.get('sub_1'),
    theirs: (s) => s.subscriptions.retrieve('sub_1'),
  },
  'a subscription that changes': {
    ours: (s) =>
      s.subscriptions.update('sub_1', { cancel_at_period_end: true, items: [{ id: 'si_1', deleted: true }] }),
    theirs: (s) =>
      s.subscriptions.update('sub_1', { cancel_at_period_end: true, items: [{ id: 'si_1', deleted: true }] }),
  },
  'a subscription that ends': {
    ours: (s) => s.subscriptions.cancel('sub_1', { prorate: true }),
    theirs: (s) => s.subscriptions.cancel('sub_1', { prorate: true }),
  },
  'a checkout': {
    ours: (s) =>
      s.checkoutSessions.create({
        mode: 'payment',
        success_url: 'https://x.example/{CHECKOUT_SESSION_ID}',
        line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 5, product_data: { name: 'Knot' } } }],
      }),
    theirs: (s) =>
      s.checkout.sessions.create({
        mode: 'payment',
        success_url: 'https://x.example/{CHECKOUT_SESSION_ID}',
        line_items: [{ quantity: 1, price_data: { currency: 'usd', unit_amount: 5, product_data: { name: 'Knot' } } }],
      }),
  },
  'a checkout that is read': {
    ours: (s) => s.checkoutSessions.get('cs_1'),
    theirs: (s) => s.checkout.sessions.retrieve('cs_1'),
  },
  'the balance of a connected account': {
    ours: (s) => s.balance.get({ headers: { 'stripe-account': 'acct_1' } }),
    theirs: (s) => s.balance.retrieve({}, { stripeAccount: 'acct_1' }),
  },
  'a webhook endpoint': {
    ours: (s) =>
      s.webhookEndpoints.create({ url: 'https://x.example/hook', enabled_events: ['invoice.paid', 'charge.failed'] }),
    theirs: (s) =>
      s.webhookEndpoints.create({ url: 'https://x.example/hook', enabled_events: ['invoice.paid', 'charge.failed'] }),
  },
  'an endpoint without a method': {
    ours: (s) =>
      s.request('POST /v1/coupons', { percent_off: 20, duration: 'once', applies_to: { products: ['prod_1'] } }),
    theirs: (s) => s.coupons.create({ percent_off: 20, duration: 'once', applies_to: { products: ['prod_1'] } }),
  },
}

it.each(Object.entries(cases))('sends %s as the SDK does, to the byte', async (_, { ours: mine, theirs }) => {
  await using server = await loopback(object)
  await mine(ours(server))
  await theirs(sdk(server))
  const [first, second] = server.requests.map(meaning)
  expect(first).toEqual(second)
  expect(server.requests).toHaveLength(2)
})

it('is written for the API version that the SDK is', () => {
  expect(profile.version?.value).toBe(StripeSdk.API_VERSION)
})

it('sends JSON to version 2 of the API, as the SDK does', async () => {
  await using server = await loopback(object)
  const parameters = { event_name: 'ropes', payload: { value: '25', stripe_customer_id: 'cus_1' } }
  await ours(server).request('POST /v2/billing/meter_events', parameters)
  await sdk(server).v2.billing.meterEvents.create(parameters)
  const [first, second] = server.requests.map(meaning)
  expect(first).toEqual(second)
  expect(first).toMatchObject({ type: 'application/json', keyed: true })
})

const thirteen = Array.from({ length: 13 }, (_, index) => ({ id: `cus_${index + 1}`, object: 'customer' }))

it('reads all pages that the SDK reads, by the same requests', async () => {
  await using server = await loopback((request, response, body) => {
    const { searchParams } = new URL(request.url ?? '', 'http://host')
    const after = searchParams.get('starting_after')
    const from = after === null ? 0 : thirteen.findIndex(({ id }) => id === after) + 1
    const data = thirteen.slice(from, from + 5)
    json(200, { object: 'list', data, has_more: from + 5 < 13, url: '/v1/customers' })(request, response, body)
  })
  const query = { limit: 5, created: { gte: 1 } }
  const mine = await ours(server).customers.list(query).toArray({ limit: 100 })
  const theirs = await sdk(server).customers.list(query).autoPagingToArray({ limit: 100 })
  expect(mine).toEqual(theirs)
  expect(mine).toEqual(thirteen)
  const asked = server.requests.map(meaning)
  expect(asked).toHaveLength(6)
  expect(asked.slice(0, 3)).toEqual(asked.slice(3))
})

it('reads all that a search finds, by the same requests as the SDK', async () => {
  await using server = await loopback((request, response, body) => {
    const page = Number(new URL(request.url ?? '', 'http://host').searchParams.get('page') ?? 0)
    const data = thirteen.slice(page * 5, page * 5 + 5)
    const next_page = page < 2 ? String(page + 1) : null
    json(200, { object: 'search_result', data, has_more: page < 2, next_page, url: '/v1' })(request, response, body)
  })
  const query = { query: 'email:"a@x.example"', limit: 5 }
  const mine = await ours(server).customers.search(query).toArray({ limit: 100 })
  expect(mine).toEqual(await sdk(server).customers.search(query).autoPagingToArray({ limit: 100 }))
  expect(mine).toEqual(thirteen)
  const asked = server.requests.map(meaning)
  expect(asked.slice(0, 3)).toEqual(asked.slice(3))
})

it('reads of an error what the SDK reads', async () => {
  const error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    param: 'payment_method',
  }
  await using server = await loopback(json(402, { error }, { 'request-id': 'req_42' }))
  const params = { amount: 5, currency: 'usd' }
  const mine = await failureOf(ours(server).paymentIntents.create(params))
  const theirs = await failureOf(sdk(server).paymentIntents.create(params))
  if (!isHawserError(mine) || mine.code !== 'HTTP_STATUS' || !(theirs instanceof StripeSdk.errors.StripeCardError)) {
    throw new Error('One of them did not fail as it has to.')
  }
  expect([mine.status, mine.vendorCode, mine.requestId]).toEqual([theirs.statusCode, theirs.code, theirs.requestId])
  expect(mine.message).toContain(theirs.message)
  expect(mine.body).toMatchObject({ error: { decline_code: theirs.decline_code, param: theirs.param } })
})

it('repeats what the SDK repeats, under one key, and besides what was throttled', async () => {
  const answers: readonly (readonly [number, Record<string, string>, throttled?: boolean])[] = [
    [400, {}],
    [401, {}],
    [402, {}],
    [404, {}],
    [409, {}],
    [409, { 'stripe-should-retry': 'false' }],
    [400, { 'stripe-should-retry': 'true' }],
    [429, { 'stripe-should-retry': 'true' }],
    [429, { 'stripe-should-retry': 'false' }],
    [429, {}, true],
    [500, {}],
    [500, { 'stripe-should-retry': 'false' }],
    [503, {}],
  ]
  const attempts = async ([status, headers]: (typeof answers)[number], mine: boolean): Promise<number> => {
    await using server = await loopback(json(status, { error: { message: 'no' } }, headers))
    const params = { amount: 5, currency: 'usd' }
    const retry = { maxAttempts: 2, backoff: () => 0 }
    await failureOf(
      mine
        ? ours(server, { retry }).paymentIntents.create(params)
        : sdk(server, { maxNetworkRetries: 1 }).paymentIntents.create(params),
    )
    expect(new Set(server.requests.map(({ headers: sent }) => sent['idempotency-key'])).size).toBe(1)
    return server.requests.length
  }
  const mine = await Promise.all(answers.map((answer) => attempts(answer, true)))
  const theirs = await Promise.all(answers.map((answer) => attempts(answer, false)))
  // A 429 was not processed, so that it is safe to repeat; the SDK leaves it to its caller.
  const expected = theirs.map((count, index) => (answers[index]?.[2] === true ? 2 : count))
  expect(mine).toEqual(expected)
  expect(new Set(mine)).toEqual(new Set([1, 2]))
})
