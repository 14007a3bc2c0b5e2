import { expect, it } from 'vitest'
import {
  Connector,
  bearer,
  cursor,
  link,
  offset,
  page,
  path,
  type Pages,
  type Pagination,
  type VendorProfile,
} from 'hawser'
import {
  cursorPages,
  defineSimulator,
  lastIdPages,
  linkPages,
  mockVendor,
  numberPages,
  offsetPages,
  refuse,
  type MockVendor,
  type SimulatedPages,
  type SimulatorDefinition,
  type VendorSimulator,
} from 'hawser/testing'

interface Ticket {
  readonly id: string
  readonly subject: string
  readonly state: 'open' | 'done'
  readonly created: number
}
interface Records {
  readonly tickets: Ticket
}

const tracker: VendorProfile = {
  name: 'tracker',
  baseUrl: 'https://api.tracker.test/v1',
  version: { header: 'tracker-version', value: '2030-01-01' },
  idempotency: { header: 'Idempotency-Key' },
  errors: { message: (body) => body?.error?.message, code: (body) => body?.error?.code, requestId: 'tracker-request' },
}

class Tracker extends Connector {
  static override readonly profile: VendorProfile = tracker
  readonly tickets = {
    list: (pagination: Pagination, query = {}): Pages<Ticket> =>
      this.http.paginate<Ticket>('/projects/p/tickets', { query: { limit: 3, ...query }, page: pagination }),
    get: (id: string) => this.http.get<Ticket>(path`/projects/p/tickets/${{ id }}`),
    create: (json: object, idempotencyKey?: string) =>
      this.http.post<Ticket>('/projects/p/tickets', { json, ...(idempotencyKey !== undefined && { idempotencyKey }) }),
    update: (id: string, json: object) => this.http.patch<Ticket>(path`/projects/p/tickets/${{ id }}`, { json }),
    delete: (id: string) => this.http.delete(path`/projects/p/tickets/${{ id }}`),
    close: (id: string) => this.http.post<Ticket>(path`/projects/p/tickets/${{ id }}/close`),
  }
}

const definition = (
  over: Partial<SimulatorDefinition<Records>> = {},
  pages: SimulatedPages = linkPages({ sizeParam: 'limit' }),
) =>
  ({
    profile: tracker,
    collections: {
      tickets: {
        path: '/projects/{project}/tickets',
        id: 'id',
        pages,
        listed: ({ state }, query) => (query.get('state') ?? state) === state,
        create: ({ subject }, { now, sequence }) =>
          typeof subject === 'string'
            ? { id: `t${sequence}`, subject, state: 'open', created: now }
            : { failure: { status: 422, message: 'A subject is needed.', code: 'missing' } },
      },
    },
    routes: {
      'POST /projects/{project}/tickets/{id}/close': ({
        params: { id = '', ...parents },
        collections: { tickets },
      }) => {
        const ticket = tickets.get(id)
        if (!ticket) return refuse(404, 'No such ticket.', 'missing')
        return { json: tickets.replace(id, { ...ticket, state: 'done' }, { project: parents['project'] ?? '' }) }
      },
    },
    errors: ({ message, code }) => ({ error: { message, code } }),
    ...over,
  }) satisfies SimulatorDefinition<Records>

const start = (over: Partial<SimulatorDefinition<Records>> = {}, pages?: SimulatedPages) => {
  const simulator = defineSimulator<Records>(definition(over, pages))()
  const vendor = mockVendor(simulator, { front: 'memory' })
  return { simulator, vendor, tickets: clientOf(vendor).tickets }
}
const clientOf = (vendor: MockVendor, over: object = {}): Tracker =>
  new Tracker({ auth: bearer('t0ken'), ...vendor.options, ...over })

it('creates, reads, lists, changes and deletes, and keeps what it was told', async () => {
  const { simulator, vendor, tickets } = start()
  const { id, created } = await tickets.create({ subject: 'It leaks' })
  expect([id, created]).toEqual(['t1', vendor.clock.now])
  expect(await tickets.get(id)).toMatchObject({ subject: 'It leaks', state: 'open' })
  expect(await tickets.update(id, { subject: 'It floods' })).toMatchObject({ id, subject: 'It floods' })
  expect(await tickets.close(id)).toMatchObject({ state: 'done' })
  expect(await tickets.list(link(), { state: 'open' }).toArray({ limit: 9 })).toEqual([])
  expect(simulator.collections.tickets.all({ project: 'p' })).toHaveLength(1)
  expect(simulator.collections.tickets.all({ project: 'other' })).toEqual([])
  await tickets.delete(id)
  await expect(tickets.get(id)).rejects.toMatchObject({ status: 404, vendorCode: 'not_found', requestId: 'request-7' })
  await expect(tickets.close(id)).rejects.toMatchObject({ status: 404, vendorCode: 'missing' })
})

it('refuses in the vendor’s own form, as the profile reads it', async () => {
  const { tickets } = start()
  await expect(tickets.create({})).rejects.toMatchObject({ status: 422, vendorCode: 'missing' })
  await expect(tickets.create({})).rejects.toThrow('A subject is needed.')
})

it('keeps the records of each simulator apart, and begins with the seed', () => {
  const seed = [{ id: 's', subject: 'seeded', state: 'open', created: 0 }] as const
  const make = defineSimulator<Records>({
    ...definition(),
    collections: { tickets: { ...definition().collections.tickets, seed } },
  })
  const [one, two] = [make(), make()]
  one.collections.tickets.remove('s')
  expect([one, two].map(({ collections }) => collections.tickets.all().length)).toEqual([0, 1])
})

/** Starts after the last id, which no strategy of the client's does by itself. */
const lastId: Pagination = {
  read({ body }) {
    const { data, has_more } = body as { data: readonly Ticket[]; has_more: boolean }
    const last = data.at(-1)
    return { items: data, next: has_more && last ? { query: { after: last.id } } : undefined }
  },
}

it.each<readonly [string, SimulatedPages, Pagination]>([
  ['links', linkPages({ sizeParam: 'limit' }), link()],
  ['links, with the items inside', linkPages({ sizeParam: 'limit', items: 'a.b' }), link({ items: 'a.b' })],
  [
    'numbers',
    numberPages({ items: 'results', last: 'pages', total: 'count' }),
    page({ items: 'results', last: 'pages' }),
  ],
  ['numbers from 0', numberPages({ items: 'results', firstPage: 0 }), page({ items: 'results', firstPage: 0 })],
  ['offsets', offsetPages({ items: 'results', total: 'total' }), offset({ items: 'results', total: 'total' })],
  [
    'cursors',
    cursorPages({ items: 'results', param: 'cursor', next: 'meta.next' }),
    cursor({ items: 'results', param: 'cursor', next: 'meta.next' }),
  ],
  ['the last id', lastIdPages({ items: 'data', param: 'after', more: 'has_more' }), lastId],
])('pages by %s as a client walks', async (_, pages, pagination) => {
  const { simulator, vendor, tickets } = start({}, pages)
  const ids = Array.from({ length: 7 }, (_each, at) => `t${at}`)
  for (const id of ids) {
    simulator.collections.tickets.insert({ id, subject: id, state: 'open', created: 0 }, { project: 'p' })
  }
  const seen = await tickets.list(pagination).toArray({ limit: 100 })
  expect(seen.map(({ id }) => id)).toEqual(ids)
  // A client that is told neither the number of pages nor the end finds the end by an empty page.
  expect(vendor.requests.length).toBeLessThanOrEqual(4)
})

it('refuses a cursor that it did not give', async () => {
  const pages = cursorPages({ items: 'results', param: 'cursor', next: 'next' })
  const { vendor } = start({}, pages)
  const { http } = clientOf(vendor)
  await expect(http.get('/projects/p/tickets', { query: { cursor: 'made-up' } })).rejects.toMatchObject({
    status: 400,
    vendorCode: 'invalid_cursor',
  })
})

it('gives a repeated write the same answer, and refuses its key for another', async () => {
  const { simulator, vendor, tickets } = start({ idempotency: { replayed: ['idempotent-replayed', 'true'] } })
  const first = await tickets.create({ subject: 'once' }, 'key-1')
  const { data, response } = await tickets.create({ subject: 'once' }, 'key-1').withResponse()
  expect([data, response.headers['idempotent-replayed']]).toEqual([first, 'true'])
  await expect(tickets.create({ subject: 'twice' }, 'key-1')).rejects.toMatchObject({
    status: 422,
    vendorCode: 'idempotency_key_reused',
  })
  expect(simulator.collections.tickets.all()).toHaveLength(1)
  expect(vendor.journal.misusedKeys()).toEqual(['key-1'])
  vendor.clock.advance(25 * 3_600_000)
  expect((await tickets.create({ subject: 'once' }, 'key-1')).id).not.toBe(first.id)
})

it('does a write once whose answer was lost, because the client keeps the key', async () => {
  const { simulator, vendor, tickets } = start()
  vendor.fault({ kind: 'reset', processed: true })
  vendor.fault({ kind: 'truncated' })
  await tickets.create({ subject: 'once' })
  expect(vendor.requests).toHaveLength(3)
  expect(simulator.collections.tickets.all()).toHaveLength(1)
  expect([...vendor.journal.keys().values()].map((requests) => requests.length)).toEqual([3])
})

it('answers 409 to a key whose write is under way', async () => {
  let finish = (): void => {}
  const { tickets } = start({
    routes: {
      'POST /projects/{project}/tickets': async () => {
        await new Promise<void>((resolve) => (finish = resolve))
        return { json: { id: 'slow' } }
      },
    },
  })
  const first = tickets.create({ subject: 'x' }, 'key')
  first.catch(() => {})
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  await expect(tickets.create({ subject: 'x' }, 'key')).rejects.toMatchObject({ status: 409 })
  finish()
  expect(await first).toEqual({ id: 'slow' })
})

it('knows the profile’s version and no other', async () => {
  const { vendor, tickets } = start({ versions: ['2029-01-01'] })
  await tickets.create({ subject: 'x' })
  expect(vendor.requests[0]?.headers['tracker-version']).toBe('2030-01-01')
  const of = (version: string): Tracker => clientOf(vendor, { headers: { 'tracker-version': version } })
  await of('2029-01-01').tickets.create({ subject: 'x' })
  await expect(of('1999-01-01').tickets.create({ subject: 'x' })).rejects.toMatchObject({
    status: 400,
    vendorCode: 'unknown_version',
  })
})

it('asks for a credential where the definition does', async () => {
  const { vendor, tickets } = start({
    authorize: ({ headers }) =>
      headers['authorization'] === 'Bearer t0ken' ? undefined : refuse(401, 'Who are you?', 'auth'),
  })
  await tickets.create({ subject: 'x' })
  await expect(clientOf(vendor, { auth: bearer('another') }).tickets.get('t1')).rejects.toMatchObject({ status: 401 })
})

it('takes limits, costs and the number of calls at once from the profile, and refuses in the vendor’s form', async () => {
  const limits = [{ name: 'writes', limit: 2, windowMs: 60_000, kind: 'fixed' as const }]
  const simulator = defineSimulator<Records>({
    ...definition(),
    profile: { ...tracker, quota: { limits }, maxConcurrent: 5 },
  })()
  expect(simulator.quota).toMatchObject({ limits, maxConcurrent: 5 })
  using vendor = mockVendor(simulator, { front: 'memory' })
  const { tickets } = clientOf(vendor, { throttle: false, retry: false })
  await tickets.create({ subject: 'x' })
  await tickets.create({ subject: 'x' })
  await expect(tickets.create({ subject: 'x' })).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    vendorCode: 'rate_limited',
    retryAfterMs: 60_000,
  })
  expect(defineSimulator<Records>(definition())({ quota: false }).quota).toBeUndefined()
})

it('reads forms, and refuses a body that is no JSON', async () => {
  const { vendor, tickets } = start()
  const { http } = clientOf(vendor)
  await http.post('/projects/p/tickets', { form: { subject: 'by form' } })
  expect(await tickets.get('t1')).toMatchObject({ subject: 'by form' })
  expect(vendor.requests[0]?.form.get('subject')).toBe('by form')
  const broken = { body: '{', headers: { 'content-type': 'application/json' } }
  await expect(http.post('/projects/p/tickets', broken)).rejects.toMatchObject({ status: 400 })
})

it('tells its routes to the error about a request that fits none', async () => {
  const { vendor } = start()
  await expect(clientOf(vendor).http.get('/projects/p/ticket')).rejects.toThrow(
    'nearest route: GET /v1/projects/{project}/tickets\n    `tickets`, and not `ticket`',
  )
})

it.each<readonly [string, () => VendorSimulator<Records>, string]>([
  [
    'errors that the profile reads otherwise',
    () => defineSimulator<Records>(definition({ errors: ({ message }) => ({ message }) }))(),
    "The profile's `errors.message` reads undefined",
  ],
  [
    'a route that is none',
    () => defineSimulator<Records>(definition({ routes: { '/x': () => ({ json: 1 }) } }))(),
    '`/x` is no route',
  ],
  [
    'a list without pages',
    () =>
      defineSimulator<Records>({
        profile: tracker,
        errors: definition().errors,
        collections: { tickets: { path: '/t', id: 'id', offers: ['list'] } },
      })(),
    'cannot offer `list` without `pages`',
  ],
])('refuses a definition with %s', (_, make, message) => {
  expect(make).toThrow(message)
})
