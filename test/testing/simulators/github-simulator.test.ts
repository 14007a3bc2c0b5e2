import { expect, it } from 'vitest'
import { anonymous, bearer } from 'hawser'
import { GitHub, github as profile } from 'hawser/github'
import { githubSimulator, mockVendor, type GitHubSimulatorOptions, type MockVendor } from 'hawser/testing'

const start = (options?: GitHubSimulatorOptions): { vendor: MockVendor; github: GitHub } => {
  const vendor = mockVendor(githubSimulator(options), { front: 'memory' })
  return { vendor, github: new GitHub({ auth: bearer('t'), ...vendor.options }) }
}
const at = { owner: 'octo', repo: 'hello' }

it('answers every method that the connector has', async () => {
  const { vendor, github } = start()
  const { number } = await github.issues.create({
    ...at,
    title: 'First',
    body: 'text',
    labels: ['bug'],
    assignees: ['hubot'],
  })
  const pull = await github.pulls.create({ ...at, title: 'Second', head: 'octo:fix', base: 'main', draft: true })
  expect([number, pull.number, pull.head.ref, pull.draft]).toEqual([1, 2, 'fix', true])
  const issue = await github.issues.get({ ...at, issue_number: 1 })
  expect(issue).toMatchObject({ title: 'First', state: 'open', user: { login: 'octocat' }, labels: [{ name: 'bug' }] })
  const comment = await github.issues.comment({ ...at, issue_number: 1, body: 'Me too' })
  expect(await github.issues.comments({ ...at, issue_number: 1 }).toArray({ limit: 9 })).toEqual([comment])
  expect((await github.issues.get({ ...at, issue_number: 1 })).comments).toBe(1)
  expect(await github.pulls.get({ ...at, pull_number: 2 })).toEqual(pull)
  expect((await github.pulls.list(at).toArray({ limit: 9 })).map((each) => each.number)).toEqual([2])
  expect((await github.repos.get(at)).full_name).toBe('octo/hello')
  expect((await github.repos.listForOrg({ org: 'octo' }).toArray({ limit: 9 })).map(({ name }) => name)).toEqual([
    'hello',
  ])
  expect((await github.users.me()).login).toBe('octocat')
  expect((await github.users.get({ username: 'hubot' })).login).toBe('hubot')
  expect(
    (await github.search.issues({ q: 'repo:octo/hello is:pr' }).toArray({ limit: 9 })).map((each) => each.number),
  ).toEqual([2])
  expect(await github.search.repos({ q: 'user:octo hel' }).toArray({ limit: 9 })).toHaveLength(1)
  expect(vendor.violations).toEqual([])
})

it('closes and reopens an issue, and the pull request behind it', async () => {
  const { github, vendor } = start()
  await github.pulls.create({ ...at, title: 'x', head: 'fix', base: 'main' })
  vendor.clock.advance(60_000)
  const closed = await github.issues.update({ ...at, issue_number: 1, state: 'closed', title: 'y' })
  expect(closed).toMatchObject({
    state: 'closed',
    closed_at: '2030-01-01T00:01:00Z',
    created_at: '2030-01-01T00:00:00Z',
  })
  expect(await github.pulls.get({ ...at, pull_number: 1 })).toMatchObject({ state: 'closed', title: 'y' })
  expect(await github.issues.update({ ...at, issue_number: 1, state: 'open' })).toMatchObject({ closed_at: null })
})

it('lists the newest first, page by page, filtered as GitHub does', async () => {
  const { github, vendor } = start({ quota: false })
  for (let number = 1; number <= 7; number++) {
    const labels = number % 2 === 0 ? ['even'] : []
    await github.issues.create({ ...at, title: `${number}`, labels, assignees: number === 3 ? ['hubot'] : [] })
  }
  await github.issues.update({ ...at, issue_number: 2, state: 'closed' })
  const numbers = async (query: object): Promise<number[]> =>
    (await github.issues.list({ ...at, per_page: 2, ...query }).toArray({ limit: 99 })).map(({ number }) => number)
  expect(await numbers({})).toEqual([7, 6, 5, 4, 3, 1])
  expect(await numbers({ state: 'all', labels: 'even', direction: 'asc' })).toEqual([2, 4, 6])
  expect(await numbers({ state: 'closed' })).toEqual([2])
  expect(await numbers({ assignee: 'hubot' })).toEqual([3])
  expect(await numbers({ assignee: 'none', creator: 'octocat', labels: 'even' })).toEqual([6, 4])
  const { response } = await github.http
    .get('/repos/octo/hello/issues', { query: { per_page: 2, page: 2 } })
    .withResponse()
  expect(response.headers['link']).toBe(
    [
      '<https://api.github.com/repos/octo/hello/issues?per_page=2&page=1>; rel="prev"',
      '<https://api.github.com/repos/octo/hello/issues?per_page=2&page=3>; rel="next"',
      '<https://api.github.com/repos/octo/hello/issues?per_page=2&page=3>; rel="last"',
      '<https://api.github.com/repos/octo/hello/issues?per_page=2&page=1>; rel="first"',
    ].join(', '),
  )
  expect(vendor.clock.pending).toBe(0)
})

it('refuses as GitHub does', async () => {
  const { github, vendor } = start({ repos: ['octo/hello'], login: 'me' })
  await expect(github.issues.create({ ...at, title: '' })).rejects.toMatchObject({
    status: 422,
    vendorCode: 'missing_field',
  })
  await expect(github.issues.get({ ...at, issue_number: 9 })).rejects.toMatchObject({ status: 404 })
  await expect(github.repos.get({ owner: 'octo', repo: 'other' })).rejects.toThrow('“Not Found”')
  await expect(github.users.get({ username: 'nobody' })).rejects.toMatchObject({ status: 404 })
  await expect(github.pulls.create({ ...at, title: 'x', head: 'fix', base: '' })).rejects.toMatchObject({ status: 422 })
  const stranger = new GitHub({ auth: anonymous(), ...vendor.options })
  await expect(stranger.users.me()).rejects.toMatchObject({ status: 401 })
  await expect(stranger.issues.create({ ...at, title: 'x' })).rejects.toMatchObject({ status: 401 })
  expect((await stranger.repos.get(at)).owner.login).toBe('octo')
  await expect(github.http.get('/user', { headers: { 'x-github-api-version': '1999-01-01' } })).rejects.toMatchObject({
    status: 400,
  })
})

it('finds by text and qualifiers, each also negated, and knows no others', async () => {
  const { github } = start({ quota: false })
  await github.issues.create({ ...at, title: 'The door squeaks', labels: ['Bug'] })
  await github.issues.create({ owner: 'other', repo: 'hello', title: 'The door is open' })
  const found = async (q: string): Promise<number> => (await github.search.issues({ q }).toArray({ limit: 99 })).length
  expect(await found('door')).toBe(2)
  expect(await found('"door squeaks"')).toBe(1)
  expect(await found('door -label:bug')).toBe(1)
  expect(await found('user:octo author:octocat is:open is:issue')).toBe(1)
  expect(await found('door state:closed')).toBe(0)
  await expect(found('milestone:1')).rejects.toThrow('does not know `milestone:`')
})

it('gives the first thousand of what it finds, and counts all', async () => {
  const simulator = githubSimulator({ quota: false })
  using vendor = mockVendor(simulator, { front: 'memory' })
  const github = new GitHub({ auth: bearer('t'), ...vendor.options })
  const issue = await github.issues.create({ ...at, title: 'same' })
  for (let number = 2; number <= 1_010; number++) {
    simulator.collections.issues.insert({ ...issue, id: number, number }, { owner: at.owner, repo: at.repo })
  }
  const first = await github.http.get<{ total_count: number }>('/search/issues', {
    query: { q: 'same', per_page: 100 },
  })
  expect(first.total_count).toBe(1_010)
  expect(await github.search.issues({ q: 'same' }).toArray({ limit: 2_000 })).toHaveLength(1_000)
  await expect(github.http.get('/search/issues', { query: { q: 'same', per_page: 100, page: 11 } })).rejects.toThrow(
    'first 1000',
  )
})

it('tells its limits as the profile reads them, for each resource', async () => {
  const { github, vendor } = start()
  const { response } = await github.users.me().withResponse()
  expect(profile.quota?.reader).toBeTypeOf('function')
  expect(response.headers).toMatchObject({
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-used': '1',
    'x-ratelimit-reset': String(vendor.clock.now / 1000 + 3_600),
    'x-ratelimit-resource': 'core',
  })
  await github.search.issues({ q: 'x' }).toArray({ limit: 1 })
  const limits = github.quota().map(({ name, limit, remaining }) => [name, limit, remaining])
  expect(limits).toContainEqual(['core', 5_000, 4_999])
  expect(limits).toContainEqual(['search', 30, 29])
})

it('is searched at its own pace by a client that reads what it says', async () => {
  const { vendor } = start()
  const github = new GitHub({ auth: bearer('t'), ...vendor.options, deadline: 600_000 })
  const search = (): Promise<unknown> => github.search.issues({ q: 'x' }).toArray({ limit: 1 })
  await search()
  await Promise.all(Array.from({ length: 69 }, search))
  expect([vendor.requests.length, vendor.violations]).toEqual([70, []])
  expect(vendor.clock.now - Date.UTC(2030, 0, 1)).toBeLessThan(3 * 60_000)
})

it('has secondary limits, and a client that is patient gets through', async () => {
  const { github, vendor } = start()
  const unaware = { limits: [] }
  const patient = new GitHub({ auth: bearer('t'), ...vendor.options, deadline: 600_000, throttle: unaware })
  for (let number = 1; number <= 100; number++) await patient.issues.create({ ...at, title: `${number}` })
  expect(vendor.violations.map(({ limit }) => limit)).toEqual(['content-minute'])
  expect(await github.issues.list(at).toArray({ limit: 200 })).toHaveLength(100)
})

it('tells how its limits stand, which costs nothing', async () => {
  using vendor = mockVendor(githubSimulator(), { front: 'memory' })
  const github = new GitHub({ auth: bearer('t'), ...vendor.options })
  await github.users.me()
  const reset = (vendor.clock.now + 3_600_000) / 1000
  const core = { limit: 5000, used: 1, remaining: 4999, reset }
  const { data, response } = await github.http.get('/rate_limit').withResponse()
  expect(data).toMatchObject({ resources: { core, search: { limit: 30, used: 0 } }, rate: core })
  expect(response.headers['x-ratelimit-remaining']).toBe('4999')
})

it('knows the owners of its repositories, and of no other organization', async () => {
  const { github } = start({ repos: ['octo/hello', 'octo/world', 'other/thing'] })
  const names = async (org: string): Promise<string[]> =>
    (await github.repos.listForOrg({ org }).toArray({ limit: 9 })).map(({ name }) => name)
  expect(await names('octo')).toEqual(['hello', 'world'])
  expect((await github.repos.get({ owner: 'octo', repo: 'world' })).owner.id).toBe(
    (await github.users.get({ username: 'octo' })).id,
  )
  await expect(names('nobody')).rejects.toMatchObject({ status: 404 })
})
