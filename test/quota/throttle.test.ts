import { expect, it } from 'vitest'
import { BulkheadFullError } from '../../src/errors.ts'
import type { RuntimeEvent } from '../../src/events.ts'
import type { Policy } from '../../src/http/policy.ts'
import type { HttpRequest } from '../../src/http/request.ts'
import { bodyText } from '../../src/http/response.ts'
import { quota } from '../../src/quota/quota.ts'
import { costBody } from '../../src/quota/readers/cost-body.ts'
import { refusalWhen } from '../../src/quota/readers/refusal-when.ts'
import { xRateLimit } from '../../src/quota/readers/x-rate-limit.ts'
import { readAll, type QuotaReader } from '../../src/quota/reading.ts'
import { throttle, type ThrottleOptions } from '../../src/quota/throttle.ts'
import { manualClock, settled, type ManualClock } from './clock.ts'

interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly tookMs?: number
}

const second = { name: 's', limit: 10, windowMs: 1000 }
const told = (limit: number, remaining: number, resetMs: number): Answer => ({
  headers: {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(resetMs),
  },
})
const reader = xRateLimit({ reset: 'delta-ms', windowMs: 1000 })

/** Sends calls through a policy to a vendor that answers as it is told. */
function vendor(clock: ManualClock, policy: Policy, answer: (request: HttpRequest, count: number) => Answer) {
  const sent: string[] = []
  const send = policy(async (request) => {
    sent.push(request.operation)
    const { status = 200, headers = {}, body = '', tookMs = 10 } = answer(request, sent.length)
    await clock.runtime.sleep(tookMs)
    return { status, headers, body: new TextEncoder().encode(JSON.stringify(body)) }
  }, clock.runtime)
  const errors: unknown[] = []
  const call = (operation = 'GET /', more: Partial<HttpRequest> = {}): void => {
    const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation, ...more }
    send(request).catch((error: unknown) => errors.push(error))
  }
  return { sent, call, errors }
}

function setUp(options: ThrottleOptions, answer: (request: HttpRequest, count: number) => Answer = () => ({})) {
  const clock = manualClock()
  const policy = throttle(options)
  return { clock, policy, ...vendor(clock, policy, answer) }
}

it('sends one call ahead to learn the limit, and then as many as it allows', async () => {
  const { clock, sent, call, policy } = setUp({ reader }, (_, count) => told(30, 30 - count, 990))
  for (let index = 0; index < 50; index++) call()
  await clock.pass(1)
  expect(sent.length).toBe(1)
  await clock.pass(50)
  expect(sent.length).toBe(30)
  expect(policy.quota()[0]).toMatchObject({ kind: 'unproven', limit: 30, remaining: 0, queued: 20 })
  expect(clock.events).toContainEqual(expect.objectContaining({ type: 'quota', limit: 30 }))
})

it('ignores answers from a cache', async () => {
  const { clock, call, policy } = setUp({ limits: [second], reader }, () => {
    const { headers } = told(10, 0, 900)
    return { headers: { ...headers, age: '30' } }
  })
  call()
  await clock.pass(100)
  expect(policy.quota()).toMatchObject([{ limit: 10, remaining: 9 }])
})

it('holds nobody else up where the vendor refuses for the one object that a call is about', async () => {
  const locked = refusalWhen({ body: 'locked', of: 'object' })
  const { clock, sent, call, policy, errors } = setUp({ limits: [second], reader: locked }, (_, count) =>
    count === 1 ? { status: 429, body: 'locked' } : {},
  )
  call()
  await clock.pass(20)
  for (let index = 0; index < 9; index++) call()
  await clock.pass(20)
  expect([sent.length, errors]).toEqual([10, []])
  expect(policy.quota()).toMatchObject([{ limit: 10, remaining: 0, queued: 0 }])
  expect(policy.quota()[0]).not.toHaveProperty('pausedUntil')
  expect(clock.events.filter(({ type }) => type === 'pause')).toEqual([])
})

it('pauses only the window that was violated, for everyone, until the latest moment known', async () => {
  const families = (request: HttpRequest): string => request.operation.split('/')[1] ?? ''
  const limits = [
    { ...second, name: 'a', scope: 'family', families: ['a'] },
    { ...second, name: 'b', scope: 'family', families: ['b'] },
  ] as const
  const { clock, sent, call, policy } = setUp({ limits, family: families }, (_, count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '3' } } : {},
  )
  call('GET /a')
  await clock.pass(100)
  call('GET /a')
  call('GET /b')
  await clock.pass(2800)
  expect(sent).toEqual(['GET /a', 'GET /b'])
  expect(policy.quota().find(({ name }) => name === 'a')?.pausedUntil).toBe(Date.UTC(2030, 0, 1) + 3010)
  await clock.pass(200)
  expect(sent).toEqual(['GET /a', 'GET /b', 'GET /a'])
})

it('pauses once for all refusals of one window', async () => {
  const { clock, call } = setUp({ limits: [second] }, (_, count) => ({
    status: 429,
    headers: { 'retry-after': '2' },
    tookMs: 10 * count,
  }))
  for (let index = 0; index < 10; index++) call()
  await clock.pass(500)
  expect(clock.events.filter(({ type }) => type === 'pause')).toEqual([
    {
      type: 'pause',
      operation: 'GET /',
      at: Date.UTC(2030, 0, 1) + 10,
      bucket: 's',
      until: Date.UTC(2030, 0, 1) + 2010,
    },
  ])
})

it('waits for the moment that one of many refusals names, though the others had it pause for a guess', async () => {
  const retryAfter = (_: HttpRequest, count: number): Answer =>
    count <= 2 ? { status: 429, tookMs: count, headers: count === 2 ? { 'retry-after': '1' } : {} } : {}
  const { clock, sent, call } = setUp({ startPerSecond: Infinity }, retryAfter)
  call()
  call()
  await clock.pass(10)
  call()
  await clock.pass(991)
  expect(sent.length).toBe(2)
  await clock.pass(1)
  expect(sent.length).toBe(3)
})

it('waits as long as Retry-After says, and no longer, where others have used what was left of a limit without a grid', async () => {
  for (const kind of ['first-call', 'sliding', 'token-bucket'] as const) {
    const limits = [{ name: 'minute', limit: 50, windowMs: 60_000, kind }]
    const { clock, sent, call, errors } = setUp({ limits }, (_, count) =>
      count === 11 ? { status: 429, headers: { 'retry-after': '7' } } : {},
    )
    for (let index = 0; index < 11; index++) call()
    await clock.pass(1000)
    call('GET /later', { deadline: clock.now + 30_000 })
    await clock.pass(5900)
    expect([kind, sent.length]).toEqual([kind, 11])
    await clock.pass(300)
    expect([kind, sent.at(-1), errors]).toEqual([kind, 'GET /later', []])
  }
})

it('gives the room of a log that others had filled back as fast as a full log empties', async () => {
  const limits = [{ name: 'minute', limit: 60, windowMs: 60_000, kind: 'sliding' as const }]
  const { clock, sent, call } = setUp({ limits }, (_, count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '10' } } : {},
  )
  call()
  await clock.pass(1000)
  for (let index = 0; index < 60; index++) call()
  const counts: number[] = []
  for (const ms of [8900, 500, 20_000, 20_000]) {
    await clock.pass(ms)
    counts.push(sent.length - 1)
  }
  // Three at once, as it is taken back in twenty steps.
  expect(counts).toEqual([0, 3, 21, 42])
})

it('pauses all families of a connection for a window that it only knows by the name in a refusal', async () => {
  const options: ThrottleOptions = {
    family: ({ operation }) => operation,
    startPerSecond: Infinity,
    reader: refusalWhen({ status: 429, window: 'account' }),
  }
  const { clock, sent, call } = setUp(options, (_, count) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '3' } } : {},
  )
  call('x')
  await clock.pass(20)
  call('x')
  call('y')
  await clock.pass(2900)
  expect(sent).toEqual(['x'])
  await clock.pass(1200)
  expect(sent.toSorted()).toEqual(['x', 'x', 'y'])
})

it('learns the limit of a window that it first knew by the name in a refusal', async () => {
  const read: QuotaReader = (response) => JSON.parse(bodyText(response))
  const windows = [{ name: 'account', limit: 3, remaining: 2, windowMs: 1000, kind: 'sliding' }]
  const { clock, policy, call } = setUp({ reader: read, limits: [second] }, (_, count) =>
    count === 1 ? { status: 429, body: { refusal: { window: 'account' } } } : { body: { windows } },
  )
  call()
  await clock.pass(1000)
  call()
  await clock.pass(20)
  const state = policy.quota().find(({ name }) => name === 'account')
  expect(state).toMatchObject({ kind: 'sliding', limit: 3, remaining: 2 })
})

it('lowers the cap at a refusal for concurrency, and does not pause', async () => {
  const busy = refusalWhen({ body: 'too many at once', of: 'concurrency' })
  const { clock, call, policy } = setUp(
    { limits: [{ ...second, limit: 1000 }], maxConcurrent: 20, reader: busy },
    (_, count) => (count <= 20 ? { status: 429, body: 'too many at once' } : {}),
  )
  for (let index = 0; index < 20; index++) call()
  await clock.pass(100)
  const states = policy.quota()
  expect(states.find(({ name }) => name === 'concurrency')?.limit).toBeLessThan(20)
  expect(states.every(({ pausedUntil }) => pausedUntil === undefined)).toBe(true)
})

it('finds a cap where none was declared, by the first call that was refused of many', async () => {
  const busy = refusalWhen({ body: 'too many at once', of: 'concurrency' })
  const { clock, call, policy } = setUp({ limits: [{ ...second, limit: 1000 }], reader: busy }, (_, count) =>
    count <= 4 ? { tookMs: 500 } : { status: 429, body: 'too many at once', tookMs: 20 - count },
  )
  expect(policy.quota()).toEqual([])
  for (let index = 0; index < 10; index++) call()
  await clock.pass(100)
  expect(policy.quota().find(({ name }) => name === 'concurrency')?.limit).toBe(4)
})

it('fails fast when a daily quota is used up, with the moment of its return', async () => {
  const daily = { name: 'daily', limit: 1000, windowMs: 86_400_000 }
  const { clock, sent, call, errors } = setUp(
    { limits: [daily], reader: xRateLimit({ reset: 'epoch-ms', window: 'daily' }) },
    () => told(1000, 0, Date.UTC(2030, 0, 1, 18)),
  )
  call()
  await clock.pass(100)
  call()
  await clock.pass(100)
  expect(sent.length).toBe(1)
  expect(errors).toMatchObject([{ code: 'QUOTA_EXHAUSTED', because: 'window', retryAt: Date.UTC(2030, 0, 1, 18) }])
  expect(clock.pending).toBe(0)
})

it('puts the real cost in the place of the declared one', async () => {
  const cost = costBody({ cost: 'extensions.cost.actualQueryCost' })
  const points = { name: 'points', limit: 1000, windowMs: 20_000, kind: 'token-bucket' } as const
  const { clock, call, policy } = setUp({ limits: [points], reader: cost }, () => ({
    body: { extensions: { cost: { actualQueryCost: 12 } } },
    tookMs: 0,
  }))
  call('POST /graphql', { cost: 400 })
  await clock.pass(0)
  expect(policy.quota()).toMatchObject([{ remaining: 988 }])
})

it('gives back what was never sent', async () => {
  const clock = manualClock()
  const policy = throttle({ limits: [second] })
  const send = policy(() => Promise.reject(new BulkheadFullError('full')), clock.runtime)
  await expect(
    send({ method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation: 'GET /' }),
  ).rejects.toThrow('full')
  expect(policy.quota()).toMatchObject([{ remaining: 10, underWay: 0 }])
})

it('does not send a call that is aborted between its turn and its start, and gives back what it was charged', async () => {
  const clock = manualClock()
  const abort = new AbortController()
  const policy = throttle({ limits: [{ ...second, limit: 1 }] })
  const runtime = { ...clock.runtime, emit: ({ type }: RuntimeEvent) => type === 'wait' && abort.abort() }
  const sent: string[] = []
  const send = policy(async ({ operation }) => {
    sent.push(operation)
    return { status: 200, headers: {}, body: new Uint8Array() }
  }, runtime)
  const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true }
  await send({ ...request, operation: 'first' })
  const late = send({ ...request, operation: 'late', signal: abort.signal })
  await Promise.all([expect(late).rejects.toMatchObject({ code: 'ABORTED' }), clock.pass(1000)])
  expect(sent).toEqual(['first'])
  expect(policy.quota()).toMatchObject([{ remaining: 1, underWay: 0, queued: 0 }])
})

it('gives the place back where the policy below throws before it answers', async () => {
  const policy = throttle({ limits: [second] })
  const send = policy(() => {
    throw new Error('a policy’s own fault')
  }, manualClock().runtime)
  const request = { method: 'GET', url: 'https://v.example/', headers: {}, idempotent: true, operation: 'GET /' }
  await expect(send(request)).rejects.toThrow('own fault')
  expect(policy.quota()).toMatchObject([{ remaining: 9, underWay: 0 }])
})

it('shares no bucket between clients that were not given the same quota', async () => {
  const clock = manualClock()
  const clients = [throttle({ limits: [second] }), throttle({ limits: [second] })]
  const sent = clients.map((policy) => vendor(clock, policy, () => ({})))
  for (const { call } of sent) for (let index = 0; index < 20; index++) call()
  await clock.pass(10)
  expect(sent.map((each) => each.sent.length)).toEqual([10, 10])
})

it('shares the app’s limits between connections of one quota, and not those of a connection', async () => {
  const clock = manualClock()
  const shared = quota({
    limits: [
      { name: 'app', limit: 12, windowMs: 1000, scope: 'app' },
      { ...second, scope: 'connection' },
    ],
  })
  const clients = ['a', 'b'].map((connection) => throttle({ quota: shared, connection }))
  const sent = clients.map((policy) => vendor(clock, policy, () => ({})))
  for (const { call } of sent) for (let index = 0; index < 20; index++) call()
  await clock.pass(10)
  expect(sent.map((each) => each.sent.length)).toEqual([10, 2])
})

it('gives clients of one quota their own connections where they have no name', async () => {
  const clock = manualClock()
  const shared = quota({ limits: [second] })
  const sent = [0, 1].map(() => vendor(clock, throttle({ quota: shared }), () => ({})))
  for (const { call } of sent) for (let index = 0; index < 20; index++) call()
  await clock.pass(10)
  expect(sent.map((each) => each.sent.length)).toEqual([10, 10])
})

it('counts an object apart where a limit says so', async () => {
  const limits = [{ ...second, limit: 1, scope: 'object' }] as const
  const object = ({ url }: HttpRequest): string | undefined => new URL(url).searchParams.get('channel') ?? undefined
  const { clock, sent, call } = setUp({ limits, object, startPerSecond: Infinity })
  for (const channel of ['x', 'x', 'y', 'y']) call(`POST ${channel}`, { url: `https://v.example/?channel=${channel}` })
  await clock.pass(10)
  expect(sent).toEqual(['POST x', 'POST y'])
})

it('keeps no pace before a refusal where none is asked for', async () => {
  const { clock, sent, call } = setUp({ startPerSecond: Infinity })
  for (let index = 0; index < 500; index++) call()
  await clock.pass(1)
  expect(sent.length).toBe(500)
})

it('corrects a reset on the vendor’s clock by its `Date`', async () => {
  const hour = 3_600_000
  const start = Date.UTC(2030, 0, 1)
  const { clock, call, policy } = setUp({ reader: xRateLimit({ reset: 'epoch-ms', windowMs: 60_000 }) }, () => ({
    headers: {
      ...told(10, 5, start + hour + 30_000).headers,
      date: new Date(start + hour).toUTCString(),
    },
  }))
  call()
  await clock.pass(20)
  const { resetsAt = 0 } = policy.quota()[0] ?? {}
  expect(Math.abs(resetsAt - (start + 30_000))).toBeLessThanOrEqual(1100)
})

it('tells how long a call waited', async () => {
  const { clock, call } = setUp({ limits: [{ ...second, limit: 1 }] })
  call()
  call()
  await clock.pass(1000)
  expect(clock.events).toContainEqual({
    type: 'wait',
    in: 'throttle',
    operation: 'GET /',
    at: Date.UTC(2030, 0, 1) + 1000,
    waitedMs: 1000,
  })
})

it('keeps the answer where a reader fails', async () => {
  const { clock, call, errors, policy } = setUp({
    limits: [second],
    reader: () => {
      throw new Error('a reader’s own fault')
    },
  })
  call()
  await clock.pass(100)
  expect(errors).toEqual([])
  expect(policy.quota()).toMatchObject([{ underWay: 0 }])
})

it('joins readers', () => {
  const answer = { status: 429, headers: { 'x-ratelimit-remaining': '0' }, body: new Uint8Array() }
  expect(readAll(reader, refusalWhen({ window: 's' }))(answer, 0)).toEqual({
    windows: [{ remaining: 0, windowMs: 1000 }],
    refusal: { window: 's' },
  })
})

it('refuses options it does not know, and a shared quota with options of its own', () => {
  const misspelt: object = { shares: 0.5 }
  expect(() => throttle({ ...misspelt })).toThrow('throttle has no option `shares`')
  expect(() => throttle({ quota: quota(), share: 0.5 })).toThrow('not both')
  expect(() => throttle({ share: 1.5 })).toThrow('share')
  expect(() => throttle({ limits: [second, second] })).toThrow('a name of its own')
})

it('releases every place after answers of all kinds', async () => {
  const { clock, call, policy } = setUp({ limits: [second], maxConcurrent: 3 }, (_, count) => ({ status: 200 + count }))
  for (let index = 0; index < 9; index++) call()
  await clock.pass(5000)
  await settled()
  expect(policy.quota().map(({ underWay, queued }) => [underWay, queued])).toEqual([
    [0, 0],
    [0, 0],
  ])
})
