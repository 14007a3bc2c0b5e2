import { expect, it } from 'vitest'
import { HttpError, bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor, type MockVendor } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'

const limits = (remaining: number, resetsAt: number): Record<string, string> => ({
  'x-ratelimit-limit': '5000',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-resource': 'graphql',
  'x-ratelimit-reset': String(resetsAt / 1000),
})

/** A vendor that gives one answer after the other, and the last one from then on. */
function vendorOf(...answers: readonly ((now: number) => Response)[]): MockVendor {
  let count = 0
  return mockVendor({
    origin: 'https://api.github.com',
    respond: (_, context) => answers[Math.min(count++, answers.length - 1)]?.(context?.now() ?? 0),
  })
}

const clientOf = (vendor: MockVendor): GitHub => new GitHub({ auth: bearer('t'), ...vendor.options })
const failing =
  (...errors: readonly object[]) =>
  () =>
    Response.json({ data: null, errors })
const sent = (vendor: MockVendor): unknown[] => vendor.requests.map(({ body }) => JSON.parse(body))

it('asks, and gives what is under `data`', async () => {
  using vendor = vendorOf(() => Response.json({ data: { viewer: { login: 'octocat' } } }))
  const { data } = await clientOf(vendor).graphql.query<{ viewer: { login: string } }>('{ viewer { login } }')
  expect(data.viewer.login).toBe('octocat')
  expect(vendor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['POST https://api.github.com/graphql'])
  expect(sent(vendor)).toEqual([{ query: '{ viewer { login } }', variables: {} }])
})

it.each([
  [
    { type: 'NOT_FOUND', path: ['repository'], locations: [{ line: 1, column: 3 }], message: 'No such thing' },
    404,
    'NOT_FOUND',
  ],
  [
    { type: 'INSUFFICIENT_SCOPES', locations: [], message: 'Your token has not been granted it' },
    403,
    'INSUFFICIENT_SCOPES',
  ],
  [
    { locations: [{ line: 1, column: 3 }], extensions: { code: 'undefinedField' }, message: 'No such field' },
    400,
    'undefinedField',
  ],
])('takes errors that come with status 200 for what they are: %o', async (error, status, vendorCode) => {
  using vendor = vendorOf(failing(error))
  const failure = await failureOf(clientOf(vendor).graphql.query('{ x }'))
  expect(failure).toBeInstanceOf(HttpError)
  expect(failure).toMatchObject({ status, vendorCode })
  expect(String(failure)).toContain(error.message)
})

it('takes a list of errors that was asked for by REST for the answer that it is', async () => {
  const found = { errors: [{ line: 3, column: 1, kind: 'Invalid pattern', path: 'CODEOWNERS', message: 'Invalid' }] }
  using vendor = vendorOf(() => Response.json(found))
  const route = 'GET /repos/{owner}/{repo}/codeowners/errors'
  expect(await clientOf(vendor).request(route, { owner: 'o', repo: 'r' })).toEqual(found)
})

it('waits for the reset where the points are used up, and asks again', async () => {
  using vendor = vendorOf(
    (now) =>
      Response.json(
        { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
        { headers: limits(0, now + 30_000) },
      ),
    () => Response.json({ data: 1 }),
  )
  const began = vendor.clock.now
  expect(await clientOf(vendor).graphql.query('{ x }')).toEqual({ data: 1 })
  expect(vendor.clock.now - began).toBeGreaterThanOrEqual(30_000)
})

it.each(['RATE_LIMIT', 'RATE_LIMITED'])('waits as well where %s leaves less than the query costs', async (type) => {
  using vendor = vendorOf(
    (now) =>
      Response.json(
        { errors: [{ type, code: 'graphql_rate_limit', message: 'API rate limit already exceeded for user ID 1.' }] },
        { headers: limits(4, now + 30_000) },
      ),
    () => Response.json({ data: 1 }),
  )
  const began = vendor.clock.now
  expect(await clientOf(vendor).graphql.query('{ x }')).toEqual({ data: 1 })
  expect(vendor.clock.now - began).toBeGreaterThanOrEqual(30_000)
})

it('takes an error that has nothing but a message for trouble of GitHub’s own', async () => {
  const trouble = failing({ message: 'Something went wrong while executing your query.' })
  for (const [kind, attempts] of [
    ['query', 4],
    ['mutate', 1],
  ] as const) {
    using vendor = vendorOf(trouble)
    const failure = await failureOf(clientOf(vendor).graphql[kind]('x'))
    expect(failure).toBeInstanceOf(HttpError)
    expect(failure).toMatchObject({ status: 500 })
    expect([kind, vendor.requests.length]).toEqual([kind, attempts])
  }
})

it('waits for a minute at a secondary limit that comes with status 200', async () => {
  using vendor = vendorOf(failing({ message: 'You have exceeded a secondary rate limit.' }), () =>
    Response.json({ data: 1 }),
  )
  const client = new GitHub({ auth: bearer('t'), ...vendor.options, deadline: 120_000 })
  expect(await client.graphql.mutate('x')).toEqual({ data: 1 })
  expect(vendor.clock.slept).toEqual([60_000])
})

it('counts what a query cost where it asks for it', async () => {
  using vendor = vendorOf((now) =>
    Response.json({ data: { rateLimit: { cost: 40 } } }, { headers: limits(4960, now + 3_600_000) }),
  )
  const client = clientOf(vendor)
  await client.graphql.query('{ rateLimit { cost } }')
  await client.graphql.query('{ rateLimit { cost } }')
  const graphql = client.quota().find(({ key }) => key.includes('graphql'))
  expect(graphql).toMatchObject({ limit: 5000 })
  // What a call cost beyond its estimate counts as used after it, until the next answer: that errs on the side of less.
  expect(graphql?.remaining).toBeLessThanOrEqual(4960)
  expect(graphql?.remaining).toBeGreaterThan(4960 - 40)
})

it('lists a connection page by page, with the cursor among the variables', async () => {
  const page = (names: readonly string[], hasNextPage: boolean) => () => {
    const nodes = names.map((name) => ({ name }))
    return Response.json({
      data: { viewer: { repositories: { nodes, pageInfo: { endCursor: names[0], hasNextPage } } } },
    })
  }
  using vendor = vendorOf(page(['a', 'b'], true), page(['c'], false))
  const list = clientOf(vendor).graphql.list<{ name: string }>('query ($after: String) { … }', 'viewer.repositories', {
    n: 2,
  })
  expect(await list.toArray({ limit: 10 })).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'c' }])
  expect(sent(vendor)).toMatchObject([{ variables: { n: 2 } }, { variables: { n: 2, after: 'a' } }])
})

it('sends a query again after a failure, and a mutation only where it was certainly not done', async () => {
  const broken = (): Response => new Response(null, { status: 502 })
  for (const [kind, attempts] of [
    ['query', 2],
    ['mutate', 1],
  ] as const) {
    using vendor = vendorOf(broken, () => Response.json({ data: 1 }))
    await clientOf(vendor)
      .graphql[kind]('x')
      .then(
        () => {},
        () => {},
      )
    expect([kind, vendor.requests.length]).toEqual([kind, attempts])
  }
})
