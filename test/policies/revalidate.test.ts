import { expect, it } from 'vitest'
import { Connector, anonymous, revalidate, stack, type VendorProfile } from 'hawser'
import { fakeClock } from 'hawser/testing'
import { loopback } from '../support/loopback.ts'
import { request, response, script } from '../support/stub.ts'

const tagged = (body: string, headers: Record<string, string> = {}) => response(200, { etag: '"1"', ...headers }, body)
const conditionsOf = (sent: readonly { readonly headers: Readonly<Record<string, string>> }[]): unknown[] =>
  sent.map(({ headers }) => headers['if-none-match'])

it('asks for what it has had only if that has changed, and gives that where it has not', async () => {
  const { send: vendor, sent } = script(tagged('one'), response(304, { etag: '"1"', date: 'later' }))
  const send = stack([revalidate()], vendor, fakeClock().runtime)
  const first = await send(request())
  const second = await send(request())
  expect(conditionsOf(sent)).toEqual([undefined, '"1"'])
  expect([second.status, String(second.body)]).toEqual([200, 'one'])
  expect(second.headers).toMatchObject({ date: 'later' })
  expect(second.body).not.toBe(first.body)
})

it('keeps the length and the packing of the body that it kept', async () => {
  const kept = tagged('one', { 'content-type': 'application/json', 'content-length': '3' })
  const { send: vendor } = script(kept, response(304, { 'content-length': '0', 'content-type': 'text/plain' }))
  const send = stack([revalidate()], vendor, fakeClock().runtime)
  await send(request())
  expect((await send(request())).headers).toMatchObject({ 'content-type': 'application/json', 'content-length': '3' })
})

it('takes what is new, and asks by its tag from then on', async () => {
  const { send: vendor, sent } = script(tagged('one'), response(200, { etag: '"2"' }, 'two'), response(304))
  const send = stack([revalidate()], vendor, fakeClock().runtime)
  await send(request())
  expect(String((await send(request())).body)).toBe('two')
  expect(String((await send(request())).body)).toBe('two')
  expect(conditionsOf(sent)).toEqual([undefined, '"1"', '"2"'])
})

it('gives nobody the bytes that another reader may have changed', async () => {
  const { send: vendor } = script(tagged('one'), response(304))
  const send = stack([revalidate()], vendor, fakeClock().runtime)
  const { body } = await send(request())
  if (body instanceof Uint8Array) body.fill(0)
  const again = await send(request())
  expect(String(again.body)).toBe('one')
  if (again.body instanceof Uint8Array) again.body.fill(0)
  expect(String((await send(request())).body)).toBe('one')
})

it.each([
  ['is a write', {}, { method: 'POST' }],
  ['is a stream', {}, { stream: true }],
  ['has a condition of its own', {}, { headers: { 'if-none-match': '"mine"' } }],
  ['asks for a part', {}, { headers: { range: 'bytes=0-1' } }],
  ['asks for another form', {}, { headers: { accept: 'text/csv' } }],
  ['asks for another account', {}, { headers: { 'stripe-account': 'acct_2' } }],
  ['goes to another address', {}, { url: 'https://vendor.test/others' }],
  ['has an answer that must not be kept', { 'cache-control': 'private, no-store' }, {}],
  ['has an answer that depends on anything', { vary: '*' }, {}],
])('leaves a call alone that %s', async (_, headers, over) => {
  const { send: vendor, sent } = script(tagged('one', headers), tagged('two'))
  const send = stack([revalidate()], vendor, fakeClock().runtime)
  await send(request())
  expect(String((await send(request(over))).body)).toBe('two')
  const [, second] = conditionsOf(sent)
  expect(second === '"1"').toBe(false)
})

it('keeps no more answers, and no more bytes, than it may', async () => {
  const { send: vendor, sent } = script(tagged('12345'))
  const send = stack([revalidate({ maxEntries: 2, maxBytes: 12 })], vendor, fakeClock().runtime)
  const ask = (name: string): Promise<unknown> => send(request({ url: `https://vendor.test/${name}` }))
  for (const name of ['a', 'b', 'c', 'b', 'a']) await ask(name)
  expect(conditionsOf(sent)).toEqual([undefined, undefined, undefined, '"1"', undefined])
  const few = script(tagged('12345'))
  const small = stack([revalidate({ maxBytes: 4 })], few.send, fakeClock().runtime)
  await small(request())
  await small(request())
  expect(conditionsOf(few.sent)).toEqual([undefined, undefined])
})

it('goes over a real socket, in a connector', async () => {
  await using vendor = await loopback((incoming, outgoing) => {
    const unchanged = incoming.headers['if-none-match'] === 'W/"x"'
    outgoing.setHeader('etag', 'W/"x"').writeHead(unchanged ? 304 : 200)
    outgoing.end(unchanged ? undefined : '{"name":"ann"}')
  })
  class Vendor extends Connector {
    static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: vendor.url }
  }
  const client = new Vendor({ auth: anonymous(), revalidate: {} })
  expect(await client.http.get('/user')).toEqual({ name: 'ann' })
  expect(await client.http.get('/user')).toEqual({ name: 'ann' })
  expect(vendor.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, 'W/"x"'])
  client.close()
})
