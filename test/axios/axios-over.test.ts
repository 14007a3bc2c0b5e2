import { Readable } from 'node:stream'
import axios, { AxiosError } from 'axios'
import { expect, it } from 'vitest'
import { Connector, HttpError, bearer, type VendorProfile } from 'hawser'
import { axiosOver } from 'hawser/axios'
import { mockVendor, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'tracker',
    baseUrl: 'https://tracker.test/v1',
    headers: { accept: 'application/vnd.tracker+json' },
    idempotency: { header: 'Idempotency-Key' },
  }
}
const answering = (respond: (request: Request) => Response | Promise<Response>): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond })
const over = (vendor: MockVendor): ReturnType<typeof axiosOver> =>
  axiosOver(new Tracker({ auth: bearer('secret'), ...vendor.options }))

it('sends what axios code sends through the whole stack', async () => {
  using vendor = answering(async (request) => Response.json({ sent: await request.json() }))
  vendor.fail(503, { times: 2, headers: { 'retry-after': '5' } })
  const { status, data, headers } = await over(vendor).post(
    '/tickets',
    { title: 'x' },
    { params: { dry: 1, tags: ['a', 'b'] }, headers: { 'X-Mine': '1' } },
  )
  expect([status, data, headers['content-type']]).toEqual([200, { sent: { title: 'x' } }, 'application/json'])
  expect(vendor.clock.slept).toEqual([5_000, 5_000])
  expect(vendor.requests[2]).toMatchObject({
    url: 'https://tracker.test/v1/tickets?dry=1&tags%5B%5D=a&tags%5B%5D=b',
    headers: {
      authorization: 'Bearer secret',
      accept: 'application/vnd.tracker+json',
      'x-mine': '1',
      'content-type': 'application/json',
    },
  })
  expect(new Set(vendor.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
})

it('rejects as axios does, with hawser’s error behind it and no credential in it', async () => {
  using vendor = answering(() => Response.json({ message: 'no' }, { status: 404 }))
  const error: unknown = await over(vendor)
    .get('/t')
    .catch((thrown: unknown) => thrown)
  expect(axios.isAxiosError(error) && error.response?.status).toBe(404)
  expect(error).toMatchObject({ code: AxiosError.ERR_BAD_REQUEST, response: { data: { message: 'no' } } })
  expect(JSON.stringify(error)).not.toContain('secret')
  vendor.reset({ times: 9 })
  const gone: unknown = await over(vendor)
    .get('/t')
    .catch((thrown: unknown) => thrown)
  expect(gone).toMatchObject({ isAxiosError: true, code: 'ERR_NETWORK', cause: { code: 'NETWORK', attempts: 4 } })
  expect(error).not.toBeInstanceOf(HttpError)
})

it('takes timeout for the deadline and a signal for the abort', async () => {
  using vendor = answering(() => Response.json({}))
  vendor.hang({ times: 2 })
  await expect(over(vendor).get('/t', { timeout: 2_000 })).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    cause: { code: 'TIMEOUT', limit: 'deadline' },
  })
  const error: unknown = await over(vendor)
    .get('/t', { signal: AbortSignal.abort() })
    .catch((thrown: unknown) => thrown)
  expect(axios.isCancel(error)).toBe(true)
})

it('sends forms, bytes and streams, and gives bytes and streams', async () => {
  using vendor = answering(
    async (request) =>
      new Response(
        request.headers.get('content-type')?.startsWith('multipart/')
          ? [...(await request.formData()).keys()].join()
          : await request.text(),
      ),
  )
  const client = over(vendor)
  const form = new FormData()
  form.append('file', new Blob(['x']), 'x')
  expect((await client.post('/t', form)).data).toBe('file')
  expect((await client.post('/t', new URLSearchParams({ a: 'b' }))).data).toBe('a=b')
  expect((await client.post('/t', Readable.from(['str', 'eam']))).data).toBe('stream')
  expect((await client.post('/t', Buffer.from('bytes'), { responseType: 'arraybuffer' })).data).toEqual(
    Buffer.from('bytes'),
  )
  let text = ''
  for await (const chunk of (await client.post('/t', 'whole', { responseType: 'stream' })).data as Readable)
    text += chunk
  expect(text).toBe('whole')
})

it('goes nowhere but to the client’s own origins', async () => {
  using vendor = answering(() => Response.json({}))
  await expect(over(vendor).get('https://evil.test/x')).rejects.toMatchObject({ cause: { code: 'INVALID_REQUEST' } })
  expect(vendor.requests).toEqual([])
})

it('leaves what is an error to the caller, as axios does', async () => {
  using vendor = answering(() => Response.json({ gone: true }, { status: 410 }))
  expect((await over(vendor).get('/t', { validateStatus: null })).status).toBe(410)
})
