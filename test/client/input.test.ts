import { expect, it } from 'vitest'
import {
  Connector,
  anonymous,
  cursor,
  isHawserError,
  link,
  nextUrl,
  offset,
  page,
  path,
  type HttpClient,
  type HttpRequest,
  type VendorProfile,
} from 'hawser'
import { response } from '../support/stub.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test/api' }
}
const client = (answer: (r: HttpRequest) => unknown = () => ({})): { http: HttpClient; sent: HttpRequest[] } => {
  const sent: HttpRequest[] = []
  const { http } = new Vendor({
    auth: anonymous(),
    retry: { backoff: () => 0 },
    transport: async (r) => (sent.push(r), response(200, {}, JSON.stringify(answer(r)))),
  })
  return { http, sent }
}
const loop: Record<string, unknown> = {}
loop['self'] = loop
/** What a caller of JavaScript can hand over. */
type Loose = Record<'get' | 'post' | 'text' | 'request', (...given: readonly unknown[]) => unknown> & {
  paginate(...given: readonly unknown[]): { toArray(...given: readonly unknown[]): unknown }
}
const bad: Record<string, (http: Loose) => unknown> = {
  'options null': (h) => h.get('/x', null),
  'target undefined': (h) => h.get(undefined),
  'target URL object': (h) => h.get(new URL('https://vendor.test/x')),
  'text options null': (h) => h.text('/x', null),
  'query text': (h) => h.get('/x', { query: 'a=b' }),
  'query list': (h) => h.get('/x', { query: [['a', 'b']] }),
  'query URLSearchParams': (h) => h.get('/x', { query: new URLSearchParams('a=b') }),
  'query null': (h) => h.get('/x', { query: null }),
  'query circle': (h) => h.get('/x', { query: loop }),
  'query holding a Map': (h) => h.get('/x', { query: { a: new Map([['b', 1]]) } }),
  'headers Headers': (h) => h.get('/x', { headers: new Headers({ a: 'b' }) }),
  'headers text': (h) => h.get('/x', { headers: 'a' }),
  'form URLSearchParams': (h) => h.post('/x', { form: new URLSearchParams('a=b') }),
  'form text': (h) => h.post('/x', { form: 'a=b' }),
  'form null': (h) => h.post('/x', { form: null }),
  'multipart record': (h) => h.post('/x', { multipart: { a: 1 } }),
  'body record': (h) => h.post('/x', { body: { a: 1 } }),
  'body number': (h) => h.post('/x', { body: 5 }),
  'body null': (h) => h.post('/x', { body: null }),
  'body Blob': (h) => h.post('/x', { body: new Blob(['x']) }),
  'idempotent text': (h) => h.post('/x', { idempotent: 'no' }),
  'priority text': (h) => h.get('/x', { priority: 'high' }),
  'method lower case': (h) => h.text('/x', {}, 'get'),
  'method with a blank': (h) => h.text('/x', {}, 'GE T'),
  'schema no schema': (h) => h.get('/x', { schema: {} }),
  'route undefined': (h) => h.request(undefined),
  'route parameters null': (h) => h.request('GET /x', null),
  'paginate no options': (h) => h.paginate('/x').toArray({ limit: 1 }),
  'paginate no strategy': (h) => h.paginate('/x', {}).toArray({ limit: 1 }),
  'paginate maxEmptyPages NaN': (h) => h.paginate('/x', { page: link(), maxEmptyPages: NaN }).toArray({ limit: 1 }),
  'toArray without limit': (h) => h.paginate('/x', { page: link() }).toArray(),
  'path called as a function': (h) => h.get(Reflect.apply(path, undefined, ['/x'])),
}
for (const [name, call] of Object.entries(bad)) {
  it(`typed rejection and nothing sent: ${name}`, async () => {
    const { http, sent } = client(() => [])
    let thrownAtOnce = false
    let error: unknown
    try {
      const running = call(http as never)
      error = await Promise.resolve(running).then(
        () => 'no error',
        (e: unknown) => e,
      )
    } catch (thrown) {
      thrownAtOnce = true
      error = thrown
    }
    expect([
      isHawserError(error) ? error.code : String(error),
      thrownAtOnce,
      sent.map(({ url, body }) => `${url} ${String(body)}`),
    ]).toEqual(['INVALID_REQUEST', false, []])
  })
}
it('request() keeps its parameters where json is undefined', async () => {
  const { http, sent } = client()
  await http.request('POST /x', { title: 'a' }, { json: undefined })
  expect(sent[0]?.body).toBe('{"title":"a"}')
})
it('concurrent next() gives two pages, not one twice', async () => {
  const { http } = client((r) => ({
    items: [new URL(r.url).searchParams.get('c') ?? 'first'],
    next: new URL(r.url).searchParams.get('c') ? null : 'second',
  }))
  const pages = http.paginate<string>('/x', { page: cursor({ param: 'c', items: 'items', next: 'next' }) }).pages()
  const got = await Promise.all([pages.next(), pages.next()])
  expect(got.map(({ value }) => value?.items)).toEqual([['first'], ['second']])
})
it('concurrent next() over items loses and repeats nothing', async () => {
  const { http } = client((r) => ({
    items: [1, 2, 3].map((n) => `${new URL(r.url).searchParams.get('c') ?? 'a'}${n}`),
    next: new URL(r.url).searchParams.get('c') ? null : 'b',
  }))
  const listing = http.paginate<string>('/x', { page: cursor({ param: 'c', items: 'items', next: 'next' }) })
  const items = listing[Symbol.asyncIterator]()
  const got = await Promise.all(Array.from({ length: 6 }, () => items.next()))
  expect(got.map(({ value }) => value)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
})
it('return() while a page is under way ends the listing', async () => {
  const { http, sent } = client(() => ({ items: [1], next: `n${Math.random()}` }))
  const pages = http.paginate('/x', { page: cursor({ param: 'c', items: 'items', next: 'next' }) }).pages()
  const under = pages.next()
  await pages.return?.()
  await under
  expect((await pages.next()).done).toBe(true)
  expect(sent.length).toBeLessThanOrEqual(1)
})
it('toArray takes a page of 300,000 items', async () => {
  const { http } = client(() => Array.from({ length: 300_000 }, (_, i) => i))
  expect(await http.paginate('/x', { page: link() }).toArray({ limit: Infinity })).toHaveLength(300_000)
})
it('follows a next URL that is relative, as Salesforce gives it', async () => {
  const { http, sent } = client((r) => ({ items: [1], next: r.url.includes('two') ? null : '/api/things/two' }))
  expect(
    await http.paginate('/things', { page: nextUrl({ items: 'items', next: 'next' }) }).toArray({ limit: 9 }),
  ).toHaveLength(2)
  expect(sent[1]?.url).toBe('https://vendor.test/api/things/two')
})
it('a page number in the written path is not sent twice', async () => {
  const { http, sent } = client(() => [])
  await http.paginate('/x?page=3', { page: page({ items: '' }) }).toArray({ limit: 1 })
  expect(sent[0]?.url).toBe('https://vendor.test/api/x?page=3')
})
it('offset given as text counts on', async () => {
  const { http, sent } = client((r) => ({ items: r.url.includes('offset=12') ? [] : [1, 2] }))
  await http.paginate('/x', { query: { offset: '10' }, page: offset({ items: 'items' }) }).toArray({ limit: 9 })
  expect(sent.map(({ url }) => url.split('?')[1])).toEqual(['offset=10', 'offset=12'])
})
it('the first page is not read twice where the last one links to it', async () => {
  const first = 'https://vendor.test/api/x'
  const { http, sent } = client((r) => ({ items: [1], next: r.url.includes('p=2') ? first : `${first}?p=2` }))
  await http
    .paginate('/x', { page: nextUrl({ items: 'items', next: 'next' }) })
    .toArray({ limit: 99 })
    .catch(() => {})
  expect(sent).toHaveLength(2)
})
it('what a written query says more than once stays in every page', async () => {
  const { http, sent } = client((r) => ({ items: r.url.includes('offset=2') ? [] : [1, 2] }))
  await http.paginate('/x?tag=a%20b&tag=c&offset=0', { page: offset({ items: 'items' }) }).toArray({ limit: 9 })
  const asked = sent.map(({ url }) => [...new URL(url).searchParams].join(' '))
  expect(asked).toEqual(['tag,a b tag,c offset,0', 'tag,a b tag,c offset,2'])
})
it('one call can do without the client’s deadline', async () => {
  const { http } = client()
  expect(http.build('GET', '/x').deadline).toBeLessThan(Infinity)
  expect(http.build('GET', '/x', { deadlineMs: Infinity }).deadline).toBe(Infinity)
})
