import { expect, it } from 'vitest'
import { Connector, anonymous, type VendorProfile } from 'hawser'
import { fakeClock, mockVendor, replay, type MockVendor } from 'hawser/testing'

class Tracker extends Connector {
  static override readonly profile: VendorProfile = { name: 'tracker', baseUrl: 'https://tracker.test' }
}
const answering = (text: string): MockVendor =>
  mockVendor({ origin: 'https://tracker.test', respond: () => Response.json(text) })
const client = (vendor: MockVendor): Tracker['http'] => new Tracker({ auth: anonymous(), ...vendor.options }).http

it('jumps over waits, in the order in which they are due', async () => {
  const clock = fakeClock({ startAt: 0 })
  const woken: number[] = []
  await Promise.all([3_600_000, 1_000, 60_000].map((ms) => clock.runtime.sleep(ms).then(() => woken.push(clock.now))))
  expect(woken).toEqual([1_000, 60_000, 3_600_000])
  expect(clock.slept).toEqual([3_600_000, 1_000, 60_000])
})

it('stands still while something is on the wire, and does not run into a limit that nothing reaches', async () => {
  const clock = fakeClock({ startAt: 0 })
  const release = clock.hold()
  const slept = clock.runtime.sleep(1_000)
  clock.runtime.limit(10, () => {})
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  expect(clock.now).toBe(0)
  release()
  await slept
  expect(clock.now).toBe(1_000)
  const limited = fakeClock({ startAt: 0 })
  limited.runtime.limit(10, () => {})
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate)
  expect([limited.now, limited.pending]).toEqual([0, 1])
})

it('lets two vendors at the same address run at the same time without seeing each other', async () => {
  using one = answering('one')
  using two = answering('two')
  const [a, b] = [client(one), client(two)]
  expect(await Promise.all([a.get('/'), b.get('/'), a.get('/'), b.get('/')])).toEqual(['one', 'two', 'one', 'two'])
  expect([one.requests.length, two.requests.length]).toEqual([2, 2])
})

it('answers again after another vendor was disposed of', async () => {
  using one = answering('one')
  {
    using two = answering('two')
    expect(await client(two).get('/')).toBe('two')
  }
  await new Promise(setImmediate)
  expect(await client(one).get('/')).toBe('one')
})

it('fails at once, without a retry, where no simulator answers: .json addresses and every method too', async () => {
  using vendor = mockVendor({ origin: 'https://tracker.test', respond: () => undefined })
  for (const call of [
    client(vendor).get('/tickets.json'),
    client(vendor).delete('/tickets/1.json'),
    client(vendor).get('/'),
  ]) {
    await expect(call).rejects.toThrow(/No simulator answers (?:GET|DELETE) https:\/\/tracker\.test\//)
  }
  expect(vendor.requests).toHaveLength(3)
})

it('shows a simulator’s own mistake as it is', async () => {
  using vendor = mockVendor({
    origin: 'https://tracker.test',
    respond: () => {
      throw new RangeError('a bug in the simulator')
    },
  })
  await expect(client(vendor).get('/')).rejects.toThrow('a bug in the simulator')
})

it('strikes with statuses, resets and silence, in the order they were asked for', async () => {
  using vendor = answering('fine')
  vendor.fail(503, { times: 1 })
  vendor.reset()
  vendor.hang()
  expect(await client(vendor).get('/')).toBe('fine')
  expect(vendor.clock.events.flatMap((event) => (event.type === 'retry' ? [event.reason] : []))).toEqual([
    'unavailable',
    'network',
    'timeout',
  ])
  expect(vendor.clock.pending).toBe(0)
})

it('leaves nothing behind that a test could trip over', async () => {
  const vendor = answering('x')
  const http = client(vendor)
  await http.get('/')
  vendor[Symbol.dispose]()
  await expect(http.get('/')).rejects.toThrow('was disposed of')
})

it('replays recordings by method, path, query and body, wherever they are asked for', async () => {
  const simulator = replay(
    [
      {
        method: 'get',
        path: '/a?x=1',
        status: 200,
        response: [1],
        headers: { link: '<https://recorded.test/a?x=2>; rel="next"', 'content-length': '999' },
      },
      { method: 'post', path: '/a', body: { b: 1, a: [2] }, status: 201, response: '' },
    ],
    { origin: 'https://recorded.test' },
  )
  const got = await simulator.respond(new Request('http://127.0.0.1:99/a?x=1&y=2'))
  expect([got?.status, got?.headers.get('link'), await got?.json()]).toEqual([
    200,
    '<http://127.0.0.1:99/a?x=2>; rel="next"',
    [1],
  ])
  expect(
    (await simulator.respond(new Request('https://recorded.test/a', { method: 'POST', body: '{"a":[2],"b":1}' })))
      ?.status,
  ).toBe(201)
  expect(
    await simulator.respond(new Request('https://recorded.test/a', { method: 'POST', body: '{}' })),
  ).toBeUndefined()
  expect(await simulator.respond(new Request('https://recorded.test/a?x=3'))).toBeUndefined()
})

it.each([-1, Number.NaN, Infinity])('a clock does not advance by %s, and stays where it is', (ms) => {
  const clock = fakeClock({ startAt: 0 })
  expect(() => clock.advance(ms)).toThrow('`advance` is a')
  expect(clock.now).toBe(0)
})

it.each<[object, string]>([
  [{ startAt: Number.NaN }, '`fakeClock.startAt` is a'],
  [{ startAt: Infinity }, '`fakeClock.startAt` is a'],
  [{ start: 0 }, 'fakeClock has no option `start`'],
])('a clock refuses %j', (options, message) => {
  expect(() => fakeClock(options)).toThrow(message)
})
