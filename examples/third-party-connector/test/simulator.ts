import { cursorPages, defineSimulator, xRateLimitHeaders, type Simulator } from 'hawser/testing'
import { ferryProfile, ferryWebhooks, type Booking, type Sailing } from '../src/index.ts'

interface Records {
  readonly sailings: Sailing
  readonly bookings: Booking
}

/** Simulates the vendor: what its profile does not say. Each call makes a vendor with records of its own. */
export const ferrySimulator: () => Simulator = defineSimulator<Records>({
  profile: ferryProfile,
  collections: {
    sailings: {
      path: '/sailings',
      id: 'id',
      seed: ['s1', 's2', 's3'].map((id) => ({ id, from: 'Harwich', to: 'Hook of Holland' })),
      pages: cursorPages({ items: 'sailings', param: 'cursor', next: 'next_cursor' }),
    },
    bookings: {
      path: '/bookings',
      id: 'id',
      create: ({ sailing, cars }, { sequence }) => ({
        id: `b${sequence}`,
        sailing: String(sailing),
        cars: Number(cars),
      }),
    },
  },
  routes: { 'GET /ports': () => ({ json: { home: 'Harwich' } }) },
  errors: ({ message, code }) => ({ error: { text: message, code } }),
  quota: { tell: xRateLimitHeaders({ reset: 'delta-seconds' }) },
  webhooks: ferryWebhooks,
})
