import assert from 'node:assert/strict'
import { apiKey, isHawserError } from 'hawser'
import { Shopify, type ShopifyEvents } from 'hawser/shopify'
import { mockVendor, shopifySimulator } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

// A shop's catalogue, its orders and a bulk operation, over real sockets, at the pace that Shopify allows.
// node --import tsx examples/shopify/main.ts

const secrets = ['a-client-secret-of-the-example']
const forgotten: number[] = []
const receive = receiver<ShopifyEvents>(sources.shopify, { secrets, now: () => vendor.clock.now }).on(
  'customers/redact',
  ({ payload }) => forgotten.push(payload.customer.id),
)
const simulator = shopifySimulator({ shop: 'acme', orders: 120 })
const vendor = mockVendor(simulator, { front: 'loopback', webhooks: { to: receive, secrets } })
const auth = apiKey({ header: 'x-shopify-access-token', key: 'shpat-of-the-example' })
const shopify = new Shopify({ auth, tenant: { shop: 'acme' }, ...vendor.options })
console.log('connection:', await shopify.check())

for (const title of ['Crane', 'Hawser', 'Bollard']) await shopify.products.create({ title })
const { data } = await shopify.products.create({ title: '' })
console.log('refused:', data.productCreate.userErrors[0]?.message)

const orders = await shopify.orders.list({ first: 50 }).toArray({ limit: 1000 })
const sameByRest = await shopify.rest.orders({ limit: 50, status: 'any' }).toArray({ limit: 1000 })
assert.equal(orders.length, sameByRest.length)
console.log(orders.length, 'orders, by GraphQL and by REST')

// Somebody else used the bucket up: the query is refused with status 200, waits for its cost, and is sent again.
assert.ok(vendor.limits.spend('graphql', 1700))
const began = vendor.clock.now
await shopify.products.list({ first: 250 }).toArray({ limit: 1 })
console.log(`waited ${vendor.clock.now - began} ms for the points of a list`)

const { bulkOperationRunQuery: bulk } = (await shopify.bulk.run('{ products { edges { node { id } } } }')).data
let operation = bulk.bulkOperation
while (operation !== null && operation.status !== 'COMPLETED') {
  vendor.clock.advance(1000)
  operation = (await shopify.bulk.get(operation.id)).data.node
}
console.log('bulk:', operation?.objectCount, 'objects at', new URL(operation?.url ?? '').hostname)

// An error stands in an answer of status 200; it is an error, with the status that it means.
const refusal: unknown = await shopify.query('{ cranes { id } }').catch((error: unknown) => error)
assert.ok(isHawserError(refusal) && refusal.code === 'HTTP_STATUS')
console.log('refused:', refusal.status, refusal.vendorCode)

const payload = { shop_domain: 'acme.myshopify.com', customer: { id: 7 }, orders_to_redact: [] }
const [answer] = await vendor.deliver('customers/redact', { payload })
const [forged] = await vendor.deliver('customers/redact', { payload, as: 'tampered' })
console.log('privacy:', answer?.status, 'forged:', forged?.status, '→ forgotten:', forgotten)
assert.deepEqual([answer?.status, forged?.status, forgotten], [200, 401, [7]])

shopify.close()
vendor[Symbol.dispose]()
