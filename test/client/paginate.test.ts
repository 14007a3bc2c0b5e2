import { expect, it } from 'vitest'
import {
  anonymous,
  Connector,
  cursor,
  graphqlConnection,
  lastId,
  link,
  nextUrl,
  offset,
  page,
  PaginationError,
  type Pages,
  type Pagination,
  type VendorProfile,
} from 'hawser'
import { mockVendor, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = { name: 'tracker', baseUrl: 'https://tracker.test' }
}

/** A vendor whose pages are given by the address asked for. */
function listing(
  pages: (url: URL) => { body: unknown; headers?: Record<string, string>; status?: number },
): MockVendor {
  return mockVendor({
    origin: 'https://tracker.test',
    respond: (request) => {
      const { body, headers, status = 200 } = pages(new URL(request.url))
      return Response.json(body, { status, ...(headers && { headers }) })
    },
  })
}

const list = (vendor: MockVendor, strategy: Pagination, more: object = {}): Pages<unknown> =>
  new Tracker({ auth: anonymous(), retry: false, ...vendor.options }).http.paginate('/items', {
    page: strategy,
    ...more,
  })
const all = (pages: Pages<unknown>): Promise<unknown[]> => pages.toArray({ limit: 1_000 })
const asked = (vendor: MockVendor): string[] =>
  vendor.requests.map(({ url }) => url.replace('https://tracker.test', ''))

it('pages by cursor until it is empty, null or missing', async () => {
  for (const last of ['', null, undefined]) {
    using vendor = listing((url) =>
      url.searchParams.get('after') === 'c1'
        ? { body: { data: { items: [3] }, next: last } }
        : { body: { data: { items: [1, 2] }, next: 'c1' } },
    )
    expect(
      await all(list(vendor, cursor({ param: 'after', items: 'data.items', next: 'next' }), { query: { open: true } })),
    ).toEqual([1, 2, 3])
    expect(asked(vendor)).toEqual(['/items?open=true', '/items?open=true&after=c1'])
  }
})

it('takes numbers beyond those of JSON in the query of a listing', async () => {
  using vendor = listing((url) =>
    url.searchParams.has('after') ? { body: { items: [2] } } : { body: { items: [1], next: 'c1' } },
  )
  const pages = list(vendor, cursor({ param: 'after', items: 'items', next: 'next' }), { query: { since: 2n ** 60n } })
  expect(await all(pages)).toEqual([1, 2])
  expect(asked(vendor)).toEqual(['/items?since=1152921504606846976', '/items?since=1152921504606846976&after=c1'])
})

it('pages by link, to relative addresses of its own origin too', async () => {
  using vendor = listing((url) =>
    url.searchParams.has('page')
      ? { body: [3] }
      : { body: [1, 2], headers: { link: '<https://tracker.test/moved/items?page=2>; rel="next"' } },
  )
  expect(await all(list(vendor, link(), { query: { per_page: 2 } }))).toEqual([1, 2, 3])
  expect(asked(vendor)).toEqual(['/items?per_page=2', '/moved/items?page=2'])
})

it('pages by the id of the last item, until the page says that there is no more', async () => {
  const answer = (url: URL): { body: unknown } => {
    const from = Number(url.searchParams.get('after') ?? 0)
    return { body: { data: [{ id: from + 1 }, { id: from + 2 }], has_more: from < 2 } }
  }
  using vendor = listing(answer)
  const strategy = lastId({ param: 'after', items: 'data', more: 'has_more' })
  expect(await all(list(vendor, strategy, { query: { limit: 2 } }))).toEqual([1, 2, 3, 4].map((id) => ({ id })))
  expect(asked(vendor)).toEqual(['/items?limit=2', '/items?limit=2&after=2'])
})

it('pages by the id of the last item until a page is empty, where nothing says whether there is more', async () => {
  using vendor = listing((url) => ({
    body: url.searchParams.has('after') ? [] : [{ node: { key: 'k1' } }],
  }))
  const strategy = lastId({ param: 'after', items: '', id: 'node.key' })
  expect(await all(list(vendor, strategy))).toHaveLength(1)
  expect(asked(vendor)).toEqual(['/items', '/items?after=k1'])
})

it('does not take a listing for whole that says there is more and has no cursor', async () => {
  for (const next of ['', null, undefined]) {
    using vendor = listing(() => ({ body: { data: [1], more: true, next } }))
    const strategy = cursor({ param: 'after', items: 'data', next: 'next', more: 'more' })
    await expect(all(list(vendor, strategy))).rejects.toBeInstanceOf(PaginationError)
  }
})

it('does not take a listing for whole that says there is more and not where', async () => {
  for (const data of [[], [{ name: 'no id' }], 'no list']) {
    using vendor = listing(() => ({ body: { data, has_more: true } }))
    const strategy = lastId({ param: 'after', items: 'data', more: 'has_more' })
    await expect(all(list(vendor, strategy))).rejects.toThrow(PaginationError)
  }
})

it('pages by a URL in the body', async () => {
  using vendor = listing((url) => ({
    body: url.searchParams.has('p')
      ? { items: [2], next: null }
      : { items: [1], next: 'https://tracker.test/items?p=2' },
  }))
  expect(await all(list(vendor, nextUrl({ items: 'items', next: 'next' })))).toEqual([1, 2])
})

it('pages by offset: a short page is not the end, an empty one or the total is', async () => {
  const data = [1, 2, 3, 4, 5]
  const answer = (url: URL): { body: unknown } => {
    const from = Number(url.searchParams.get('offset') ?? 0)
    return { body: { items: data.slice(from, from + 2), total: 5 } }
  }
  using vendor = listing(answer)
  expect(await all(list(vendor, offset({ items: 'items' }), { query: { limit: 100 } }))).toEqual(data)
  expect(vendor.requests).toHaveLength(4)
  using counted = listing(answer)
  expect(await all(list(counted, offset({ items: 'items', total: 'total' })))).toEqual(data)
  expect(counted.requests).toHaveLength(3)
})

it('pages by number until a page is empty or the last one is reached', async () => {
  const answer = (url: URL): { body: unknown } => ({
    body: { items: url.searchParams.get('page') === '3' ? [] : [Number(url.searchParams.get('page'))], pages: 2 },
  })
  using vendor = listing(answer)
  expect(await all(list(vendor, page({ items: 'items' })))).toEqual([1, 2])
  expect(vendor.requests).toHaveLength(3)
  using told = listing(answer)
  expect(await all(list(told, page({ items: 'items', last: 'pages' })))).toEqual([1, 2])
  expect(told.requests).toHaveLength(2)
})

it('asks for no page that nobody reads', async () => {
  using vendor = listing((url) => ({
    body: { items: [1, 2, 3], next: `c${Number(url.searchParams.get('after')?.slice(1) ?? 0) + 1}` },
  }))
  const pages = list(vendor, cursor({ param: 'after', items: 'items', next: 'next' }))
  expect(vendor.requests).toHaveLength(0)
  for await (const item of pages) if (item === 3) break
  expect(vendor.requests).toHaveLength(1)
  expect(await pages.toArray({ limit: 4 })).toEqual([1, 2, 3, 1])
  expect(vendor.requests).toHaveLength(3)
})

it('goes on after pages without an item, and gives up on a listing that never ends', async () => {
  using vendor = listing((url) => ({
    body: { items: url.searchParams.has('after') ? [1] : [], next: url.searchParams.has('after') ? null : 'c1' },
  }))
  expect(await all(list(vendor, cursor({ param: 'after', items: 'items', next: 'next' })))).toEqual([1])
  let count = 0
  using endless = listing(() => ({ body: { items: [], next: `c${++count}` } }))
  await expect(
    all(list(endless, cursor({ param: 'after', items: 'items', next: 'next' }), { maxEmptyPages: 3 })),
  ).rejects.toThrow(PaginationError)
  expect(endless.requests).toHaveLength(4)
})

it('stops at a cursor that repeats itself, after giving out what it had read', async () => {
  using vendor = listing(() => ({ body: { items: [1], next: 'same' } }))
  const seen: unknown[] = []
  const read = async (): Promise<void> => {
    for await (const item of list(vendor, cursor({ param: 'after', items: 'items', next: 'next' }))) seen.push(item)
  }
  await expect(read()).rejects.toThrow('leads back to a page')
  expect(seen).toEqual([1, 1])
})

it('does not follow a next page to another origin', async () => {
  using vendor = listing(() => ({ body: { items: [1], next: 'https://evil.test/items' } }))
  await expect(all(list(vendor, nextUrl({ items: 'items', next: 'next' })))).rejects.toThrow(PaginationError)
  expect(vendor.requests).toHaveLength(1)
})

it('asks for the same page again when next() is called after a failure', async () => {
  let failing = true
  using vendor = listing((url) => {
    if (!url.searchParams.has('after')) return { body: { items: [1], next: 'c1' } }
    return failing ? { body: {}, status: 500 } : { body: { items: [2], next: null } }
  })
  const items = list(vendor, cursor({ param: 'after', items: 'items', next: 'next' }))[Symbol.asyncIterator]()
  expect((await items.next()).value).toBe(1)
  await expect(items.next()).rejects.toMatchObject({ status: 500 })
  failing = false
  expect((await items.next()).value).toBe(2)
  expect((await items.next()).done).toBe(true)
})

it('goes on from where another process stopped', async () => {
  using vendor = listing((url) => ({
    body: { items: [url.searchParams.get('after') ?? 'first'], next: url.searchParams.has('after') ? null : 'c1' },
  }))
  const strategy = cursor({ param: 'after', items: 'items', next: 'next' })
  const { value } = await list(vendor, strategy).pages().next()
  expect([value?.items, value?.response.status]).toEqual([['first'], 200])
  expect(await all(list(vendor, strategy, { from: value?.next }))).toEqual(['c1'])
  await expect(all(list(vendor, strategy, { from: 'made up' }))).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

it('leaves the caller’s options as they were, and asks for a limit before filling the memory', async () => {
  using vendor = listing(() => ({ body: { items: [1], next: null } }))
  const options = Object.freeze({ query: Object.freeze({ open: true }), headers: Object.freeze({ 'x-mine': '1' }) })
  expect(await all(list(vendor, cursor({ param: 'after', items: 'items', next: 'next' }), options))).toEqual([1])
  await expect(list(vendor, link()).toArray({} as never)).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
})

it('checks items by a schema and names the place that does not fit, not the value', async () => {
  using vendor = listing(() => ({ body: [{ id: 1 }, { id: 'canary' }] }))
  const schema = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) =>
        typeof (value as { id: unknown }).id === 'number'
          ? { value }
          : { issues: [{ path: ['id'], message: 'got canary' }] },
    },
  }
  await expect(all(list(vendor, link(), { schema }))).rejects.toMatchObject({
    code: 'DECODE',
    message: expect.stringMatching(/^(?!.*canary).*at id/),
  })
})

it('reads a listing by POST where it has a body, with the cursor in its place, and sends a page again after a failure', async () => {
  using vendor = mockVendor({
    origin: 'https://tracker.test',
    async respond(request) {
      const { find }: { find: { after?: string } } = JSON.parse(await request.text())
      const last = find.after === 'c1'
      return Response.json({ items: [last ? 2 : 1], next: last ? 'c2' : 'c1', more: !last })
    },
  })
  const tracker = new Tracker({ auth: anonymous(), ...vendor.options })
  const page = cursor({ param: 'after', items: 'items', next: 'next', more: 'more', into: 'find' })
  const json = { find: { open: true }, of: 'all' }
  const found = (from?: string): Pages<number> =>
    tracker.http.paginate<number>('/search', { json, query: { lang: 'en' }, page, from })
  vendor.fail(502)
  const pages = found().pages()
  const first = await pages.next()
  expect(await pages.next()).toMatchObject({ value: { items: [2] } })
  expect(await pages.next()).toMatchObject({ done: true })
  expect(await found(first.value?.next).toArray({ limit: 5 })).toEqual([2])
  const [, asked, second, resumed] = vendor.requests
  expect([asked?.method, asked?.url]).toEqual(['POST', 'https://tracker.test/search?lang=en'])
  expect(asked?.json).toEqual(json)
  expect(second).toMatchObject({ method: 'POST', url: asked?.url })
  expect(second?.json).toEqual({ find: { open: true, after: 'c1' }, of: 'all' })
  expect(resumed?.json).toEqual(second?.json)
  expect(vendor.requests).toHaveLength(4)
})

it('lays the cursor over the top of the body where the pagination names no place', async () => {
  using vendor = mockVendor({
    origin: 'https://tracker.test',
    async respond(request) {
      const { after }: { after?: string } = JSON.parse(await request.text())
      return Response.json({ items: [after ?? 'first'], next: after === undefined ? 'c1' : '' })
    },
  })
  const tracker = new Tracker({ auth: anonymous(), ...vendor.options })
  const page = cursor({ param: 'after', items: 'items', next: 'next' })
  expect(await tracker.http.paginate('/search', { json: {}, page }).toArray({ limit: 5 })).toEqual(['first', 'c1'])
})

interface Asked {
  readonly query: string
  readonly variables: { readonly first: number; readonly after?: string; readonly at?: string }
}

/** A vendor of GraphQL's with three people in pages of two, as `data` says. */
function people(data: (connection: object) => object, asked: Asked[] = []): MockVendor {
  const names = ['a', 'b', 'c']
  return mockVendor({
    origin: 'https://tracker.test',
    async respond(request) {
      const ask: Asked = JSON.parse(await request.text())
      asked.push(ask)
      const from = names.indexOf(ask.variables.after ?? ask.variables.at ?? '') + 1
      const page = names.slice(from, from + ask.variables.first)
      const edges = page.map((name) => ({ cursor: name, node: { name } }))
      const pageInfo = { hasNextPage: from + page.length < names.length, endCursor: page.at(-1) ?? null }
      return Response.json({ data: data({ nodes: edges.map(({ node }) => node), edges, pageInfo }) })
    },
  })
}
const listed = (vendor: MockVendor, options: Parameters<typeof graphqlConnection>[0]): Pages<unknown> =>
  new Tracker({ auth: anonymous(), retry: false, ...vendor.options }).http.paginate('/graphql', {
    json: { query: 'query ($first: Int!, $after: String) { … }', variables: { first: 2 } },
    page: graphqlConnection(options),
  })

it('pages through a connection of GraphQL’s by the cursor among the variables, to the page that says it is the last', async () => {
  const asked: Asked[] = []
  using vendor = people((connection) => ({ team: { people: connection } }), asked)
  const names = await all(listed(vendor, { root: 'team.people' }))
  expect(names).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
  expect(asked.map(({ variables }) => variables)).toEqual([{ first: 2 }, { first: 2, after: 'b' }])
  expect(new Set(asked.map(({ query }) => query)).size).toBe(1)
})

it('lists the edges of a connection, with its cursor in another variable', async () => {
  const asked: Asked[] = []
  using vendor = people((people) => ({ people }), asked)
  const edges = await all(listed(vendor, { root: 'people', items: 'edges', param: 'at' }))
  expect(edges).toMatchObject([{ node: { name: 'a' } }, { node: { name: 'b' } }, { cursor: 'c' }])
  expect(asked.map(({ variables }) => variables)).toEqual([{ first: 2 }, { first: 2, at: 'b' }])
})

it('lists nothing of a connection that is null, or of what is null around it', async () => {
  using none = people(() => ({ team: null }))
  expect(await all(listed(none, { root: 'team.people' }))).toEqual([])
  using empty = people(() => ({ team: { people: null } }))
  expect(await all(listed(empty, { root: 'team.people' }))).toEqual([])
})

it('says what a query lacks instead of taking its first page for all', async () => {
  using endless = people(({ ...connection }) => ({ team: { people: { ...connection, pageInfo: undefined } } }))
  await expect(all(listed(endless, { root: 'team.people' }))).rejects.toThrow('or `pageInfo { hasNextPage endCursor }`')
  using without = people(({ ...connection }) => ({ team: { people: { ...connection, nodes: undefined } } }))
  await expect(all(listed(without, { root: 'team.people' }))).rejects.toThrow('or in it `nodes`')
  using other = people((connection) => ({ team: { people: connection } }))
  await expect(all(listed(other, { root: 'teams.people' }))).rejects.toThrow('The page lacks `teams.people`')
})
