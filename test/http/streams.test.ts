import { createReadStream, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  Connector,
  anonymous,
  attemptTimeout,
  axiosTransport,
  bearer,
  bulkhead,
  deadline,
  fallback,
  authenticate,
  stack,
  type Credential,
  type VendorProfile,
} from 'hawser'
import { eventually, loopback } from '../support/loopback.ts'
import { request, response } from '../support/stub.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = {
    name: 'vendor',
    baseUrl: 'https://vendor.test',
    errors: { message: (b) => b?.message },
  }
}
const within = <T>(promise: Promise<T>, ms: number): Promise<T | 'still waiting'> =>
  Promise.race([promise, new Promise<'still waiting'>((resolve) => setTimeout(() => resolve('still waiting'), ms))])

it('idle limit ends a stream over a real socket that stands still', async () => {
  await using server = await loopback((_, res) => void res.writeHead(200).write('x'))
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, attemptTimeout: 200 })
  const body = await http.stream('/x')
  const read = (async () => {
    for await (const _ of body);
  })().catch((error: unknown) => error)
  const got = await within(read, 2_000)
  expect(got).toMatchObject({ code: 'TIMEOUT', limit: 'idle' })
})

it('destroy() in the middle of a read gives the socket and the place up at once', async () => {
  await using server = await loopback((asked, res) => {
    if (asked.url === '/slow') res.writeHead(200).write('x')
    else res.end('{}')
  })
  const { http } = new Vendor({
    auth: anonymous(),
    baseUrl: server.url,
    bulkhead: { maxConcurrent: 1 },
    attemptTimeout: 20_000,
  })
  const body = await http.stream('/slow')
  await new Promise((resolve) => body.once('data', resolve))
  await new Promise((resolve) => setTimeout(resolve, 50))
  body.destroy()
  expect(
    await within(
      http.get('/next').then(() => 'answered'),
      1_500,
    ),
  ).toBe('answered')
  await eventually(() => server.sockets.size <= 1)
})

it('break out of for await gives the socket up', async () => {
  await using server = await loopback((_, res) => void res.writeHead(200).write('x'))
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, attemptTimeout: 20_000 })
  for await (const _ of await http.stream('/slow')) break
  await eventually(() => server.sockets.size === 0)
})

it('fallback closes the streamed failure that it replaces', async () => {
  let body: Readable | undefined
  const send = stack([fallback({ answer: () => response(200) }), bulkhead({ maxConcurrent: 1 })], async () => ({
    status: 503,
    headers: {},
    body: (body = new Readable({ read() {} })),
  }))
  await send(request({ stream: true }))
  expect(body?.destroyed).toBe(true)
})

it('authenticate closes the streamed 401 that it replaces', async () => {
  const bodies: Readable[] = []
  const credential: Credential = { kind: 'x', apply: (r) => r, renew: async () => true }
  const send = stack([authenticate({ credential, origins: ['https://vendor.test'] })], async () => {
    const body = new Readable({ read() {} })
    bodies.push(body)
    return { status: bodies.length === 1 ? 401 : 200, headers: {}, body }
  })
  await send(request({ stream: true }))
  expect(bodies[0]?.destroyed).toBe(true)
})

it('the body of a streamed failure counts against the deadline', async () => {
  await using server = await loopback((_, res) => {
    res.writeHead(404)
    const drip = setInterval(() => res.write('.'), 50)
    res.on('close', () => clearInterval(drip))
  })
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, deadline: 500, attemptTimeout: 400 })
  const got = await within(
    http.stream('/x').catch((e: unknown) => e),
    2_500,
  )
  expect(got).not.toBe('still waiting')
})

it('a credential that never comes holds no place after the abort', async () => {
  let calls = 0
  const send = stack(
    [
      bulkhead({ maxConcurrent: 1 }),
      authenticate({
        credential: bearer(() => (++calls === 1 ? new Promise<string>(() => {}) : 'token')),
        origins: ['https://vendor.test'],
      }),
      attemptTimeout(1000),
    ],
    async () => response(200),
  )
  const c = new AbortController()
  const whole = stack([deadline(60_000)], send)
  const first = whole(request({ signal: c.signal })).catch((e: unknown) => e)
  c.abort()
  await first
  expect(
    await within(
      whole(request()).then((r) => r.status),
      500,
    ),
  ).toBe(200)
})

it('close() lets calls under way finish, as its docstring says', async () => {
  await using server = await loopback((_, res) => void setTimeout(() => res.end('{}'), 200))
  const vendor = new Vendor({ auth: anonymous(), baseUrl: server.url })
  const call = vendor.http.post('/x').then(
    () => 'finished',
    (e: unknown) => e,
  )
  await eventually(() => server.requests.length === 1)
  vendor.close()
  expect(await call).toBe('finished')
})

it('a file upload that fails to connect leaves no file open', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'hawser-')), 'big.bin')
  writeFileSync(file, Buffer.alloc(1_000_000))
  const send = axiosTransport({ proxy: false })
  const open = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)
  await send(request({ url: 'http://127.0.0.1:1/', method: 'PUT', body: () => createReadStream(file) })).catch(() => {})
  const before = open()
  for (let i = 0; i < 30; i++)
    await send(request({ url: 'http://127.0.0.1:1/', method: 'PUT', body: () => createReadStream(file) })).catch(
      () => {},
    )
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(open() - before).toBeLessThan(5)
})

it('an upload that cannot be read is not the vendor’s failure: neither retried nor counted', async () => {
  await using server = await loopback((_, res) => res.end('{}'))
  let opened = 0
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, retry: { backoff: () => 1 } })
  const error: unknown = await http
    .put('/x', { body: () => (opened++, createReadStream(join(tmpdir(), 'hawser-no-such-file'))) })
    .catch((e: unknown) => e)
  expect([opened, (error as { code: string }).code]).toEqual([1, 'INVALID_REQUEST'])
})

it('an upload function that throws is not the vendor’s failure', async () => {
  await using server = await loopback((_, res) => res.end('{}'))
  let opened = 0
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, retry: { backoff: () => 1 } })
  const error: unknown = await http
    .put('/x', {
      body: () => {
        opened++
        throw new Error('mine')
      },
    })
    .catch((e: unknown) => e)
  expect([opened, (error as Error).message]).toEqual([1, 'mine'])
})

it('an upload function that gives no Node stream is refused, and not retried as the network’s failure', async () => {
  let opened = 0
  const { http } = new Vendor({ auth: anonymous(), baseUrl: 'http://127.0.0.1:1', retry: { backoff: () => 1 } })
  const body = (): Readable => (opened++, Object(new Blob(['x']).stream()))
  await expect(http.put('/x', { body })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  expect(opened).toBe(1)
})
