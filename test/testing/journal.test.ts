import { expect, it } from 'vitest'
import { Connector, apiKey, bearer, type VendorProfile } from 'hawser'
import { mockVendor, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'tracker',
    baseUrl: 'https://tracker.test',
    idempotency: { header: 'Idempotency-Key' },
  }
}
const start = (): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond: () => Response.json({}) }, { front: 'memory' })
const clientOf = (vendor: MockVendor): Tracker['http'] =>
  new Tracker({ auth: bearer('s3cret-token'), ...vendor.options }).http

it('notes what was sent, and reads it when asked', async () => {
  using vendor = start()
  const http = clientOf(vendor)
  await http.post('/tickets', { json: { subject: 'x' }, query: { draft: true } })
  await http.put('/form', { form: { a: '1', b: ['2', '3'] } })
  await http.put('/bytes', { body: new Uint8Array([1, 2, 255]) })
  const [json, form, bytes] = vendor.requests
  expect(json).toMatchObject({
    method: 'POST',
    path: '/tickets',
    body: '{"subject":"x"}',
    json: { subject: 'x' },
    at: Date.UTC(2030, 0, 1),
    outcome: 200,
  })
  expect(json?.query.get('draft')).toBe('true')
  expect(form?.form.getAll('b')).toEqual(['2', '3'])
  expect([form?.json, bytes?.bytes]).toEqual([undefined, Buffer.from([1, 2, 255])])
})

it('gives the requests to a route', async () => {
  using vendor = start()
  const http = clientOf(vendor)
  await http.get('/tickets/1')
  await http.get('/tickets/a%2Fb')
  await http.get('/tickets/1/comments')
  await http.delete('/tickets/1')
  const to = (route: string): number => vendor.journal.to(route).length
  expect([to('GET /tickets/{id}'), to('* /tickets/{id}'), to('GET /tickets/{rest*}'), to('POST /x')]).toEqual([
    2, 3, 3, 0,
  ])
  expect(() => to('tickets')).toThrow('`tickets` is no route')
})

it('shows a difference line by line, and nothing where there is none', async () => {
  using vendor = start()
  const http = clientOf(vendor)
  await http.get('/user')
  await http.post('/tickets')
  await http.get('/tickets', { query: { page: 2, state: 'open' } })
  vendor.journal.expect(['GET /user', 'POST /tickets', 'GET /tickets'])
  vendor.journal.expect(['GET /{any}', 'POST /tickets', 'GET /tickets?page=2'])
  expect(() =>
    vendor.journal.expect(['GET /user', 'GET /tickets?page=1', 'GET /tickets?page=2', 'DELETE /tickets']),
  ).toThrow(
    [
      'The requests are not those that were expected (-), but others (+):',
      '    GET /user',
      '  - GET /tickets?page=1',
      '  + POST /tickets',
      '    GET /tickets?page=2&state=open',
      '  - DELETE /tickets',
    ].join('\n'),
  )
  expect(() => vendor.journal.expect([])).toThrow('  + GET /user\n  + POST /tickets')
})

it('knows which keys were sent again, and which for something else', async () => {
  using vendor = start()
  const http = clientOf(vendor)
  vendor.reset()
  await http.post('/tickets', { json: { subject: 'once' } })
  await http.post('/tickets', { json: { subject: 'a' }, idempotencyKey: 'mine' })
  await http.post('/tickets', { json: { subject: 'b' }, idempotencyKey: 'mine' })
  const counts = [...vendor.journal.keys()].map(([, sent]) => sent.length)
  expect([counts, vendor.journal.misusedKeys()]).toEqual([[2, 2], ['mine']])
  expect(vendor.journal.keys('x-other').size).toBe(0)
})

it('finds secrets in URLs, and does not repeat them', async () => {
  using vendor = start()
  const http = clientOf(vendor)
  await http.get('/100%25%zz')
  await http.get('/fine', { query: { page: 1, keyword: 'tokens', monkey: 1 } })
  expect(vendor.journal.secretsInUrls()).toEqual([])
  await http.get('/a', { query: { access_token: 'x', 'api-key': 'y' } })
  await http.get('/b/s3cret-token')
  await http.get('/c', { query: { state: 'eyJhbGciOi.eyJzdWIiOi.c2ln' } })
  expect(vendor.journal.secretsInUrls()).toEqual([
    'GET /a: the query has `access_token`',
    'GET /a: the query has `api-key`',
    'GET /b/s3cret-token: the URL repeats the credential',
    'GET /c: the URL has a JSON web token',
  ])
})

it('finds a credential of any header where a URL repeats it', async () => {
  using vendor = start()
  const auth = apiKey({ header: 'x-vendor-access-token', key: 'k3y/of/a+shop' })
  const { http } = new Tracker({ auth, ...vendor.options })
  await http.get('/a', { query: { page: 'x-vendor' } })
  await http.get('/b', { query: { t: 'k3y/of/a+shop' } })
  expect(vendor.journal.secretsInUrls()).toEqual(['GET /b: the URL repeats the credential'])
})
