import { expect, it } from 'vitest'
import StripeSdk from 'stripe'
import { bearer, nextUrl, type ConnectorOptions } from 'hawser'
import { Stripe, liveLimits, sandboxLimits, type StripeEvents } from 'hawser/stripe'
import { receiver, sources } from 'hawser/webhooks'
import { mockVendor, type MockVendor } from 'hawser/testing'

const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: 'https://api.stripe.com', origins: ['https://files.stripe.com'], respond })
const client = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Stripe =>
  new Stripe({ auth: bearer('sk_test_secret'), ...vendor.options, ...options })
const object = (): Response => Response.json({ id: 'x_1' })
const refusal = (reason?: string, code = 'rate_limit'): [number, { headers: Record<string, string>; body: string }] => [
  429,
  {
    headers: reason === undefined ? {} : { 'stripe-rate-limited-reason': reason },
    body: JSON.stringify({ error: { code } }),
  },
]

it('sends each write under one key, on every attempt', async () => {
  using vendor = answering(object)
  vendor.fail(500, { times: 2 })
  await client(vendor).refunds.create({ charge: 'ch_1' })
  const keys = vendor.requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(1)
  await client(vendor).refunds.create({ charge: 'ch_1' }, { idempotencyKey: 'refund-of-order-7' })
  expect(vendor.requests.at(-1)?.headers['idempotency-key']).toBe('refund-of-order-7')
})

it('waits for the write that ran into its time limit, where the vendor still works on it', async () => {
  using vendor = answering(object)
  vendor.hang()
  vendor.fail(409, { times: 2, body: '{"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}}' })
  const call = client(vendor).paymentIntents.create({ amount: 5, currency: 'usd' }, { attemptTimeoutMs: 1_000 })
  expect(await call).toEqual({ id: 'x_1' })
  expect(new Set(vendor.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(vendor.requests).toHaveLength(4)
})

it('speaks for a connected account, in one call or in all', async () => {
  using vendor = answering(object)
  await client(vendor).balance.get({ headers: { 'stripe-account': 'acct_1' } })
  const connected = client(vendor, { headers: { 'stripe-account': 'acct_2' } })
  await connected.customers.get('cus_1')
  await connected.customers.get('cus_1', {}, { headers: { 'stripe-account': undefined } })
  expect(vendor.requests.map(({ headers }) => headers['stripe-account'])).toEqual(['acct_1', 'acct_2', undefined])
})

it('reads events as they come, and pages of version 2 by their URLs', async () => {
  using vendor = answering(({ url }) =>
    url.includes('/v2/')
      ? Response.json({ data: [{ id: url }], next_page_url: url.includes('page=') ? null : '/v2/core/events?page=p2' })
      : Response.json({ data: [{ id: 'evt_1', type: 'invoice.paid' }], has_more: false }),
  )
  const stripe = client(vendor)
  const at = new Date('2030-01-01T00:00:00Z')
  expect(await stripe.events.list({ created: { gte: at } }).toArray({ limit: 5 })).toMatchObject([{ id: 'evt_1' }])
  const pages = stripe.http.paginate('/v2/core/events', { page: nextUrl({ items: 'data', next: 'next_page_url' }) })
  expect(await pages.toArray({ limit: 5 })).toHaveLength(2)
  expect(vendor.requests.map(({ url }) => decodeURIComponent(url.replace('https://api.stripe.com', '')))).toEqual([
    '/v1/events?limit=100&created[gte]=1893456000',
    '/v2/core/events',
    '/v2/core/events?page=p2',
  ])
})

it('lists products and prices, and invoices of one status', async () => {
  using vendor = answering(() => Response.json({ data: [], has_more: false }))
  const stripe = client(vendor)
  await stripe.products.list({ active: true, ids: ['prod_1', 'prod_2'] }).toArray({ limit: 1 })
  await stripe.prices.list({ lookup_keys: ['gold'] }).toArray({ limit: 1 })
  await stripe.invoices.list({ status: 'open', limit: 10 }).toArray({ limit: 1 })
  expect(vendor.requests.map(({ url }) => decodeURIComponent(url.replace('https://api.stripe.com', '')))).toEqual([
    '/v1/products?limit=100&active=true&ids[0]=prod_1&ids[1]=prod_2',
    '/v1/prices?limit=100&lookup_keys[0]=gold',
    '/v1/invoices?limit=10&status=open',
  ])
})

it('uploads a file to the other host, with the key', async () => {
  using vendor = answering(object)
  const form = new FormData()
  form.append('purpose', 'dispute_evidence')
  form.append('file', new Blob(['evidence']), 'evidence.txt')
  await client(vendor).http.post('https://files.stripe.com/v1/files', { multipart: form })
  expect(vendor.requests[0]).toMatchObject({
    url: 'https://files.stripe.com/v1/files',
    headers: { authorization: 'Bearer sk_test_secret' },
  })
})

it('tests a connection, and says whose it is', async () => {
  using vendor = answering(() => Response.json({ id: 'acct_1', object: 'account' }))
  expect(await client(vendor).check()).toEqual({ ok: true, identity: 'acct_1' })
  expect(vendor.requests[0]?.url).toBe('https://api.stripe.com/v1/account')
  vendor.fail(401, { body: '{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}' })
  expect(await client(vendor).check()).toMatchObject({
    ok: false,
    because: 'credential',
    error: { vendorCode: 'invalid_request_error' },
  })
})

const buckets = (stripe: Stripe): string[] =>
  stripe
    .quota()
    .filter(({ pausedUntil }) => pausedUntil !== undefined)
    .map(({ name, key }) => `${name} ${key.split('/').slice(1, -1).join('/')}`.trim())

it('pauses what a refusal names: the account, or one endpoint', async () => {
  using vendor = answering(object)
  const paused = async (reason?: string, code?: string): Promise<string[]> => {
    const stripe = client(vendor, { retry: false })
    vendor.fail(...refusal(reason, code))
    await expect(stripe.customers.get('cus_1')).rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429 })
    return buckets(stripe)
  }
  expect(await paused('global-rate')).toEqual(['account'])
  expect(await paused('endpoint-rate')).toEqual(['endpoint GET /v1/customers/{}'])
  expect(await paused('resource-specific')).toEqual([])
  expect(await paused(undefined, 'lock_timeout')).toEqual([])
})

it('lowers how many calls are under way where the vendor refuses for it', async () => {
  using vendor = answering(object)
  const stripe = client(vendor, { retry: false })
  vendor.fail(...refusal('endpoint-concurrency'))
  await stripe.customers.get('cus_1').catch(() => {})
  expect(stripe.quota().find(({ name }) => name === 'concurrency')).toMatchObject({ limit: 1 })
  expect(buckets(stripe)).toEqual([])
})

it('sends a call again that found its object locked, and holds nobody else up', async () => {
  using vendor = answering(object)
  vendor.fail(...refusal(undefined, 'lock_timeout'))
  const stripe = client(vendor)
  expect(await stripe.customers.update('cus_1', { name: 'N' })).toEqual({ id: 'x_1' })
  expect(vendor.clock.slept).toHaveLength(1)
  expect(vendor.clock.events.filter(({ type }) => type === 'pause' || type === 'wait')).toEqual([])
})

it('takes a limit that is told with status 400 for one, and another mistake for a mistake', async () => {
  using vendor = answering(object)
  vendor.fail(400, { body: refusal()[1].body })
  const account = { country: 'DE' }
  expect(await client(vendor).request('POST /v1/accounts', account)).toEqual({ id: 'x_1' })
  expect(new Set(vendor.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  vendor.fail(400, { body: refusal(undefined, 'parameter_missing')[1].body })
  await expect(client(vendor).request('POST /v1/accounts', account)).rejects.toMatchObject({ status: 400 })
})

it('counts an endpoint’s calls together, whatever the id and however it was written', async () => {
  using vendor = answering(object)
  const stripe = client(vendor)
  await stripe.customers.get('cus_1A')
  await stripe.http.get('/v1/customers/cus_2b')
  await stripe.request('GET /v1/customers/{customer}', { customer: 'cus_3C' })
  await stripe.paymentIntents.confirm('pi_1')
  await stripe.http.get('/v1/payment_intents/pi_1/amount_details_line_items')
  const endpoints = stripe.quota().filter(({ name }) => name === 'endpoint')
  expect(endpoints.map(({ key }) => key.split('/').slice(1, -1).join('/'))).toEqual([
    'GET /v1/customers/{}',
    'POST /v1/payment_intents/{}/confirm',
    'GET /v1/payment_intents/{}/amount_details_line_items',
  ])
  expect(endpoints.map(({ limit, remaining }) => [limit, remaining])).toEqual([
    [25, 22],
    [25, 24],
    [25, 24],
  ])
})

it('keeps to the limits of the endpoint, of searches and of a sandbox', async () => {
  const busiest = async (vendor: MockVendor, calls: readonly (() => PromiseLike<unknown>)[]) => {
    await Promise.all(calls.map((call) => call()))
    const times = vendor.requests.map(({ at }) => at)
    return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
  }
  const times = (count: number, call: () => PromiseLike<unknown>) => Array.from({ length: count }, () => call)
  const page = (): Response => Response.json({ data: [], has_more: false })

  using one = answering(object)
  const stripe = client(one)
  expect(
    await busiest(
      one,
      times(60, () => stripe.customers.get('cus_1')),
    ),
  ).toBe(25)
  using searching = answering(page)
  const searcher = client(searching)
  const searches = times(30, () => searcher.customers.search({ query: 'q' }).toArray({ limit: 1 }))
  const others = times(30, () => searcher.http.get('/v1/invoices/search'))
  expect(await busiest(searching, [...searches, ...others])).toBe(20)
  using sandbox = answering(object)
  const tester = client(sandbox, { throttle: { limits: sandboxLimits } })
  const mixed = [...times(40, () => tester.customers.get('cus_1')), ...times(40, () => tester.balance.get())]
  expect(await busiest(sandbox, mixed)).toBe(25)
})

it('declares limits that differ between the modes for the account only', () => {
  expect(liveLimits.map(({ name, limit }) => [name, limit])).toEqual([
    ['account', 100],
    ['endpoint', 25],
    ['search', 20],
    ['file reads', 20],
    ['file writes', 20],
    ['payouts', 15],
  ])
  expect(sandboxLimits.filter((limit) => !liveLimits.includes(limit))).toMatchObject([{ name: 'account', limit: 25 }])
})

it('shows the key in no error', async () => {
  using vendor = answering(() => Response.json({ error: { message: 'No such key: sk_test_secret' } }, { status: 401 }))
  const error: unknown = await client(vendor)
    .balance.get()
    .catch((caught: unknown) => caught)
  expect(String(error)).toContain('No such key')
  expect(JSON.stringify(error) + String(error)).not.toContain('sk_test_secret')
})

it('takes a webhook that the SDK signed, and gives it to the listener of its event, typed', async () => {
  const heard: string[] = []
  const receive = receiver<StripeEvents>(sources.stripe, { secrets: ['whsec_of_tests'] })
    .on('invoice.paid', ({ key, payload }) => heard.push(`${key} paid ${payload.data.object.amount_paid.toFixed()}`))
    .on('invoice', ({ payload }) => heard.push(`invoice ${payload.data.object.id}`))
    .on('customer.subscription.deleted', ({ payload }) => heard.push(payload.data.object.status))
    .on('*', ({ event }) => heard.push(event))
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'invoice.paid',
    data: { object: { id: 'in_1', object: 'invoice', amount_paid: 4900 } },
  })
  const signature = StripeSdk.webhooks.generateTestHeaderString({ payload, secret: 'whsec_of_tests' })
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
  const url = 'https://shop.test/webhooks/stripe'
  const answer = await receive(new Request(url, { method: 'POST', headers, body: payload }))
  expect(answer.status).toBe(200)
  expect(heard).toEqual(['invoice.paid', 'invoice in_1', 'evt_1 paid 4900'])
})
