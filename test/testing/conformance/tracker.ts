// A sound connector of a third party's, and its vendor; each mutant beside it changes one thing.
import { Connector, cursor, path, proven, xRateLimit, type Call, type Pages, type VendorProfile } from 'hawser'
import { cursorPages, defineSimulator, xRateLimitHeaders, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

export interface Ticket {
  readonly id: string
  readonly title: string
}

export const tracker: VendorProfile = {
  name: 'tracker',
  baseUrl: 'https://api.tracker.test/v1',
  version: { header: 'tracker-version', value: '2030-01-01' },
  idempotency: { header: 'Idempotency-Key' },
  redirectElsewhere: 'anonymous',
  probe: { route: 'GET /tickets/a', identity: 'id' },
  quota: {
    limits: [{ name: 'minute', limit: 60, windowMs: 60_000 }],
    reader: proven(xRateLimit({ reset: 'epoch-seconds', window: 'minute', windowMs: { minute: 60_000 } }), {
      headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-remaining': '59', 'x-ratelimit-reset': '1893456060' },
      reads: {
        windows: [
          {
            name: 'minute',
            limit: 60,
            remaining: 59,
            resetsAtVendor: 1_893_456_060_000,
            precisionMs: 1000,
            windowMs: 60_000,
          },
        ],
      },
    }),
  },
  errors: { message: (body) => body?.error?.message, requestId: 'tracker-request' },
}

export class Tracker extends Connector {
  static override readonly profile: VendorProfile = tracker
  readonly tickets = {
    get: (id: string): Call<Ticket> => this.http.get<Ticket>(path`/tickets/${{ id }}`),
    list: (): Pages<Ticket> =>
      this.http.paginate<Ticket>('/tickets', {
        query: { limit: 2 },
        page: cursor({ param: 'after', items: 'results', next: 'next' }),
      }),
    create: (json: { readonly title: string }): Call<Ticket> => this.http.post<Ticket>('/tickets', { json }),
  }
}

const makeVendor = defineSimulator<{ tickets: Ticket }>({
  profile: tracker,
  collections: {
    tickets: {
      path: '/tickets',
      id: 'id',
      seed: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, title: `Ticket ${id}` })),
      pages: cursorPages({ items: 'results', param: 'after', next: 'next' }),
      create: ({ title }, { sequence }) => ({ id: `new-${sequence}`, title: String(title) }),
    },
  },
  errors: ({ message }) => ({ error: { message } }),
  quota: { tell: xRateLimitHeaders({ reset: 'epoch-seconds' }) },
  webhooks: sources.stripe,
})

export const plan: ConformancePlan<Tracker> = {
  simulator: () => makeVendor(),
  read: (client) => client.tickets.get('a'),
  write: (client) => client.tickets.create({ title: 'Mend the sail' }),
  list: (client) => client.tickets.list(),
  webhooks: {
    receiver: ({ secrets, now }) => receiver(sources.stripe, { secrets, now }),
    event: { event: 'ticket.opened', payload: { id: 'evt_1', data: { title: 'Mend the sail' } } },
  },
}
