import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { http, HttpResponse } from 'msw'
import { expect, it, vi } from 'vitest'
import { Connector, anonymous, bearer, type VendorProfile } from 'hawser'
import { GitHub } from 'hawser/github'
import { githubSimulator, mockVendor, type MockVendor, type MockVendorOptions, type Simulator } from 'hawser/testing'
import { undiciTransport } from 'hawser/undici'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = { name: 'tracker', baseUrl: 'https://tracker.test' }
}
const client = (vendor: MockVendor): Tracker['http'] => new Tracker({ auth: anonymous(), ...vendor.options }).http
const answering = (respond: Simulator['respond']): Simulator => ({ origin: 'https://tracker.test', respond })

const fronts = ['msw', 'memory', 'loopback'] as const

it.each(fronts)('%s: the same test with the same outcome', async (front) => {
  using vendor = mockVendor(githubSimulator(), { front })
  const github = new GitHub({ auth: bearer('t'), ...vendor.options })
  vendor.fail(429, { times: 2, retryAfterSeconds: 20 })
  vendor.reset({ on: 'GET /repos/{owner}/{repo}/issues' })
  vendor.hang({ on: 'GET /repos/{owner}/{repo}/issues' })
  const { number } = await github.issues.create({ owner: 'o', repo: 'r', title: 'It works' })
  const open = await github.issues.list({ owner: 'o', repo: 'r' }).toArray({ limit: 10 })
  expect([number, open.map(({ title }) => title)]).toEqual([1, ['It works']])
  expect(vendor.clock.slept).toEqual([20_000, 20_000, 0, 0])
  // Two pauses, the pace that is left after them of a limit that nobody states, and the wait for an answer that never came.
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBe(40_000 + 912 + 30_000)
  vendor.journal.expect([
    'POST /repos/o/r/issues',
    'POST /repos/o/r/issues',
    'POST /repos/o/r/issues',
    'GET /repos/o/r/issues',
    'GET /repos/o/r/issues',
    'GET /repos/o/r/issues?per_page=100',
  ])
  expect(vendor.requests.map(({ outcome }) => outcome)).toEqual(['status', 'status', 201, 'reset', 'stall', 200])
  expect(vendor.clock.pending).toBe(0)
})

it.each(fronts)('%s: two vendors at one address do not see each other', async (front) => {
  using one = mockVendor(
    answering(() => Response.json('one')),
    { front },
  )
  using two = mockVendor(
    answering(() => Response.json('two')),
    { front },
  )
  const [a, b] = [client(one), client(two)]
  const calls = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? a : b).get(`/${at}`))
  expect(await Promise.all(calls)).toEqual(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? 'one' : 'two')))
  expect([one.requests.length, two.requests.length]).toEqual([10, 10])
})

it.each(fronts)(
  '%s: an unhandled request is an error at once, with the nearest route, and is never sent again',
  async (front) => {
    using vendor = mockVendor(githubSimulator(), { front })
    const { http } = new GitHub({ auth: bearer('t'), ...vendor.options })
    await expect(http.get('/repos/o/r/isues.json')).rejects.toThrow(
      [
        'No simulator answers GET https://api.github.com/repos/o/r/isues.json. Nothing was sent to the network.',
        '  nearest route: GET /repos/{owner}/{repo}/issues',
        '    `issues`, and not `isues.json`',
      ].join('\n'),
    )
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      await expect(http.request(`${method} /nothing/1.json`)).rejects.toThrow(/^No simulator answers/)
    }
    await expect(http.request('PUT /repos/{owner}/{repo}/issues', { owner: 'o', repo: 'r' })).rejects.toThrow(
      'and not PUT',
    )
    expect(vendor.requests).toHaveLength(6)
    expect(vendor.clock.slept).toEqual([])
  },
)

it.each(fronts)('%s: several simulators answer, each at its own address', async (front) => {
  const login: Simulator = {
    origin: 'https://login.test',
    origins: ['https://login.tracker.test'],
    respond: () => Response.json('login'),
  }
  using vendor = mockVendor([answering(() => Response.json('tracker')), login], { front })
  const http = new Tracker({ auth: anonymous(), ...vendor.options, redirect: false }).http
  const send = (url: string): Promise<number> =>
    vendor.options
      .transport({ method: 'GET', url, headers: {}, operation: 'GET', idempotent: true })
      .then(({ body }) => (body instanceof Uint8Array ? body.length : 0))
  expect(await http.get('/')).toBe('tracker')
  expect(await send('https://login.test/token')).toBe('"login"'.length)
  expect(await send('https://login.tracker.test/token')).toBe('"login"'.length)
  await expect(send('https://elsewhere.test/')).rejects.toThrow('No simulator answers')
})

it.each(fronts)('%s: uploads, compressed answers and repeated headers arrive as on a socket', async (front) => {
  using vendor = mockVendor(
    answering(async (request) => {
      const headers = new Headers({ 'content-encoding': 'gzip', 'content-type': 'application/json' })
      headers.append('set-cookie', 'a=1')
      headers.append('set-cookie', 'b=2')
      return new Response(gzipSync(JSON.stringify({ got: await request.text() })), { headers })
    }),
    { front },
  )
  const body = (): Readable => Readable.from([Buffer.from('in '), Buffer.from('pieces')])
  const { data, response } = await client(vendor).put('/file', { body }).withResponse()
  expect(data).toEqual({ got: 'in pieces' })
  expect(response.headers['set-cookie']).toBe('a=1, b=2')
  expect(vendor.requests[0]?.body).toBe('in pieces')
  const streamed = await client(vendor).stream('/file')
  const chunks: Uint8Array[] = []
  for await (const chunk of streamed) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe('{"got":""}')
})

it.each(fronts)('%s: a caller who aborts is gone, and leaves nothing', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json('x'.repeat(1_000))),
    { front },
  )
  vendor.hang()
  const controller = new AbortController()
  const call = client(vendor).get('/', { signal: controller.signal })
  call.catch(() => {})
  while (vendor.requests.length === 0) await new Promise(setImmediate)
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'ABORTED' })
  expect(vendor.clock.pending).toBe(0)
  expect(await client(vendor).get('/')).toHaveLength(1_000)
})

it.each(fronts)('%s: a reader of a stream may take its time, and call others meanwhile', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json('x'.repeat(1_000))),
    { front },
  )
  const http = client(vendor)
  vendor.fault({ kind: 'slow-body', ms: 40_000 })
  const body = await http.stream('/slow')
  let size = 0
  for await (const chunk of body) {
    if (size === 0) {
      vendor.fail(503, { retryAfterSeconds: 50 })
      await http.get('/other')
    }
    size += chunk.length
  }
  expect(size).toBe(1_002)
  expect(vendor.clock.pending).toBe(0)
})

it.each(fronts)('%s: bounds a body as the transports do', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json('x'.repeat(1_000))),
    { front },
  )
  await expect(client(vendor).get('/', { maxResponseBytes: 100 })).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
})

it.each(fronts)('%s: a simulator’s own mistake reaches the test as it is', async (front) => {
  using vendor = mockVendor(
    answering(() => {
      throw new RangeError('a bug in the simulator')
    }),
    { front },
  )
  await expect(client(vendor).get('/')).rejects.toThrow(RangeError)
  expect(vendor.requests).toHaveLength(1)
})

it.each(fronts)('%s: answers a HEAD without a body, whatever strikes it', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json('x')),
    { front },
  )
  const head = async (): Promise<unknown> => {
    const { status, body } = await vendor.options.transport({
      method: 'HEAD',
      url: 'https://tracker.test/',
      headers: {},
      operation: 'HEAD /',
      idempotent: true,
    })
    return [status, body]
  }
  vendor.fault({ kind: 'truncated' })
  expect([await head(), await head()]).toEqual([
    [200, Buffer.alloc(0)],
    [200, Buffer.alloc(0)],
  ])
})

// MSW reads a body to its end whether anybody listens or not, so that it must have one there.
it.each(['memory', 'loopback'] as const)('%s: gives up a body without an end when its reader leaves', async (front) => {
  let ended = false
  using vendor = mockVendor(
    answering(() => {
      const forever = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
        cancel: () => void (ended = true),
      })
      return new Response(forever)
    }),
    { front },
  )
  await expect(client(vendor).get('/')).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' })
  for await (const chunk of await client(vendor).stream('/')) if (chunk.length > 0) break
  for (let turns = 0; turns < 1_000 && !ended; turns++) await new Promise(setImmediate)
  expect(ended).toBe(true)
})

it.each(fronts)('%s: counts what is under way at once', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json(1)),
    { front, latencyMs: 1_000 },
  )
  const http = new Tracker({ auth: anonymous(), ...vendor.options, bulkhead: { maxConcurrent: 7 } }).http
  await Promise.all(Array.from({ length: 21 }, (_, at) => http.get(`/${at}`)))
  expect(vendor.mostConcurrent).toBe(7)
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBe(3_000)
})

it('sends 10,000 requests through the whole stack in less than 10 seconds of CPU time, in memory', async () => {
  using vendor = mockVendor(githubSimulator({ quota: false }), { front: 'memory' })
  const github = new GitHub({ auth: bearer('t'), ...vendor.options })
  const before = process.cpuUsage()
  for (let sent = 0; sent < 10_000; sent += 100) await Promise.all(Array.from({ length: 100 }, () => github.users.me()))
  const { user, system } = process.cpuUsage(before)
  expect(vendor.requests).toHaveLength(10_000)
  expect((user + system) / 1e6).toBeLessThan(10)
})

it('sends over undici’s sockets on the front loopback, and is there for clients of other kinds', async () => {
  using vendor = mockVendor(
    answering(({ url }) => Response.json(new URL(url).pathname)),
    {
      front: 'loopback',
      transport: undiciTransport({ proxy: false }),
    },
  )
  expect(await client(vendor).get('/by-undici')).toBe('/by-undici')
  const address = await vendor.address()
  expect(await (await fetch(`${address}/by-fetch`)).json()).toBe('/by-fetch')
  expect(vendor.requests.map(({ url }) => url)).toEqual(['https://tracker.test/by-undici', `${address}/by-fetch`])
})

it('answers a stranger on the front loopback with 501 where nobody else does', async () => {
  using vendor = mockVendor(
    answering(() => undefined),
    { front: 'loopback' },
  )
  const answer = await fetch(`${await vendor.address()}/x`)
  expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining('No simulator answers GET')])
})

it('lets handlers of MSW’s own answer first, at any address', async () => {
  using vendor = mockVendor(
    answering(() => Response.json('simulator')),
    {
      handlers: [
        http.get('https://tracker.test/special', () => HttpResponse.json('handler'), { once: true }),
        http.get('https://status.test/', () => HttpResponse.json('up')),
      ],
    },
  )
  const send = client(vendor)
  expect([await send.get('/special'), await send.get('/special'), await send.get('/other')]).toEqual([
    'handler',
    'simulator',
    'simulator',
  ])
  expect(vendor.requests).toHaveLength(3)
})

it('catches other clients of the process at the simulators’ addresses, lets loopback through, and refuses the rest', async () => {
  using vendor = mockVendor(answering(() => Response.json('caught')))
  const server = createServer((_, response) => response.end('real')).listen(0, '127.0.0.1')
  await client(vendor).get('/warm')
  expect(await (await fetch('https://tracker.test/x.json')).json()).toBe('caught')
  expect(await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).text()).toBe('real')
  await expect(fetch('https://elsewhere.test/export.csv')).rejects.toThrow()
  server.close()
})

it('catches what others send before any client of its own, once it is ready', async () => {
  {
    using vendor = mockVendor(answering(() => Response.json('caught')))
    await vendor.ready()
    expect(await (await fetch('https://tracker.test/x.json')).json()).toBe('caught')
    await expect(fetch('https://elsewhere.test/export.csv')).rejects.toThrow()
  }
  const over = mockVendor(answering(() => Response.json('caught')))
  over[Symbol.dispose]()
  await expect(over.ready()).rejects.toThrow('disposed of')
  await expect(
    mockVendor(
      answering(() => undefined),
      { front: 'memory' },
    ).ready(),
  ).rejects.toThrow("front: 'msw'")
})

it.each([
  [{ front: 'carrier pigeon' }, '`front` is'],
  [{ transport: undiciTransport() }, 'belongs to'],
  [{ front: 'memory', handlers: [] }, 'belong to'],
  [{ latencyMs: -1 }, 'at least 0'],
  [{ colour: 'red' }, 'no option `colour`'],
  [{ handlers: [{}] }, 'http.get'],
] as const)('refuses options that mean nothing: %j', (options, message) => {
  expect(() =>
    mockVendor(
      answering(() => undefined),
      options as unknown as MockVendorOptions,
    ),
  ).toThrow(message)
})

it.each(['msw', 'loopback'] as const)('%s: faults strike strangers too, in virtual time', async (front) => {
  using vendor = mockVendor(
    answering(() => Response.json('x'.repeat(100))),
    { front },
  )
  await client(vendor).get('/warm')
  const url = front === 'msw' ? 'https://tracker.test/' : await vendor.address()
  const read = async (): Promise<number> => (await (await fetch(url)).text()).length
  vendor.fault({ kind: 'latency', ms: 60_000 })
  expect(await read()).toBe(102)
  vendor.fault({ kind: 'slow-body', ms: 60_000 })
  expect(await read()).toBe(102)
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBe(120_000)
  for (const fault of [
    { kind: 'reset' },
    { kind: 'reset', at: 'body' },
    { kind: 'truncated' },
    { kind: 'fin' },
  ] as const) {
    vendor.fault(fault)
    await expect(read()).rejects.toThrow(/terminated|fetch failed|simulated connection/)
  }
})

it('works beside the fake timers of a test runner', async () => {
  vi.useFakeTimers()
  try {
    for (const front of fronts) {
      using vendor = mockVendor(
        answering(() => Response.json('fine')),
        { front },
      )
      vendor.fail(503, { retryAfterSeconds: 3_600 })
      vendor.fault({ kind: 'reset', at: 'body' })
      const http = new Tracker({ auth: anonymous(), ...vendor.options, deadline: 7_200_000 }).http
      expect(await http.get('/')).toBe('fine')
    }
  } finally {
    vi.useRealTimers()
  }
})

it('has an address on the front loopback only', () => {
  using vendor = mockVendor(
    answering(() => undefined),
    { front: 'memory' },
  )
  expect(() => vendor.address()).toThrow("Only `front: 'loopback'`")
})

it('loopback: tells strangers of a simulator’s mistake by a status 501, or by the end of the connection after the headers', async () => {
  let beginnings = 0
  using vendor = mockVendor(
    answering(() => {
      if (beginnings++ === 0) throw new Error('The simulator is wrong.')
      const body = new ReadableStream({
        pull(controller) {
          if (beginnings++ < 3) controller.enqueue(Buffer.from('half'))
          else controller.error(new Error('The simulator is wrong in the middle.'))
        },
      })
      return new Response(body)
    }),
    { front: 'loopback' },
  )
  const url = await vendor.address()
  const told = await fetch(url)
  expect([told.status, await told.text()]).toEqual([501, 'Error: The simulator is wrong.'])
  await expect(fetch(url).then((answer) => answer.text())).rejects.toThrow(TypeError)
})
