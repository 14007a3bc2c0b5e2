import axios from 'axios'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Connector, bearer, type VendorProfile } from 'hawser'
import { axiosOver } from 'hawser/axios'
import { mockVendor, type MockVendor } from 'hawser/testing'
import { watched } from '../support/stub.ts'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = { name: 'tracker', baseUrl: 'https://tracker.test/v1' }
}
const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond })
const over = (vendor: MockVendor): ReturnType<typeof axiosOver> =>
  axiosOver(new Tracker({ auth: bearer('secret-of-14'), ...vendor.options }))

it('leaves axios’ own defaults alone', () => {
  const before = axios.defaults.headers.common['Accept']
  axiosOver(new Tracker({ auth: bearer('x') }))
  expect(axios.defaults.headers.common['Accept']).toBe(before)
  expect(before).toBeDefined()
})
it('obeys a cancel token', async () => {
  using vendor = answering(() => new Promise<Response>((r) => setTimeout(() => r(Response.json({})), 1_000)))
  const { token, cancel } = axios.CancelToken.source()
  const since = performance.now()
  const call = over(vendor)
    .get('/t', { cancelToken: token })
    .catch((e: unknown) => e)
  setTimeout(() => cancel('stop'), 100)
  expect(axios.isCancel(await call)).toBe(true)
  expect(performance.now() - since).toBeLessThan(700)
})
it('sends postForm', async () => {
  using vendor = answering(async (r) => Response.json([...(await r.formData()).keys()]))
  expect((await over(vendor).postForm('/t', { a: '1' })).data).toEqual(['a'])
})
it('calls a timeout by axios’ default code', async () => {
  using vendor = answering(() => Response.json({}))
  vendor.hang({ times: 9 })
  await expect(over(vendor).get('/t', { timeout: 2_000 })).rejects.toMatchObject({ code: 'ECONNABORTED' })
})
it('params, paramsSerializer, transformResponse, interceptors, baseURL', async () => {
  using vendor = answering((r) => Response.json({ url: r.url }))
  const http = over(vendor)
  http.interceptors.request.use((c) => (c.headers.set('x-i', '1'), c))
  expect((await http.get('/t', { params: { a: [1, 2], d: new Date(0), n: null } })).data.url).toBe(
    'https://tracker.test/v1/t?a[]=1&a[]=2&d=1970-01-01T00:00:00.000Z'.replaceAll('[]', '%5B%5D'),
  )
  expect((await http.get('/t', { transformResponse: (d) => `>${d}` })).data).toMatch(/^>/)
  expect((await http.get('t', { baseURL: 'https://tracker.test/v2' })).data.url).toBe('https://tracker.test/v2/t')
  expect(vendor.requests[0]?.headers['x-i']).toBe('1')
})
it('error.toJSON and inspect hold no credential', async () => {
  using vendor = answering((r) => Response.json({ m: r.headers.get('authorization') }, { status: 400 }))
  const error = (await over(vendor)
    .get('/t')
    .catch((e: unknown) => e)) as { toJSON(): unknown }
  expect(JSON.stringify(error.toJSON()) + inspect(error, { depth: null })).not.toContain('secret-of-14')
})
it('reads text as axios does: without a byte order mark, and in the encoding asked for', async () => {
  using vendor = answering((r) => new Response(r.url.endsWith('/bom') ? '\uFEFF{"a":1}' : new Uint8Array([0xe9])))
  expect((await over(vendor).get('/bom')).data).toEqual({ a: 1 })
  expect((await over(vendor).get('/latin', { responseEncoding: 'latin1' })).data).toBe('é')
})
it('gives cookies as a list, as axios does', async () => {
  const cookies = ['a=1; Expires=Wed, 21 Oct 2030 07:28:00 GMT', 'b=2; Path=/']
  const headers = cookies.map((cookie): [string, string] => ['set-cookie', cookie])
  using vendor = answering(() => new Response('{}', { headers }))
  expect((await over(vendor).get('/t')).headers['set-cookie']).toEqual(cookies)
})
it('ends a stream at an abort that comes while it is read, and forgets signal and token then', async () => {
  const dripping = (): ReadableStream => new ReadableStream({ start: (c) => c.enqueue(Buffer.from('part')) })
  using vendor = answering((r) => (r.url.endsWith('/drip') ? new Response(dripping()) : Response.json({})))
  const client = over(vendor)
  const { signal, abort, listeners } = watched()
  const { data } = await client.get('/drip', { signal, responseType: 'stream' })
  expect(listeners()).toBe(1)
  const read = data.toArray()
  abort()
  await expect(read).rejects.toMatchObject({ name: 'AbortError' })
  const { token } = axios.CancelToken.source()
  let held = 0
  const { subscribe, unsubscribe } = token
  token.subscribe = (listener) => (held++, subscribe.call(token, listener))
  token.unsubscribe = (listener) => (held--, unsubscribe.call(token, listener))
  const calm = watched()
  await client.get('/t', { cancelToken: token, signal: calm.signal })
  expect([held, calm.listeners()]).toEqual([0, 0])
})
it('says of an end what axios says', async () => {
  using vendor = answering(() => Response.json({ big: 'x'.repeat(500) }))
  vendor.hang({ times: 9 })
  const client = over(vendor)
  const { token, cancel } = axios.CancelToken.source()
  const call = client.get('/t', { cancelToken: token }).catch((e: unknown) => e)
  cancel('enough')
  expect(await call).toMatchObject({ name: 'CanceledError', message: 'enough' })
  await expect(client.get('/t', Object({ timeout: '2000' }))).rejects.toThrow('timeout of 2000ms exceeded')
  await expect(client.get('/t', { timeout: 2_000, timeoutErrorMessage: 'late' })).rejects.toThrow('late')
})
it('bounds an answer by maxContentLength, and calls what is no refusal a bad response', async () => {
  using vendor = answering((r) => new Response(r.url.endsWith('/big') ? 'x'.repeat(500) : null, { status: 200 }))
  const client = over(vendor)
  await expect(client.get('/big', { maxContentLength: 499 })).rejects.toMatchObject({
    code: 'ERR_BAD_RESPONSE',
    cause: { code: 'RESPONSE_TOO_LARGE' },
  })
  expect((await client.get('/big', { maxContentLength: 500 })).data).toHaveLength(500)
  await expect(client.get('/t', { validateStatus: (status) => status === 201 })).rejects.toMatchObject({
    code: 'ERR_BAD_RESPONSE',
  })
})
