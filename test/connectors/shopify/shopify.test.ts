import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { apiKey, type ConnectorOptions } from 'hawser'
import { oauthApp } from 'hawser/oauth'
import { Shopify, shopify as profile, type ShopifyEvents } from 'hawser/shopify'
import { fakeClock, mockVendor, type MockVendor } from 'hawser/testing'
import { receiver, schemes, sign, sources } from 'hawser/webhooks'

const tenant = { shop: 'acme' }
const shopUrl = 'https://acme.myshopify.com'
const token = 'shpat_of-tests'
const auth = apiKey({ header: 'x-shopify-access-token', key: token })
const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: shopUrl, respond }, { front: 'memory' })
const client = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Shopify =>
  new Shopify({ auth, tenant, ...vendor.options, ...options })
const failed = (code: string): Response =>
  Response.json({ errors: [{ message: `It is ${code}.`, extensions: { code } }], data: null })
const costs = (cost: object, currentlyAvailable: number): object => ({
  cost: { ...cost, throttleStatus: { maximumAvailable: 1000, currentlyAvailable, restoreRate: 50 } },
})

/** What Shopify sends the browser back with. */
function signedCallback({ searchParams }: URL, shop: string, secret = 's'): URL {
  const back = new URL(searchParams.get('redirect_uri') ?? '')
  const said = {
    code: 'code-1',
    host: Buffer.from(`admin.shopify.com/store/${shop}`).toString('base64'),
    shop: `${shop}.myshopify.com`,
    state: searchParams.get('state') ?? '',
    timestamp: '1893456000',
  }
  for (const [name, value] of Object.entries(said)) back.searchParams.set(name, value)
  back.searchParams.set('hmac', createHmac('sha256', secret).update(back.search.slice(1)).digest('hex'))
  return back
}

it('asks the shop of its tenant, in the version of the profile, with the token in Shopify’s own header', async () => {
  using vendor = answering(() => Response.json({ data: { shop: { name: 'Acme' } } }))
  const { data } = await client(vendor).shop.get()
  expect(data.shop.name).toBe('Acme')
  const [asked] = vendor.requests
  expect(asked?.url).toBe(`${shopUrl}/admin/api/2026-07/graphql.json`)
  expect(asked?.headers).toMatchObject({ 'x-shopify-access-token': token })
  expect(asked?.headers).not.toHaveProperty('authorization')
  expect(client(vendor).describe().version).toBe('2026-07')
})

it('takes no name of a shop that leads to another host', () => {
  for (const shop of ['evil.example/', 'acme.evil.example', 'acme@evil', 'ACME', '', '-a', 'acme\n', '{version}']) {
    expect(() => new Shopify({ auth, tenant: { shop } })).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
  }
  expect(() => new Shopify({ auth })).toThrow('`tenant` needs `shop`.')
})

it('follows another version where a class of one’s own says so', async () => {
  class Later extends Shopify {
    static override readonly profile = { ...profile, version: { value: '2026-10' } }
  }
  using vendor = answering(() => Response.json({ shop: {} }))
  await new Later({ auth, tenant, ...vendor.options }).rest.shop()
  expect(vendor.requests[0]?.url).toBe(`${shopUrl}/admin/api/2026-10/shop.json`)
})

it('makes an error of an answer with errors, with Shopify’s code and the status that it means', async () => {
  for (const [code, status] of [
    ['ACCESS_DENIED', 403],
    ['SHOP_INACTIVE', 423],
    ['INTERNAL_SERVER_ERROR', 500],
    ['MAX_COST_EXCEEDED', 400],
    ['undefinedField', 400],
  ] as const) {
    using vendor = answering(() => failed(code))
    const calling = client(vendor, { retry: false }).shop.get()
    await expect(calling).rejects.toMatchObject({ code: 'HTTP_STATUS', status, vendorCode: code })
    await expect(calling).rejects.toThrow(`It is ${code}.`)
  }
  using nameless = answering(() => Response.json({ errors: [{ message: 'syntax error, unexpected end of file' }] }))
  await expect(client(nameless).query('{')).rejects.toThrow('answered 400, “syntax error, unexpected end of file”.')
})

it('leaves what the user did wrong to the caller', async () => {
  const productCreate = { product: null, userErrors: [{ field: ['title'], message: "Title can't be blank" }] }
  using vendor = answering(() => Response.json({ data: { productCreate } }))
  const { data } = await client(vendor).products.create({ title: '' })
  expect(data.productCreate.userErrors[0]?.message).toBe("Title can't be blank")
})

it('reads what REST says of an error', async () => {
  using vendor = answering(() => Response.json({ errors: 'Not Found' }, { status: 404 }))
  await expect(client(vendor).rest.order(7)).rejects.toThrow('GET /orders/{id}.json: answered 404, “Not Found”.')
})

it('waits after a throttled answer of status 200 until the cost that it asked for is there', async () => {
  const answers = [
    Response.json({
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      extensions: costs({ requestedQueryCost: 600, actualQueryCost: null }, 100),
    }),
    Response.json({ data: { shop: {} }, extensions: costs({ requestedQueryCost: 600, actualQueryCost: 500 }, 100) }),
  ]
  using vendor = answering(() => answers.shift() ?? new Response(null, { status: 500 }))
  await client(vendor).shop.get()
  const [first, second] = vendor.requests
  // 500 points are missing, and 50 come back in a second.
  const waitedMs = (second?.at ?? 0) - (first?.at ?? 0)
  expect(waitedMs).toBeGreaterThanOrEqual(10_000)
  expect(waitedMs).toBeLessThan(12_000)
})

it('gives back what a query did not cost', async () => {
  using vendor = answering(() =>
    Response.json({
      data: { products: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } },
      extensions: costs({ requestedQueryCost: 252, actualQueryCost: 2 }, 998),
    }),
  )
  const shopify = client(vendor)
  await shopify.products.list({ first: 250 }).toArray({ limit: 1 })
  const bucket = shopify.quota().find(({ name }) => name === 'graphql')
  expect(bucket).toMatchObject({ limit: 1000, remaining: 998, kind: 'token-bucket' })
})

it('reads the bucket of REST from its header, whatever the plan, and leaves the one of GraphQL alone', async () => {
  const headers = { 'x-shopify-shop-api-call-limit': '400/400' }
  using vendor = answering(() => Response.json({ shop: {} }, { headers }))
  const shopify = client(vendor)
  for (let call = 0; call < 3; call++) await shopify.rest.shop()
  expect(shopify.quota().find(({ name }) => name === 'rest')).toMatchObject({ limit: 400 })
  expect(shopify.quota().find(({ name }) => name === 'graphql')?.remaining ?? 2000).toBe(2000)
  // 400 in 20 seconds are one in 50 ms, and none was left.
  const [first, , third] = vendor.requests
  expect((third?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(100)
  expect((third?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(1000)
})

it('understands the decimal seconds of REST', async () => {
  using vendor = answering(() => Response.json({ shop: {} }))
  vendor.fail(429, { headers: { 'retry-after': '2.5' } })
  await client(vendor).rest.shop()
  const [first, second] = vendor.requests
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2500)
})

it('pages GraphQL by the cursor in its variables, and ends where it says so, although the last page has a cursor', async () => {
  using vendor = answering(async (request) => {
    const { variables }: { variables: { after?: string } } = JSON.parse(await request.text())
    const last = variables.after === 'c1'
    const node = { id: last ? '2' : '1' }
    const products = { nodes: [node], pageInfo: { hasNextPage: !last, endCursor: last ? 'c2' : 'c1' } }
    return Response.json({ data: { products } })
  })
  const shopify = client(vendor)
  const all = await shopify.products.list({ query: 'status:active' }).toArray({ limit: 10 })
  expect(all.map(({ id }) => id)).toEqual(['1', '2'])
  const sent = vendor.requests.map(({ json }) => json)
  expect(sent).toMatchObject([
    { variables: { first: 50, query: 'status:active' } },
    { variables: { first: 50, query: 'status:active', after: 'c1' } },
  ])
  expect(vendor.requests.every(({ method, url }) => method === 'POST' && url.endsWith('/graphql.json'))).toBe(true)
})

it('sends a query again after a failure, and a mutation not', async () => {
  using vendor = answering(() => Response.json({ data: {} }))
  const shopify = client(vendor)
  vendor.fail(502)
  await shopify.shop.get()
  expect(vendor.requests).toHaveLength(2)
  vendor.fail(502)
  await expect(shopify.products.create({ title: 'x' })).rejects.toMatchObject({ status: 502 })
  expect(vendor.requests).toHaveLength(3)
})

it('pages REST by Link, without the filters that do not go with page_info', async () => {
  const path = `${shopUrl}/admin/api/2026-07/orders.json`
  using vendor = answering((request) => {
    const first = !request.url.includes('page_info')
    const link = `<${path}?limit=250&page_info=p2>; rel="next"`
    return Response.json({ orders: [{ id: first ? 1 : 2 }] }, { headers: first ? { link } : {} })
  })
  const orders = await client(vendor)
    .rest.orders({ status: 'any', fields: ['id', 'name'] })
    .toArray({ limit: 10 })
  expect(orders.map(({ id }) => id)).toEqual([1, 2])
  expect(vendor.requests.map(({ url }) => url)).toEqual([
    `${path}?limit=250&status=any&fields=id%2Cname`,
    `${path}?limit=250&page_info=p2`,
  ])
})

it('asks for an expiring token, renews it by the token that came with the last one, and puts it into Shopify’s header', async () => {
  const clock = fakeClock()
  const asked: URLSearchParams[] = []
  using vendor = mockVendor(
    {
      origin: shopUrl,
      async respond(request) {
        if (new URL(request.url).pathname !== '/admin/oauth/access_token') {
          return Response.json({ shop: { name: request.headers.get('x-shopify-access-token') } })
        }
        const form = new URLSearchParams(await request.text())
        asked.push(form)
        const number = asked.length
        const lifetimes = { expires_in: 3600, refresh_token_expires_in: 7_776_000 }
        return Response.json({
          access_token: `shpat-${number}`,
          refresh_token: `shprt-${number}`,
          scope: 'read_orders',
          ...lifetimes,
        })
      },
    },
    { clock, front: 'memory' },
  )
  const app = oauthApp({
    profile,
    tenant,
    clientId: 'c',
    clientSecret: 's',
    redirectUri: 'https://app.example/cb',
    scopes: ['read_orders', 'write_products'],
    ...vendor.options,
  })
  const { url } = await app.authorizationUrl({ connection: 'acme', binding: 'session' })
  const login = new URL(url)
  expect(login.origin + login.pathname).toBe(`${shopUrl}/admin/oauth/authorize`)
  expect(login.searchParams.get('scope')).toBe('read_orders,write_products')
  await app.handleCallback(signedCallback(login, 'acme'), { binding: 'session' })
  const shopify = new Shopify({ auth: app.connection('acme'), tenant, ...vendor.options })
  expect((await shopify.rest.shop()).shop.name).toBe('shpat-1')
  clock.advance(3_600_000)
  expect((await shopify.rest.shop()).shop.name).toBe('shpat-2')
  clock.advance(3_600_000)
  expect((await shopify.rest.shop()).shop.name).toBe('shpat-3')
  expect(asked.map((form) => form.get('refresh_token'))).toEqual([null, 'shprt-1', 'shprt-2'])
  expect(asked[0]?.get('expiring')).toBe('1')
})

it('gets the tokens of a shop of one’s own with the app’s secret, again when they end', async () => {
  const clock = fakeClock()
  const asked: Record<string, string>[] = []
  using vendor = mockVendor(
    {
      origin: shopUrl,
      async respond(request) {
        if (!request.url.endsWith('/admin/oauth/access_token'))
          return Response.json({ shop: { name: request.headers.get('x-shopify-access-token') } })
        asked.push(Object.fromEntries(new URLSearchParams(await request.text())))
        return Response.json({ access_token: `shpat-${asked.length}`, scope: 'read_orders', expires_in: 86_399 })
      },
    },
    { clock, front: 'memory' },
  )
  const app = oauthApp({ profile, tenant, clientId: 'c', clientSecret: 's', ...vendor.options })
  const shopify = new Shopify({ auth: app.clientCredentials(), tenant, ...vendor.options })
  expect((await shopify.rest.shop()).shop.name).toBe('shpat-1')
  clock.advance(86_400_000)
  expect((await shopify.rest.shop()).shop.name).toBe('shpat-2')
  expect(asked[1]).toMatchObject({ grant_type: 'client_credentials', client_id: 'c', client_secret: 's' })
})

it('takes no callback that Shopify did not sign, or that is for another shop, and sends nothing', async () => {
  using vendor = answering(() => Response.json({ access_token: 'shpat-1' }))
  const app = oauthApp({
    profile,
    tenant,
    clientId: 'c',
    clientSecret: 's',
    oldClientSecret: 'before it',
    redirectUri: 'https://app.example/cb',
    ...vendor.options,
  })
  const login = new URL((await app.authorizationUrl({ connection: 'acme' })).url)
  const refused = expect.objectContaining({ code: 'INVALID_REQUEST' })
  await expect(app.handleCallback(signedCallback(login, 'acme', 'another secret'))).rejects.toThrow(refused)
  await expect(app.handleCallback(signedCallback(login, 'evil'))).rejects.toThrow('`shop`')
  const later = signedCallback(login, 'acme')
  later.searchParams.set('code', 'code-of-a-stranger')
  await expect(app.handleCallback(later)).rejects.toThrow(refused)
  expect(vendor.requests).toHaveLength(0)
  // None of them has used up the login.
  expect(await app.handleCallback(signedCallback(login, 'acme', 'before it'))).toMatchObject({ connection: 'acme' })
})

it('takes the privacy topics, typed, and answers 401 to a wrong signature', async () => {
  const heard: string[] = []
  const receive = receiver<ShopifyEvents>(sources.shopify, { secrets: ['a secret'] })
    .on('customers/data_request', ({ payload }) => heard.push(`data of ${payload.customer.id}`))
    .on('customers/redact', ({ payload }) => heard.push(`forget ${payload.orders_to_redact.join()}`))
    .on('shop/redact', ({ payload }) => heard.push(`forget ${payload.shop_domain}`))
  const shop = { shop_id: 1, shop_domain: 'acme.myshopify.com' }
  const deliver = async (topic: string, payload: object, secret = 'a secret'): Promise<number> => {
    const body = JSON.stringify(payload)
    const headers = { 'content-type': 'application/json', 'x-shopify-topic': topic, 'x-shopify-webhook-id': topic }
    const signed = sign(schemes.shopify, { headers, body }, { secrets: [secret] })
    return (await receive(new Request('https://app.test/hook', { method: 'POST', headers: signed.headers, body })))
      .status
  }
  const customer = { id: 7, email: null, phone: null }
  expect(await deliver('customers/data_request', { ...shop, customer, orders_requested: [] })).toBe(200)
  expect(await deliver('customers/redact', { ...shop, customer, orders_to_redact: [1, 2] })).toBe(200)
  expect(await deliver('shop/redact', shop)).toBe(200)
  expect(await deliver('shop/redact', shop, 'another')).toBe(401)
  expect(heard).toEqual(['data of 7', 'forget 1,2', 'forget acme.myshopify.com'])
})

it('shows the token in no error', async () => {
  using vendor = answering(() => Response.json({ errors: [{ message: `bad ${token}` }] }))
  const error: unknown = await client(vendor)
    .shop.get()
    .catch((caught: unknown) => caught)
  expect(String(error)).toContain('bad ')
  expect(String(error) + JSON.stringify(error)).not.toContain(token)
})
