import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { anonymous, bearer, throttledBy, type Transport } from 'hawser'
import { GitHub, github as profile } from 'hawser/github'
import { mockVendor, replay, type MockVendor, type Recording, type Simulator } from 'hawser/testing'

// What GitHub answered when `@octokit/fixtures` recorded it.
const scenarios = createRequire(import.meta.url)
  .resolve('@octokit/fixtures')
  .replace(/index\.js$/, 'scenarios/api.github.com/')
const recorded = (scenario: string): readonly Recording[] =>
  JSON.parse(readFileSync(`${scenarios}${scenario}/normalized-fixture.json`, 'utf8'))
const recordings = (...names: string[]): Simulator =>
  replay(names.flatMap(recorded), {
    origin: 'https://api.github.com',
    origins: ['https://codeload.github.com', 'https://uploads.github.com'],
  })
const client = (vendor: MockVendor): GitHub => new GitHub({ auth: bearer('token-for-tests'), ...vendor.options })
const owner = 'octokit-fixture-org'

it('reads all pages of recorded issues', async () => {
  using vendor = mockVendor(recordings('paginate-issues'))
  const numbers: number[] = []
  for await (const issue of client(vendor).issues.list({ owner, repo: 'paginate-issues', per_page: 3 }))
    numbers.push(issue.number)
  expect(numbers).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(vendor.requests.map(({ url }) => url.replace('https://api.github.com', ''))).toEqual([
    '/repos/octokit-fixture-org/paginate-issues/issues?per_page=3',
    '/repositories/1000/issues?per_page=3&page=2',
    '/repositories/1000/issues?per_page=3&page=3',
    '/repositories/1000/issues?per_page=3&page=4',
    '/repositories/1000/issues?per_page=3&page=5',
  ])
  expect(vendor.clock.pending).toBe(0)
})

it('sends the version, the media type and the token with every request', async () => {
  using vendor = mockVendor(recordings('get-repository'))
  const { full_name } = await client(vendor).repos.get({ owner, repo: 'hello-world' })
  expect(full_name).toBe('octokit-fixture-org/hello-world')
  expect(vendor.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer token-for-tests',
    accept: 'application/vnd.github+json',
    'x-github-api-version': '2022-11-28',
    'user-agent': 'hawser',
  })
})

it('creates an issue and labels it by route', async () => {
  using vendor = mockVendor(recordings('add-labels-to-issue'))
  const github = client(vendor)
  const { number } = await github.issues.create({ owner, repo: 'add-labels-to-issue', title: 'Issue without a label' })
  const labels = await github.request<{ name: string }[]>('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
    owner,
    repo: 'add-labels-to-issue',
    issue_number: number,
    labels: ['Foo', 'bAr', 'baZ'],
  })
  expect(labels.map(({ name }) => name)).toContain('Foo')
})

it('searches', async () => {
  using vendor = mockVendor(recordings('search-issues'))
  const found = await client(vendor)
    .search.issues({ q: 'sesame repo:octokit-fixture-org/search-issues' })
    .toArray({ limit: 10 })
  expect(found.map(({ title }) => title)).toEqual(['Sesame seeds split without a pop!', 'The doors don’t open'])
})

it('follows a renamed repository, reading and writing', async () => {
  using vendor = mockVendor(replay(recorded('rename-repository').slice(1), { origin: 'https://api.github.com' }))
  const github = client(vendor)
  expect((await github.repos.get({ owner, repo: 'rename-repository' })).name).toBe('rename-repository-newname')
  const change = {
    owner,
    repo: 'rename-repository',
    name: 'rename-repository-newname',
    description: 'test description',
  }
  expect(await github.request('PATCH /repos/{owner}/{repo}', change)).toMatchObject({
    name: 'rename-repository-newname',
  })
  expect(vendor.requests.map(({ method, headers }) => [method, headers['authorization']])).toEqual(
    Array.from({ length: 4 }, (_, at) => [at < 2 ? 'GET' : 'PATCH', 'Bearer token-for-tests']),
  )
})

it('downloads an archive from another host, without the token', async () => {
  using vendor = mockVendor(recordings('get-archive'))
  const archive = await client(vendor).http.bytes('/repos/octokit-fixture-org/get-archive/tarball/main')
  expect(archive.length).toBeGreaterThan(0)
  expect(vendor.requests.map(({ url, headers }) => [new URL(url).host, headers['authorization']])).toEqual([
    ['api.github.com', 'Bearer token-for-tests'],
    ['codeload.github.com', undefined],
  ])
})

it('uploads an asset to the other host, with the token', async () => {
  using vendor = mockVendor(recordings('release-assets'))
  const asset = await client(vendor).http.post<{ name: string }>(
    'https://uploads.github.com/repos/octokit-fixture-org/release-assets/releases/1000/assets',
    {
      query: { name: 'test-upload.txt', label: 'test' },
      body: 'Hello, world!\n',
      headers: { 'content-type': 'text/plain' },
    },
  )
  expect(asset.name).toBe('test-upload.txt')
  expect(vendor.requests[0]?.headers['authorization']).toBe('Bearer token-for-tests')
})

it('says what GitHub says of a mistake', async () => {
  using vendor = mockVendor(recordings('errors'))
  const call = client(vendor).request('POST /repos/{owner}/{repo}/labels', {
    owner,
    repo: 'errors',
    name: 'foo',
    color: 'invalid',
  })
  await expect(call).rejects.toMatchObject({
    status: 422,
    vendorCode: 'invalid',
    requestId: '0000:00000:0000000:0000000:00000000',
    retryStop: 'not-retryable',
  })
})

it('decodes every answer that was recorded', async () => {
  let decoded = 0
  for (const scenario of readdirSync(scenarios)) {
    for (const recording of recorded(scenario)) {
      const { method, path, status, body } = recording
      if (status >= 300 || ('responseIsBinary' in recording && recording.responseIsBinary === true)) continue
      using vendor = mockVendor(replay([recording], { origin: 'https://api.github.com' }))
      const { http } = client(vendor)
      const sent = body === '' || body === undefined ? {} : typeof body === 'string' ? { body } : { json: body }
      const text = typeof recording.response === 'string'
      const { response } = await (
        text ? http.text(path, sent, method.toUpperCase()) : http.request(`${method.toUpperCase()} ${path}`, {}, sent)
      ).withResponse()
      expect(response.status).toBe(status)
      decoded++
    }
  }
  expect(decoded).toBeGreaterThan(50)
})

const throttle = (status: number, headers: Record<string, string>, message = ''): unknown =>
  throttledBy(profile.quota?.reader)(
    { status, headers, body: Buffer.from(JSON.stringify({ message })) },
    Date.UTC(2030, 0, 1),
  )

it('tells a throttle from a refusal, and how long it lasts', () => {
  const noon = 'Tue, 01 Jan 2030 00:00:00 GMT'
  const reset = String(Date.UTC(2030, 0, 1, 0, 10) / 1000)
  expect(throttle(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })).toEqual({ retryAfterMs: 600_000 })
  expect(throttle(429, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset, date: noon })).toEqual({
    retryAfterMs: 600_000,
  })
  expect(throttle(403, { 'retry-after': '30', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset })).toEqual({
    retryAfterMs: 30_000,
  })
  expect(throttle(403, { 'x-ratelimit-remaining': '4000' }, 'You have exceeded a secondary rate limit.')).toEqual({
    retryAfterMs: 60_000,
  })
  expect(throttle(429, {})).toEqual({ retryAfterMs: 60_000 })
  expect(throttle(403, { 'x-ratelimit-remaining': '4000' }, 'Resource not accessible by integration')).toBeUndefined()
  expect(throttle(404, { 'x-ratelimit-remaining': '0' })).toBeUndefined()
})

it('repeats a write that a secondary limit refused, and not one that was perhaps done', async () => {
  using vendor = mockVendor({
    origin: 'https://api.github.com',
    respond: () => Response.json({ number: 7 }, { status: 201 }),
  })
  const secondary = { headers: { 'retry-after': '2' }, body: '{"message":"You have exceeded a secondary rate limit."}' }
  vendor.fail(403, secondary)
  expect(await client(vendor).issues.create({ owner, repo: 'r', title: 't' })).toEqual({ number: 7 })
  expect(vendor.clock.slept).toEqual([2_000])
  vendor.fail(502)
  await expect(client(vendor).issues.create({ owner, repo: 'r', title: 't' })).rejects.toMatchObject({
    status: 502,
    attempts: 1,
    retryStop: 'not-idempotent',
  })
})

it('asks each endpoint where GitHub’s reference has it', async () => {
  using vendor = mockVendor({
    origin: 'https://api.github.com',
    respond: (request) =>
      Response.json(request.url.includes('/search/') ? { items: [] } : request.method === 'GET' ? [] : {}),
  })
  const github = new GitHub({ auth: anonymous(), ...vendor.options })
  const at = { owner: 'o', repo: 'r' }
  await github.issues.get({ ...at, issue_number: 1 })
  await github.issues.update({ ...at, issue_number: 1, state: 'closed' })
  await github.issues.comments({ ...at, issue_number: 1 }).toArray({ limit: 1 })
  await github.issues.comment({ ...at, issue_number: 1, body: 'hello' })
  await github.pulls.list({ ...at, state: 'open' }).toArray({ limit: 1 })
  await github.pulls.get({ ...at, pull_number: 2 })
  await github.pulls.create({ ...at, title: 't', head: 'h', base: 'b' })
  await github.repos.listForOrg({ org: 'x' }).toArray({ limit: 1 })
  await github.users.me()
  await github.users.get({ username: 'u' })
  await github.search.repos({ q: 'q' }).toArray({ limit: 1 })
  expect(
    vendor.requests.map(({ method, url, body }) =>
      [method, url.replace('https://api.github.com', ''), body].join(' ').trim(),
    ),
  ).toEqual([
    'GET /repos/o/r/issues/1',
    'PATCH /repos/o/r/issues/1 {"state":"closed"}',
    'GET /repos/o/r/issues/1/comments?per_page=100',
    'POST /repos/o/r/issues/1/comments {"body":"hello"}',
    'GET /repos/o/r/pulls?per_page=100&state=open',
    'GET /repos/o/r/pulls/2',
    'POST /repos/o/r/pulls {"title":"t","head":"h","base":"b"}',
    'GET /orgs/x/repos?per_page=100',
    'GET /user',
    'GET /users/u',
    'GET /search/repositories?per_page=100&q=q',
  ])
  expect(vendor.requests.every(({ headers }) => headers['authorization'] === undefined)).toBe(true)
})

it('asks again for what it has had at no cost', async () => {
  const limits = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-resource': 'core',
    'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3600),
  }
  const statuses: number[] = []
  const transport: Transport = async ({ headers }) => {
    const status = headers['if-none-match'] === 'W/"one"' ? 304 : 200
    statuses.push(status)
    const body = Buffer.from(status === 304 ? '' : '{"login":"octocat"}')
    return { status, headers: { ...limits, etag: 'W/"one"' }, body }
  }
  const octocat = new GitHub({ auth: bearer('t'), transport, revalidate: {} })
  for (let call = 0; call < 5; call++) expect(await octocat.users.me()).toEqual({ login: 'octocat' })
  expect(statuses).toEqual([200, 304, 304, 304, 304])
  expect(octocat.quota().find(({ name }) => name === 'core')).toMatchObject({ remaining: 4999 })
})
