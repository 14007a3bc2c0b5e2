import { expect, it } from 'vitest'
import { anonymous, basic, bearer } from 'hawser'
import { sandboxLimits, Stripe } from 'hawser/stripe'
import { mockVendor, stripeSimulator, type MockVendor, type StripeSimulatorOptions } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

const start = (options?: StripeSimulatorOptions): { vendor: MockVendor; stripe: Stripe } => {
  const vendor = mockVendor(stripeSimulator(options), { front: 'memory' })
  return { vendor, stripe: new Stripe({ auth: bearer('sk_test_1'), ...vendor.options }) }
}
const all = { limit: 999 }

/** Asks without a client, to see what a client hides. */
async function raw(
  { options }: MockVendor,
  method: 'GET' | 'POST',
  path: string,
  form?: string,
): Promise<{ status: number; headers: Readonly<Record<string, string>>; body: Uint8Array }> {
  const { status, headers, body } = await options.transport({
    method,
    url: `https://api.stripe.com${path}`,
    headers: {
      authorization: 'Bearer sk_test_1',
      'content-type': 'application/x-www-form-urlencoded',
      'idempotency-key': 'of-tests',
    },
    ...(form !== undefined && { body: form }),
    operation: `${method} ${path}`,
    idempotent: false,
  })
  return { status, headers, body: body instanceof Uint8Array ? body : new Uint8Array() }
}

it('answers every method that the connector has', async () => {
  const { stripe, vendor } = start()
  const customer = await stripe.customers.create({ email: 'a@b.example', metadata: { order: '7' } })
  expect(await stripe.customers.get(customer.id)).toEqual(customer)
  expect(await stripe.customers.update(customer.id, { name: 'Ann' })).toMatchObject({
    name: 'Ann',
    email: 'a@b.example',
  })
  expect(await stripe.customers.list({ email: 'a@b.example' }).toArray(all)).toHaveLength(1)
  expect(await stripe.customers.search({ query: 'email:"a@b.example"' }).toArray(all)).toHaveLength(1)

  const paid = { payment_method: 'pm_card_visa', customer: customer.id }
  const payment = await stripe.paymentIntents.create({
    amount: 1099,
    currency: 'USD',
    capture_method: 'manual',
    ...paid,
  })
  expect(payment).toMatchObject({ status: 'requires_confirmation', currency: 'usd', livemode: false })
  expect((await stripe.paymentIntents.confirm(payment.id)).status).toBe('requires_capture')
  expect((await stripe.paymentIntents.capture(payment.id)).status).toBe('succeeded')
  expect((await stripe.paymentIntents.get(payment.id)).amount_received).toBe(1099)
  expect((await stripe.refunds.create({ payment_intent: payment.id })).amount).toBe(1099)
  const other = await stripe.paymentIntents.create({ amount: 5, currency: 'usd' })
  expect((await stripe.paymentIntents.cancel(other.id)).status).toBe('canceled')

  const month = { interval: 'month' } as const
  const product = await stripe.products.create({
    name: 'Rope',
    default_price_data: { currency: 'eur', unit_amount: 900 },
  })
  const price = await stripe.prices.create({ currency: 'eur', unit_amount: 700, recurring: month, product: product.id })
  const inline = await stripe.prices.create({ currency: 'eur', product_data: { name: 'Knot' }, lookup_key: 'knot' })
  expect((await stripe.products.list({ active: true }).toArray(all)).map(({ name }) => name)).toEqual(['Knot', 'Rope'])
  expect(await stripe.prices.list({ type: 'recurring' }).toArray(all)).toEqual([price])
  expect(await stripe.prices.list({ lookup_keys: ['knot', 'other'] }).toArray(all)).toEqual([inline])

  const items = [{ price: price.id, quantity: 3 }]
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items })
  expect(subscription).toMatchObject({ status: 'active', items: { data: [{ quantity: 3, price: { id: price.id } }] } })
  expect(await stripe.invoices.list({ subscription: subscription.id }).toArray(all)).toMatchObject([
    { id: subscription.latest_invoice, total: 2_100, status: 'paid' },
  ])
  const id = subscription.items.data[0]?.id ?? ''
  const change = { cancel_at_period_end: true, items: [{ id, deleted: true }, { price: price.id }] }
  const changed = await stripe.subscriptions.update(subscription.id, change)
  expect(changed).toMatchObject({ cancel_at_period_end: true, items: { data: [{ quantity: 1 }] } })
  expect((await stripe.subscriptions.cancel(subscription.id)).status).toBe('canceled')
  expect((await stripe.subscriptions.get(subscription.id)).ended_at).toBe(vendor.clock.now / 1000)

  const checkout = await stripe.checkoutSessions.create({
    mode: 'payment',
    line_items: [
      { price: inline.id },
      { price_data: { currency: 'eur', unit_amount: 50, product_data: { name: 'x' } }, quantity: 2 },
    ],
  })
  expect(checkout).toMatchObject({ amount_total: 100, status: 'open', payment_status: 'unpaid' })
  expect(await stripe.checkoutSessions.get(checkout.id)).toEqual(checkout)
  expect((await stripe.balance.get()).pending).toEqual([{ amount: 0, currency: 'usd' }])
  const endpoint = { url: 'https://x.example/hook', enabled_events: ['invoice.paid'] }
  expect(await stripe.webhookEndpoints.create(endpoint)).toMatchObject({
    ...endpoint,
    secret: expect.stringMatching(/^whsec_/),
  })
  const meter = { event_name: 'ropes', payload: { value: '25' } }
  expect(await stripe.request('POST /v2/billing/meter_events', meter)).toMatchObject(meter)
  expect(await stripe.check()).toEqual({ ok: true, identity: 'acct_1000000000000000' })
  expect(vendor.violations).toEqual([])
})

it('notes what happened among the events, the newest first', async () => {
  const { stripe, vendor } = start()
  const { id } = await stripe.customers.create({ name: 'A' }, { idempotencyKey: 'k1' })
  vendor.clock.advance(10_000)
  await stripe.customers.update(id, { name: 'B' })
  await stripe.paymentIntents.create({ amount: 5, currency: 'usd', payment_method: 'pm_card_visa', confirm: true })
  expect((await stripe.events.list().toArray(all)).map(({ type }) => type)).toEqual([
    'payment_intent.succeeded',
    'charge.succeeded',
    'payment_intent.created',
    'customer.updated',
    'customer.created',
  ])
  const since = new Date(vendor.clock.now)
  expect(await stripe.events.list({ created: { gte: since }, type: 'customer.updated' }).toArray(all)).toMatchObject([
    { data: { object: { name: 'B' }, previous_attributes: { name: 'A' } }, api_version: '2026-10-28.endive' },
  ])
  expect(await stripe.events.list({ created: { lt: since } }).toArray(all)).toMatchObject([
    { type: 'customer.created', request: { idempotency_key: 'k1' } },
  ])
  const at = (when: object): Promise<unknown> =>
    stripe.events
      .list({ created: when })
      .toArray(all)
      .then((events) => events.length)
  expect(await Promise.all([at({ gt: since }), at({ lte: since }), at({ lte: new Date(0) })])).toEqual([0, 5, 0])
  expect(await stripe.events.list({ types: ['charge.failed', 'charge.succeeded'] }).toArray(all)).toHaveLength(1)
})

it('pages forwards and backwards by id, ten to a page unless more is asked for', async () => {
  const { stripe } = start({ quota: false })
  for (let number = 1; number <= 25; number++) await stripe.customers.create({ name: `${number}` })
  const names = async (query: object): Promise<unknown> => {
    const page = await stripe.http.get<{ data: { id: string; name: string }[]; has_more: boolean }>('/v1/customers', {
      query: { ...query },
    })
    return [page.data.map(({ name }) => Number(name)), page.has_more]
  }
  const customers = await stripe.customers.list({ limit: 7 }).toArray(all)
  expect(customers.map(({ name }) => Number(name))).toEqual(Array.from({ length: 25 }, (_, at) => 25 - at))
  const idOf = (number: number): string => customers[25 - number]?.id ?? ''
  expect(await names({})).toEqual([[25, 24, 23, 22, 21, 20, 19, 18, 17, 16], true])
  expect(await names({ starting_after: idOf(3) })).toEqual([[2, 1], false])
  expect(await names({ ending_before: idOf(20), limit: 3 })).toEqual([[23, 22, 21], true])
  expect(await names({ ending_before: idOf(24), limit: 3 })).toEqual([[25], false])
  await expect(names({ starting_after: 'cus_no' })).rejects.toMatchObject({ vendorCode: 'resource_missing' })
})

it('finds by Stripe’s search language', async () => {
  const { stripe } = start({ quota: false })
  await stripe.customers.create({ name: 'Ann Bee', email: 'ann@x.example', metadata: { order: '7' } })
  await stripe.customers.create({ name: 'Bob', email: 'bob@x.example', phone: '555' })
  const found = async (query: string): Promise<unknown> =>
    (await stripe.customers.search({ query, limit: 1 }).toArray(all)).map(({ name }) => name)
  expect(await found('name~"b"')).toEqual(['Bob', 'Ann Bee'])
  expect(await found('name:"bob"')).toEqual(['Bob'])
  expect(await found('name:"bo"')).toEqual([])
  expect(await found('name~"b" -email:"bob@x.example"')).toEqual(['Ann Bee'])
  expect(await found('email:"ann@x.example" OR email:"bob@x.example"')).toEqual(['Bob', 'Ann Bee'])
  expect(await found('email:"ann@x.example" AND phone:"555"')).toEqual([])
  expect(await found('metadata["order"]:"7"')).toEqual(['Ann Bee'])
  expect(await found('phone:null')).toEqual(['Ann Bee'])
  expect(await found('created>1893455999 created<=1893456000')).toEqual(['Bob', 'Ann Bee'])
  expect(await found('created<1893456000')).toEqual([])
  await expect(found('balance:"1"')).rejects.toThrow('unsupported search field')
  await expect(found('name')).rejects.toThrow('unable to parse')
  await expect(found('name:"a"phone:"b"')).rejects.toThrow('unable to parse')
  await expect(found('name:"a" AND phone:"b" OR phone:"c"')).rejects.toThrow('AND and OR')
})

it('expands along a path, in lists too, and says what cannot be', async () => {
  const { stripe } = start()
  const { id: customer } = await stripe.customers.create({ name: 'Ann' })
  const paid = { payment_method: 'pm_card_visa', customer, confirm: true }
  const expand = ['customer', 'latest_charge.payment_intent.customer']
  const payment = await stripe.paymentIntents.create({ amount: 5, currency: 'usd', ...paid, expand })
  expect(payment).toMatchObject({
    customer: { name: 'Ann' },
    latest_charge: { object: 'charge', payment_intent: { customer: { name: 'Ann' } } },
  })
  const { data } = await stripe.http.get<{ data: unknown[] }>('/v1/payment_intents', {
    query: { expand: ['data.customer'] },
  })
  expect(data).toMatchObject([{ customer: { name: 'Ann' }, latest_charge: expect.stringMatching(/^ch_/) }])
  await expect(stripe.customers.get(customer, { expand: ['nothing'] })).rejects.toThrow('cannot be expanded')
})

it('merges metadata, deletes what is empty, and remembers a customer that was deleted', async () => {
  const { stripe } = start()
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' }, email: 'a@x.example' })
  const updated = await stripe.customers.update(id, { metadata: { b: '', c: '3' }, email: '' })
  expect([updated.metadata, updated.email]).toEqual([{ a: '1', c: '3' }, null])
  expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({})
  const deleted = { id, object: 'customer', deleted: true }
  expect(await stripe.request('DELETE /v1/customers/{id}', { id })).toEqual(deleted)
  expect(await stripe.customers.get(id)).toEqual(deleted)
  expect(await stripe.customers.list().toArray(all)).toEqual([])
  await expect(stripe.customers.update(id, { name: 'x' })).rejects.toMatchObject({
    status: 404,
    vendorCode: 'resource_missing',
  })
})

it('replays a write under its key, tells other parameters, and does not keep what failed validation', async () => {
  const { stripe, vendor } = start()
  const key = { idempotencyKey: 'order-7' }
  const first = await stripe.customers.create({ name: 'A' }, key)
  const again = await stripe.customers.create({ name: 'A' }, key).withResponse()
  expect(again.data).toEqual(first)
  expect(again.response.headers['idempotent-replayed']).toBe('true')
  await expect(stripe.customers.create({ name: 'B' }, key)).rejects.toMatchObject({
    status: 400,
    vendorCode: 'idempotency_error',
  })
  expect(
    (await stripe.customers.create({ name: 'A' }, { ...key, headers: { 'stripe-account': 'acct_2' } })).id,
  ).not.toBe(first.id)
  const wrong = { amount: 5, currency: '' }
  const other = { idempotencyKey: 'order-8' }
  await expect(stripe.paymentIntents.create(wrong, other)).rejects.toMatchObject({ vendorCode: 'parameter_missing' })
  expect((await stripe.paymentIntents.create({ amount: 5, currency: 'usd' }, other)).amount).toBe(5)
  const declined = 'amount=5&currency=usd&payment_method=pm_card_visa_chargeDeclined&confirm=true'
  const first402 = await raw(vendor, 'POST', '/v1/payment_intents', declined)
  const second402 = await raw(vendor, 'POST', '/v1/payment_intents', declined)
  expect([first402.status, second402.status, second402.headers['idempotent-replayed']]).toEqual([402, 402, 'true'])
  expect(second402.body).toEqual(first402.body)
  vendor.clock.advance(24 * 3_600_000)
  expect((await stripe.customers.create({ name: 'B' }, key)).name).toBe('B')
})

it('keeps the records of each connected account apart', async () => {
  const { stripe } = start({ accounts: ['acct_2'] })
  const connected = { headers: { 'stripe-account': 'acct_2' } }
  await stripe.customers.create({ name: 'ours' })
  await stripe.customers.create({ name: 'theirs' }, connected)
  const names = async (options?: object): Promise<unknown> =>
    (await stripe.customers.list({}, options).toArray(all)).map(({ name }) => name)
  expect([await names(), await names(connected)]).toEqual([['ours'], ['theirs']])
  expect(await stripe.events.list({}, connected).toArray(all)).toMatchObject([{ account: 'acct_2' }])
  expect(await stripe.check(connected)).toEqual({ ok: true, identity: 'acct_2' })
  await expect(names({ headers: { 'stripe-account': 'acct_3' } })).rejects.toMatchObject({
    status: 403,
    vendorCode: 'account_invalid',
  })
})

it('takes a key in the token or as the user of Basic, and no other than those it knows', async () => {
  const { vendor } = start({ keys: ['rk_live_1'] })
  const check = (auth: ConstructorParameters<typeof Stripe>[0]['auth']): PromiseLike<unknown> =>
    new Stripe({ auth, ...vendor.options }).customers.create().then(
      ({ livemode }) => livemode,
      (error: { status: number }) => error.status,
    )
  expect(await check(bearer('rk_live_1'))).toBe(true)
  expect(await check(basic('rk_live_1', ''))).toBe(true)
  expect(await check(bearer('sk_test_1'))).toBe(401)
  expect(await check(anonymous())).toBe(401)
})

it.each([0, 101, 2.5])('refuses a page of %d, as Stripe does, and does not lower it', async (limit) => {
  const { stripe } = start()
  for (const list of [stripe.customers.list({ limit }), stripe.customers.search({ query: 'email:"a"', limit })]) {
    await expect(list.toArray(all)).rejects.toMatchObject({ status: 400, vendorCode: 'parameter_invalid_integer' })
  }
})

it('refuses options that it does not have', () => {
  expect(() => stripeSimulator(JSON.parse('{"key":["sk_test_1"]}'))).toThrow('stripeSimulator has no option `key`')
})

it('has the limits of live mode, or of a sandbox, and names in a refusal which it was', async () => {
  const { vendor } = start({ quota: { limits: sandboxLimits } })
  const paths = ['/v1/balance', '/v1/customers']
  const calls = Array.from({ length: 30 }, (_, at) => raw(vendor, 'GET', paths[at % 2] ?? ''))
  const answers = await Promise.all(calls)
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, (_, at) => (at < 25 ? 200 : 429)))
  expect(new Set(answers.map(({ headers }) => headers['stripe-rate-limited-reason']))).toEqual(
    new Set([undefined, 'global-rate']),
  )
  vendor.clock.advance(60_000)
  vendor.limits.change('account', 100)
  const same = await Promise.all(Array.from({ length: 26 }, () => raw(vendor, 'GET', '/v1/balance')))
  expect(same.at(-1)?.headers['stripe-rate-limited-reason']).toBe('endpoint-rate')
  expect(JSON.parse(Buffer.from(same.at(-1)?.body ?? []).toString())).toMatchObject({ error: { code: 'rate_limit' } })
  expect(vendor.violations.map(({ limit }) => limit)).toEqual([
    'account',
    'account',
    'account',
    'account',
    'account',
    'endpoint',
  ])
})

it('keeps its own client within its limits', async () => {
  const { vendor, stripe } = start()
  await Promise.all(Array.from({ length: 80 }, () => stripe.customers.create()))
  expect(vendor.violations).toEqual([])
  expect(await stripe.customers.list().toArray(all)).toHaveLength(80)
})

it('refuses what a subscription cannot be', async () => {
  const { stripe } = start()
  const { id: customer } = await stripe.customers.create()
  const once = await stripe.prices.create({ currency: 'eur', unit_amount: 5, product_data: { name: 'x' } })
  const refused = (items: readonly { price: string }[], whose = customer): Promise<unknown> =>
    expect(stripe.subscriptions.create({ customer: whose, items })).rejects.toMatchObject({ status: 400 })
  await refused([], customer)
  await refused([{ price: 'price_no' }])
  await refused([{ price: once.id }])
  await refused([{ price: once.id }], 'cus_no')
  await expect(stripe.subscriptions.get('sub_no')).rejects.toMatchObject({ status: 404 })
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 5,
    recurring: { interval: 'year' },
    product_data: { name: 'x' },
  })
  const items = [{ price: price.id }]
  expect(await stripe.subscriptions.create({ customer, items, trial_period_days: 7 })).toMatchObject({
    status: 'trialing',
  })
  const waiting = await stripe.subscriptions.create({ customer, items, payment_behavior: 'default_incomplete' })
  expect(waiting.status).toBe('incomplete')
  expect(await stripe.invoices.list({ status: 'open', customer }).toArray(all)).toMatchObject([{ amount_remaining: 5 }])
})

it('delivers webhooks under its own scheme', async () => {
  const secrets = ['whsec_of_tests']
  const heard: string[] = []
  using vendor = mockVendor(stripeSimulator(), {
    front: 'memory',
    webhooks: {
      secrets,
      to: (request) =>
        receiver(sources.stripe, { secrets, now: () => vendor.clock.now }).on('*', ({ event }) => heard.push(event))(
          request,
        ),
    },
  })
  const [taken] = await vendor.deliver('invoice.paid', { payload: { data: { object: { id: 'in_1' } } } })
  const [forged] = await vendor.deliver('invoice.paid', { as: 'tampered' })
  expect([taken?.status, forged?.status, heard]).toEqual([200, 401, ['invoice.paid']])
})
