import { ConsecutiveBreaker } from 'cockatiel'
import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import {
  Connector,
  anonymous,
  attemptTimeout,
  authenticate,
  bearer,
  circuitBreaker,
  deadline,
  redirect,
  stack,
  type HttpResponse,
  type VendorProfile,
} from 'hawser'
import { loopback } from '../support/loopback.ts'
import { request, response } from '../support/stub.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}
const open = (status: number, headers: Record<string, string> = {}): HttpResponse & { body: Readable } => ({
  status,
  headers,
  body: new Readable({ read() {} }),
})

it('a refused redirect closes its streamed answer', async () => {
  const answer = open(302, { location: 'https://elsewhere.test/' })
  await stack([redirect()], async () => answer)(request({ stream: true })).catch(() => {})
  expect(answer.body.destroyed).toBe(true)
})
it('a refused redirect of a stream leaves no socket open, over a real one', async () => {
  await using server = await loopback(
    (_, res) => void res.writeHead(302, { location: 'https://elsewhere.test/' }).write('moved'),
  )
  const { http } = new Vendor({ auth: anonymous(), baseUrl: server.url, attemptTimeout: 200 })
  await http.stream('/x').catch(() => {})
  await new Promise((r) => setTimeout(r, 800))
  expect(server.sockets.size).toBe(0)
})
it('a stream that arrives after the attempt ended is closed', async () => {
  const answer = open(200)
  const send = stack([attemptTimeout(20)], async () => (await new Promise((r) => setTimeout(r, 60)), answer))
  await send(request({ stream: true })).catch(() => {})
  await new Promise((r) => setTimeout(r, 80))
  expect(answer.body.destroyed).toBe(true)
})
it('a credential that never comes does not keep the circuit half-open for ever', async () => {
  let hang = false
  const send = stack(
    [
      deadline(200),
      circuitBreaker({ breaker: () => new ConsecutiveBreaker(1), openMs: 10 }),
      authenticate({
        credential: bearer(() => (hang ? new Promise<string>(() => {}) : 't')),
        origins: ['https://vendor.test'],
      }),
    ],
    async () => response(503),
  )
  await send(request())
  await new Promise((r) => setTimeout(r, 20))
  hang = true
  await send(request()).catch(() => {})
  hang = false
  await new Promise((r) => setTimeout(r, 50))
  const result = await send(request()).catch((e: unknown) => e)
  expect(result).toMatchObject({ status: 503 })
})
it('one impatient caller does not open the circuit for the others', async () => {
  const send = stack(
    [deadline(60_000), circuitBreaker({ breaker: () => new ConsecutiveBreaker(3) }), attemptTimeout(30_000)],
    async () => (await new Promise((r) => setTimeout(r, 60)), response(200)),
  )
  for (let i = 0; i < 3; i++) await send(request({ deadline: Date.now() + 10 })).catch(() => {})
  await expect(send(request())).resolves.toMatchObject({ status: 200 })
})
it('a short secret is blanked too', async () => {
  await using server = await loopback((q, s) =>
    s.writeHead(401).end(JSON.stringify({ message: `bad ${q.headers['x-key']}` })),
  )
  class V extends Connector {
    static override readonly profile: VendorProfile = {
      name: 'v',
      baseUrl: 'https://v.test',
      errors: { message: (b) => b?.message },
    }
  }
  const { apiKey } = await import('hawser')
  const error: unknown = await new V({ auth: apiKey({ header: 'x-key', key: 'zq7pwd' }), baseUrl: server.url }).http
    .get('/x')
    .catch((e: unknown) => e)
  expect(String(error)).not.toContain('zq7pwd')
})
it('a refused wrong type in a 200 page is not an empty listing: null body gives one empty page', async () => {
  const { link } = await import('hawser')
  const { http } = new Vendor({ auth: anonymous(), transport: async () => response(200, {}, 'null') })
  expect(await http.paginate('/x', { page: link() }).toArray({ limit: 5 })).toEqual([])
})
it('a transport that throws at once leaves no timer', async () => {
  const { fakeClock } = await import('hawser/testing')
  const clock = fakeClock()
  const send = stack(
    [deadline(1000), attemptTimeout(500)],
    () => {
      throw new Error('at once')
    },
    clock.runtime,
  )
  await send(request()).catch(() => {})
  expect(clock.pending).toBe(0)
})
