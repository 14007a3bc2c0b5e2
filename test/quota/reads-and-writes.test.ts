import { expect, it } from 'vitest'
import type { HttpRequest } from '../../src/http/request.ts'
import type { Limit } from '../../src/quota/limit.ts'
import { quota } from '../../src/quota/quota.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock } from './clock.ts'

const both: Limit = { name: 'both', limit: 10, windowMs: 1000 }
const writes: Limit = { name: 'writes', limit: 2, windowMs: 1000, kind: 'sliding', counts: 'writes' }
const reader = xRateLimit({ reset: 'delta-ms', window: 'core', windowMs: 60_000, kind: 'fixed' })

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** A vendor that answers in 10 ms as it is told, and notes what it got and when. */
function setUp(options: ThrottleOptions, answer: (count: number) => Answer = () => ({})) {
  const clock = manualClock()
  const policy = throttle(options)
  const sent: string[] = []
  const sentAt: number[] = []
  const send = policy(async ({ method }) => {
    sent.push(method)
    sentAt.push(clock.now)
    const { status = 200, headers = {} } = answer(sent.length)
    await clock.runtime.sleep(10)
    return { status, headers, body: new Uint8Array() }
  }, clock.runtime)
  const call = (method: string, count = 1, url = 'https://v.example/'): void => {
    const request: HttpRequest = { method, url, headers: {}, operation: '/', idempotent: method === 'GET' }
    for (let each = 0; each < count; each++) void send(request)
  }
  const bucket = (name: string) => policy.quota().filter((each) => each.name === name)
  return { clock, policy, sent, sentAt, call, bucket }
}

const told = (remaining: number): Answer => ({
  headers: { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': '60000' },
})

it('lets reads go on while writes wait for their limit, and counts both where a limit is on both', async () => {
  const { clock, sent, call, bucket } = setUp({ limits: [both, writes] })
  call('POST', 5)
  call('GET', 5)
  await clock.pass(100)
  expect(sent).toEqual(['POST', 'POST', 'GET', 'GET', 'GET', 'GET', 'GET'])
  expect(bucket('both')).toMatchObject([{ remaining: 3, queued: 3 }])
  expect(bucket('writes')).toMatchObject([{ limit: 2, remaining: 0, queued: 3, kind: 'sliding' }])
  await clock.pass(1_000)
  expect(sent.filter((method) => method === 'POST')).toHaveLength(4)
  await clock.pass(5_000)
})

it('holds reads back where a limit counts reads', async () => {
  const { clock, sent, call } = setUp({ limits: [both, { ...writes, name: 'reads', counts: 'reads' }] })
  call('GET', 5)
  call('POST', 5)
  await clock.pass(100)
  expect(sent).toEqual(['GET', 'GET', 'POST', 'POST', 'POST', 'POST', 'POST'])
  await clock.pass(5_000)
})

it.each([
  ['POST', 'GET'],
  ['GET', 'POST'],
])('learns the limit on both from a %s for a %s, in one bucket', async (first, second) => {
  const { clock, call, bucket } = setUp({ limits: [writes], reader }, (count) => told(50 - count))
  call(first)
  await clock.pass(20)
  call(second, 2)
  await clock.pass(20)
  expect(bucket('core')).toMatchObject([{ limit: 50, remaining: 47 }])
  expect(bucket('unknown')).toEqual([])
})

it('holds both back where answers tell that nothing remains for either', async () => {
  const { clock, sent, call } = setUp({ limits: [writes], reader }, () => told(0))
  call('POST')
  await clock.pass(20)
  call('GET')
  await clock.pass(59_000)
  expect(sent).toEqual(['POST'])
  await clock.pass(2_000)
  expect(sent).toEqual(['POST', 'GET'])
})

it.each([10, 1000])('looks for a limit on both as if none were stated, from %i calls a second', async (perSecond) => {
  const paces = await Promise.all(
    [[], [writes]].map(async (limits) => {
      const { clock, sentAt, call } = setUp({ limits, startPerSecond: perSecond })
      call('GET', 60)
      await clock.pass(10_000)
      return sentAt
    }),
  )
  expect(paces[0]).toHaveLength(60)
  expect(paces[1]).toEqual(paces[0])
})

it('sends one call ahead, be it a read or a write', async () => {
  const { clock, sent, call } = setUp({ limits: [writes] })
  call('POST', 2)
  call('GET', 2)
  await clock.pass(5)
  expect(sent).toEqual(['POST'])
  await clock.pass(1_000)
  expect(sent).toHaveLength(4)
})

it('takes a refusal that names no limit for one of the limit on both, while writes have room of their own', async () => {
  const { clock, sent, call } = setUp({ limits: [writes], startPerSecond: Infinity }, (count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '30' } } : {},
  )
  call('POST')
  await clock.pass(20)
  call('GET')
  await clock.pass(29_000)
  expect(sent).toEqual(['POST'])
  await clock.pass(2_000)
  expect(sent).toEqual(['POST', 'GET'])
})

it('takes it for one of the limit on writes, where that is used up', async () => {
  const { clock, sent, call, bucket } = setUp({ limits: [both, writes] }, (count) =>
    count === 2 ? { status: 429, headers: { 'retry-after': '30' } } : {},
  )
  call('POST', 2)
  await clock.pass(20)
  call('GET')
  call('POST')
  await clock.pass(20_000)
  expect(sent).toEqual(['POST', 'POST', 'GET'])
  expect(bucket('writes')[0]).toHaveProperty('pausedUntil')
  expect(bucket('both')[0]).not.toHaveProperty('pausedUntil')
  await clock.pass(20_000)
})

it('takes what an answer tells without a name for the limit on both, in whatever order they are declared', async () => {
  const unnamed = xRateLimit({ reset: 'delta-ms' })
  const { clock, call, bucket } = setUp({ limits: [writes, both], reader: unnamed }, () => told(40))
  call('POST')
  await clock.pass(20)
  expect(bucket('both')).toMatchObject([{ limit: 50 }])
  expect(bucket('writes')).toMatchObject([{ limit: 2, remaining: 1 }])
})

it('gives reads and writes of one object no more together than the object has, though one of them was forgotten', async () => {
  const perObject: Limit = { name: 'per object', limit: 2, windowMs: 1000, scope: 'object' }
  const object = ({ url }: HttpRequest): string => new URL(url).pathname
  const { clock, sent, call } = setUp({ limits: [perObject, { ...writes, limit: 100 }], object })
  const at = (name: string): string => `https://v.example/${name}`
  call('GET', 1, at('busy'))
  call('GET', 1, at('other'))
  call('POST', 1, at('busy'))
  await clock.pass(3_000)
  // It looks at the two that were not used for longest, which have all of theirs again, and forgets them.
  call('GET', 1, at('newcomer'))
  await clock.pass(100)
  sent.length = 0
  call('POST', 2, at('busy'))
  call('GET', 2, at('busy'))
  await clock.pass(100)
  expect(sent).toEqual(['POST', 'POST'])
  await clock.pass(5_000)
})

it('keeps reads and writes in one line where no limit counts them apart', () => {
  const request: HttpRequest = {
    method: 'GET',
    url: 'https://v.example/',
    headers: {},
    operation: '/',
    idempotent: true,
  }
  const lanes = ([limits]: readonly (readonly Limit[])[]): boolean => {
    const shared = quota({ limits: limits ?? [] })
    return shared.lane('a', 1, request, 0) === shared.lane('a', 1, { ...request, method: 'PUT' }, 0)
  }
  expect([lanes([[both]]), lanes([[both, writes]])]).toEqual([true, false])
})

it('refuses a limit that counts neither', () => {
  expect(() => quota({ limits: [{ ...both, counts: 'POST' as never }] })).toThrow(
    '`limits.both.counts` is `reads` or `writes`',
  )
})
