import { expect, it } from 'vitest'
import { apiKey } from 'hawser'
import { Shopify } from 'hawser/shopify'
import { mockVendor, shopifySimulator, type MockVendor, type ShopifySimulatorOptions } from 'hawser/testing'

const tenant = { shop: 'acme' }

function before(options: ShopifySimulatorOptions = {}): { vendor: MockVendor; shopify: Shopify } {
  const vendor = mockVendor(shopifySimulator(options), { front: 'memory' })
  const auth = apiKey({ header: 'x-shopify-access-token', key: 'shpat_1' })
  return { vendor, shopify: new Shopify({ auth, tenant, ...vendor.options }) }
}

it('keeps products, from their creation to their end', async () => {
  const { shopify } = before({ products: ['Old crane'] })
  const { data: made } = await shopify.products.create({ title: 'New crane', tags: ['big'] })
  const product = made.productCreate.product
  expect(product).toMatchObject({ title: 'New crane', handle: 'new-crane', status: 'ACTIVE', tags: ['big'] })
  const id = product?.id ?? ''
  await shopify.products.update({ id, status: 'DRAFT' })
  expect((await shopify.products.get(id)).data.product?.status).toBe('DRAFT')
  const drafts = await shopify.products.list({ query: 'status:draft' }).toArray({ limit: 10 })
  expect(drafts.map(({ title }) => title)).toEqual(['New crane'])
  expect((await shopify.products.delete(id)).data.productDelete.deletedProductId).toBe(id)
  expect((await shopify.products.get(id)).data.product).toBeNull()
  const again = await shopify.products.delete(id)
  expect(again.data.productDelete.userErrors).toHaveLength(1)
  expect((await shopify.products.create({ title: '' })).data.productCreate.userErrors[0]?.field).toEqual(['title'])
})

it('pages through GraphQL and REST alike', async () => {
  const { shopify, vendor } = before({ orders: 5 })
  const byGraphql = await shopify.orders.list({ first: 2 }).toArray({ limit: 10 })
  const byRest = await shopify.rest.orders({ limit: 2, status: 'any' }).toArray({ limit: 10 })
  expect(byRest.map(({ admin_graphql_api_id: id }) => id)).toEqual(byGraphql.map(({ id }) => id))
  expect([byGraphql.length, vendor.requests.length]).toEqual([5, 6])
  const [first] = byRest
  expect((await shopify.rest.order(first?.id ?? 0)).order).toEqual(first)
  await expect(shopify.rest.order(1)).rejects.toMatchObject({ status: 404 })
  await expect(shopify.request('GET /orders.json', { page_info: 'MQ', status: 'any' })).rejects.toMatchObject({
    status: 400,
  })
})

it('keeps orders, customers, metafields and webhooks', async () => {
  const { shopify } = before({ orders: 1 })
  const [order] = await shopify.orders.list().toArray({ limit: 1 })
  const id = order?.id ?? ''
  await shopify.orders.update({ id, note: 'Careful' })
  expect((await shopify.orders.get(id)).data.order?.note).toBe('Careful')
  const { data } = await shopify.customers.create({ email: 'ann@a.example', firstName: 'Ann' })
  const ann = data.customerCreate.customer
  expect((await shopify.customers.get(ann?.id ?? '')).data.customer?.displayName).toBe('Ann')
  expect(await shopify.customers.list().toArray({ limit: 5 })).toHaveLength(1)
  expect((await shopify.rest.customers().toArray({ limit: 5 }))[0]?.email).toBe('ann@a.example')
  expect((await shopify.customers.create({})).data.customerCreate.userErrors).toHaveLength(1)
  const set = async (value: string): Promise<unknown> =>
    (await shopify.metafields.set([{ ownerId: id, namespace: 'a', key: 'k', value }])).data.metafieldsSet.metafields
  expect(await set('1')).toMatchObject([{ key: 'k', value: '1' }])
  expect(await set('2')).toMatchObject([{ key: 'k', value: '2' }])
  const hooked = await shopify.webhooks.create('ORDERS_CREATE', { uri: 'https://app.example/hook' })
  const hook = hooked.data.webhookSubscriptionCreate.webhookSubscription
  expect(await shopify.webhooks.list().toArray({ limit: 5 })).toEqual([hook])
  await shopify.webhooks.delete(hook?.id ?? '')
  expect(await shopify.webhooks.list().toArray({ limit: 5 })).toEqual([])
})

it('runs one bulk operation at a time, and tells its result’s address when it is done', async () => {
  const { shopify, vendor } = before({ products: ['a', 'b'] })
  const { data } = await shopify.bulk.run('{ products { edges { node { id } } } }')
  const id = data.bulkOperationRunQuery.bulkOperation?.id ?? ''
  expect((await shopify.bulk.get(id)).data.node).toMatchObject({ status: 'RUNNING', url: null })
  expect((await shopify.bulk.run('{ shop { id } }')).data.bulkOperationRunQuery.userErrors).toHaveLength(1)
  vendor.clock.advance(3000)
  const done = (await shopify.bulk.get(id)).data.node
  expect(done).toMatchObject({ status: 'COMPLETED', objectCount: '2' })
  expect(done?.url).toMatch(/^https:\/\/storage\.googleapis\.com\/.*\.jsonl$/)
  const other = (await shopify.bulk.run('{ shop { id } }')).data.bulkOperationRunQuery.bulkOperation?.id ?? ''
  const cancelled = await shopify.bulk.cancel(other)
  expect(cancelled.data.bulkOperationCancel.bulkOperation?.status).toBe('CANCELED')
  expect((await shopify.bulk.get('gid://shopify/BulkOperation/404')).data.node).toBeNull()
})

it('charges what is asked for, gives back what was not found, and refuses with status 200', async () => {
  const { shopify, vendor } = before({ products: ['a'] })
  const query = 'query($first: Int!) { products(first: $first) { nodes { id } pageInfo { hasNextPage endCursor } } }'
  const { extensions } = await shopify.query<{ extensions: object }>(query, { first: 250 })
  expect(extensions).toMatchObject({
    cost: {
      requestedQueryCost: 252,
      actualQueryCost: 3,
      throttleStatus: { currentlyAvailable: 1997, restoreRate: 100 },
    },
  })
  expect(vendor.limits.spend('graphql', 1900)).toBe(true)
  const at = vendor.clock.now
  await shopify.query(query, { first: 250 })
  expect(vendor.violations).toMatchObject([{ limit: 'graphql' }])
  // 252 are asked for, 97 are left and 100 come back in a second.
  expect(vendor.clock.now - at).toBeGreaterThanOrEqual(1550)
  expect(vendor.clock.now - at).toBeLessThan(4000)
})

it('keeps to the bucket of REST, and no call is refused', async () => {
  const { shopify, vendor } = before()
  const from = vendor.clock.now
  await Promise.all(Array.from({ length: 44 }, () => shopify.rest.shop()))
  expect(vendor.violations).toEqual([])
  // 40 at once, and 4 more at two in a second.
  expect(vendor.clock.now - from).toBeGreaterThanOrEqual(1900)
  expect(vendor.clock.now - from).toBeLessThan(6000)
})

it('refuses a token that is not known, and tests a connection', async () => {
  expect(await before({ tokens: ['shpat_1'] }).shopify.check()).toEqual({ ok: true, identity: 'acme.myshopify.com' })
  expect(await before({ tokens: ['another'] }).shopify.check()).toMatchObject({ ok: false, because: 'credential' })
})

it('says of a field that it does not know that there is none', async () => {
  const calling = before().shopify.query('{ cranes { id } }')
  await expect(calling).rejects.toMatchObject({ status: 400, vendorCode: 'undefinedField' })
})
