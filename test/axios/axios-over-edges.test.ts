import axios from 'axios'
import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { Connector, bearer, type VendorProfile } from 'hawser'
import { axiosOver } from 'hawser/axios'
import { mockVendor, type MockVendor } from 'hawser/testing'

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
