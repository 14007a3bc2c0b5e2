import { expect, it } from 'vitest'
import { bearer, type ConnectorOptions, type Pages } from 'hawser'
import { GitHub } from 'hawser/github'
import { Shopify } from 'hawser/shopify'
import { Slack } from 'hawser/slack'
import { Stripe } from 'hawser/stripe'
import { mockVendor } from 'hawser/testing'

type List = (options: ConnectorOptions, query: object) => Pages<unknown>

const lists: readonly (readonly [param: string, size: number, origin: string, list: List])[] = [
  [
    'per_page',
    100,
    'https://api.github.com',
    (options, query) => new GitHub(options).issues.list({ owner: 'o', repo: 'r', ...query }),
  ],
  ['limit', 100, 'https://api.stripe.com', (options, query) => new Stripe(options).customers.list(query)],
  ['limit', 200, 'https://slack.com', (options, query) => new Slack(options).users.list(query)],
  [
    'limit',
    250,
    'https://acme.myshopify.com',
    (options, query) => new Shopify({ ...options, tenant: { shop: 'acme' } }).rest.orders(query),
  ],
]

it.each(lists)('asks by %s=%i where no size is said, or `undefined`, at %s', async (param, size, origin, list) => {
  const body = { ok: true, data: [], has_more: false, members: [], orders: [] }
  const respond = (): Response => Response.json(param === 'per_page' ? [] : body)
  using vendor = mockVendor({ origin, respond }, { front: 'memory' })
  const options = { auth: bearer('t'), ...vendor.options }
  for (const query of [{}, { [param]: undefined }, { [param]: 1 }]) await list(options, query).toArray({ limit: 1 })
  const asked = vendor.requests.map(({ url }) => new URL(url).search)
  expect(asked).toEqual([`?${param}=${size}`, `?${param}=${size}`, `?${param}=1`])
})
