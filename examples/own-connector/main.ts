// A whole connector: facts about the vendor, types, methods.
import { Connector, apiKey, cursor, path, type Call, type Pages, type VendorProfile } from 'hawser'
import { mockVendor } from 'hawser/testing'

interface Ticket {
  readonly id: string
  readonly title: string
}

const tracker: VendorProfile = {
  name: 'tracker',
  baseUrl: 'https://api.tracker.example',
  version: { header: 'tracker-version', value: '2030-01-01' },
  idempotency: { header: 'Idempotency-Key' },
  errors: { message: (body) => body?.error?.message, code: (body) => body?.error?.code },
}

class Tracker extends Connector {
  static override readonly profile: VendorProfile = tracker

  readonly tickets = {
    get: (id: string): Call<Ticket> => this.http.get<Ticket>(path`/v1/tickets/${{ id }}`),
    list: (query: { readonly state?: 'open' | 'done' } = {}): Pages<Ticket> =>
      this.http.paginate<Ticket>('/v1/tickets', {
        query,
        page: cursor({ param: 'after', items: 'results', next: 'next' }),
      }),
    create: (ticket: { readonly title: string }): Call<Ticket> =>
      this.http.post<Ticket>('/v1/tickets', { json: ticket }),
  }
}

// A vendor to try it on; in a program of yours this is the real one.
using vendor = mockVendor({
  origin: 'https://api.tracker.example',
  respond: (request) => {
    if (request.method === 'POST') return Response.json({ id: 't-3', title: 'Splice the hawser' }, { status: 201 })
    const second = new URL(request.url).searchParams.has('after')
    return Response.json(
      second
        ? { results: [{ id: 't-2', title: 'Paint the hull' }], next: null }
        : { results: [{ id: 't-1', title: 'Mend the sail' }], next: 'c1' },
    )
  },
})

const client = new Tracker({ auth: apiKey({ header: 'x-api-key', key: 'a-key' }), ...vendor.options })
for await (const ticket of client.tickets.list({ state: 'open' })) console.log(ticket.id, ticket.title)
vendor.fail(503, { headers: { 'retry-after': '2' } })
const { id } = await client.tickets.create({ title: 'Splice the hawser' })
console.log(
  'created',
  id,
  'with one key on',
  vendor.requests.filter(({ method }) => method === 'POST').length,
  'attempts',
)
console.log(
  client
    .describe()
    .policies.map(({ name }) => name)
    .join(' → '),
)
