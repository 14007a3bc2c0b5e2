import { cursorPages, defineSimulator, xRateLimitHeaders, type Simulator } from 'hawser/testing'
import { acmeProfile, acmeWebhooks, type Item } from '../src/index.ts'

/** Simulates Acme: what its profile does not say. Each call makes a vendor with records of its own. */
export const acmeSimulator: () => Simulator = defineSimulator<{ readonly items: Item }>({
  profile: acmeProfile,
  collections: {
    items: {
      path: '/items',
      id: 'id',
      seed: ['i1', 'i2', 'i3'].map((id) => ({ id, name: `The item ${id}` })),
      pages: cursorPages({ items: 'items', param: 'cursor', next: 'next_cursor' }),
      create: ({ name }, { sequence }) =>
        typeof name === 'string'
          ? { id: `new-${sequence}`, name }
          : { failure: { status: 422, code: 'name_missing', message: 'An item has a name.' } },
    },
  },
  routes: { 'GET /account': () => ({ json: { id: 'a1' } }) },
  errors: ({ message, code }) => ({ error: { message, code } }),
  quota: { tell: xRateLimitHeaders({ reset: 'delta-seconds' }) },
  webhooks: acmeWebhooks,
})
