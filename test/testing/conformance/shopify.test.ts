import { it } from 'vitest'
import { Shopify } from 'hawser/shopify'
import { conformance, shopifySimulator, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

function plan(front: NonNullable<ConformancePlan<Shopify>['front']>): ConformancePlan<Shopify> {
  return {
    front,
    options: { tenant: { shop: 'acme' } },
    simulator: () => shopifySimulator({ orders: 3 }),
    read: (shopify) => shopify.rest.shop(),
    prepare: async (shopify) => {
      for (const title of ['a', 'b', 'c']) await shopify.products.create({ title })
    },
    list: (shopify) => shopify.products.list({ first: 1 }),
    write: (shopify) => shopify.products.create({ title: 'x' }),
    webhooks: {
      receiver: ({ secrets, now }) => receiver(sources.shopify, { secrets, now }),
      event: { event: 'orders/create', payload: { id: 1 } },
    },
  }
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(Shopify, plan(front))) (skip ? it.skip : it)(`${front}: ${name}`, run)
}

const byGraphql: ConformancePlan<Shopify> = { ...plan('memory'), read: (shopify) => shopify.shop.get() }
const byRest: ConformancePlan<Shopify> = { ...plan('memory'), list: (shopify) => shopify.rest.orders({ limit: 1 }) }
for (const [how, { read, list, ...rest }] of [
  ['a read of GraphQL', byGraphql],
  ['a list of REST', byRest],
] as const) {
  for (const { name, skip, run } of conformance(Shopify, { ...rest, read, ...(list && { list }) })) {
    // What a simulator tells of its quota in a body is not told by headers; the profile's own samples prove it.
    const told = how === 'a read of GraphQL' && name.startsWith('reads the quota')
    ;(skip || told ? it.skip : it)(`${how}: ${name}`, run)
  }
}
