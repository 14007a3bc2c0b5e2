// GitHub's own client, pointed at the simulator on loopback, is the witness that the simulator answers as GitHub does; the
// connector does the same on every front.
import { Octokit } from '@octokit/rest'
import { expect, it } from 'vitest'
import { anonymous, bearer, type Credential } from 'hawser'
import { GitHub } from 'hawser/github'
import { githubSimulator, mockVendor, type GitHubSimulatorOptions, type MockVendor } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'

const at = { owner: 'octo', repo: 'hello' }
const all = { limit: 999 }

const onLoopback = (options?: GitHubSimulatorOptions): MockVendor =>
  mockVendor(githubSimulator(options), { front: 'loopback' })
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const octokit = async (vendor: MockVendor, auth?: string): Promise<Octokit> =>
  new Octokit({ baseUrl: await vendor.address(), log: silent, ...(auth !== undefined && { auth }) })
const ours = (vendor: MockVendor, auth: Credential = bearer('t')): GitHub => new GitHub({ auth, ...vendor.options })

it('answers Octokit as it answers the connector', async () => {
  using vendor = onLoopback()
  const [theirs, mine] = [await octokit(vendor, 't'), ours(vendor)]
  const { data: issue, status } = await theirs.rest.issues.create({ ...at, title: 'First', labels: ['bug'] })
  expect([status, issue.number]).toEqual([201, 1])
  expect(await mine.issues.get({ ...at, issue_number: 1 })).toEqual(issue)
  const comment = await mine.issues.comment({ ...at, issue_number: 1, body: 'Me too' })
  expect((await theirs.rest.issues.listComments({ ...at, issue_number: 1 })).data).toEqual([comment])
  const { data: pull } = await theirs.rest.pulls.create({ ...at, title: 'Second', head: 'fix', base: 'main' })
  expect(await mine.pulls.get({ ...at, pull_number: 2 })).toEqual(pull)
  await theirs.rest.issues.update({ ...at, issue_number: 1, state: 'closed' })
  expect(await mine.issues.list({ ...at, state: 'closed' }).toArray(all)).toMatchObject([{ number: 1 }])
  expect((await theirs.rest.users.getAuthenticated()).data).toEqual(await mine.users.me())
  expect((await theirs.rest.repos.get(at)).data.full_name).toBe('octo/hello')
  expect((await theirs.rest.repos.listForOrg({ org: 'octo' })).data).toHaveLength(1)
})

it('gives Octokit every page of a list and of a search, by the same requests as the connector', async () => {
  using vendor = onLoopback({ quota: false })
  const [theirs, mine] = [await octokit(vendor, 't'), ours(vendor)]
  for (let number = 1; number <= 13; number++) await mine.issues.create({ ...at, title: `i${number}` })
  const from = vendor.requests.length
  const listed = await theirs.paginate(theirs.rest.issues.listForRepo, { ...at, per_page: 5 })
  expect(await mine.issues.list({ ...at, per_page: 5 }).toArray(all)).toEqual(listed)
  expect(listed.map(({ number }) => number)).toEqual(Array.from({ length: 13 }, (_, index) => 13 - index))
  const query = { q: 'repo:octo/hello i1', per_page: 2 }
  const found = await theirs.paginate('GET /search/issues', query)
  expect(await mine.search.issues(query).toArray(all)).toEqual(found)
  expect(found).toHaveLength(5)
  const asked = vendor.requests
    .slice(from)
    .map(({ path, query: sent }) => [path, ...[...sent].map(([name, value]) => `${name}=${value}`).toSorted()])
  expect(asked.slice(0, 3)).toEqual(asked.slice(3, 6))
  expect(asked.slice(6, 9)).toEqual(asked.slice(9))
  expect(asked).toHaveLength(12)
})

type Ask = {
  readonly theirs: (octokit: Octokit) => Promise<unknown>
  readonly mine: (github: GitHub) => Promise<unknown>
}

const mistakes: Readonly<Record<string, Ask>> = {
  'an issue that is not there': {
    theirs: ({ rest }) => rest.issues.get({ ...at, issue_number: 9 }),
    mine: (github) => github.issues.get({ ...at, issue_number: 9 }),
  },
  'a repository that is not there': {
    theirs: ({ rest }) => rest.repos.get({ owner: 'octo', repo: 'no' }),
    mine: (github) => github.repos.get({ owner: 'octo', repo: 'no' }),
  },
  'a field that is missing': {
    theirs: ({ rest }) => rest.issues.create({ ...at, title: '' }),
    mine: (github) => github.issues.create({ ...at, title: '' }),
  },
}

it.each(Object.entries(mistakes))('tells Octokit and the connector the same of %s', async (_, { theirs, mine }) => {
  using vendor = onLoopback({ repos: ['octo/hello'] })
  const [seen, error] = [await failureOf(theirs(await octokit(vendor, 't'))), await failureOf(mine(ours(vendor)))]
  if (!isRequestError(seen)) throw seen
  expect(error).toMatchObject({ status: seen.status, body: seen.response.data })
  expect(seen.status).toBeGreaterThanOrEqual(404)
})

it('asks Octokit and the connector for a credential', async () => {
  using vendor = onLoopback()
  expect(await failureOf((await octokit(vendor)).rest.users.getAuthenticated())).toMatchObject({ status: 401 })
  expect(await failureOf(ours(vendor, anonymous()).users.me())).toMatchObject({ status: 401 })
})

it('tells Octokit of its limits as GitHub does', async () => {
  const core = { name: 'core', limit: 2, windowMs: 3_600_000, kind: 'first-call' as const }
  using vendor = onLoopback({ quota: { limits: [core] } })
  const { rest } = await octokit(vendor, 't')
  const { headers } = await rest.repos.get(at)
  expect(headers).toMatchObject({ 'x-ratelimit-limit': '2', 'x-ratelimit-remaining': '1' })
  await rest.repos.get(at)
  const seen = await failureOf(rest.repos.get(at))
  expect(seen).toMatchObject({ status: 403, response: { headers: { 'x-ratelimit-remaining': '0' } } })
})

it.each(['msw', 'memory', 'loopback'] as const)('writes and lists through %s, in spite of faults', async (front) => {
  using vendor = mockVendor(githubSimulator(), { front })
  const github = ours(vendor)
  vendor.fail(429, { retryAfterSeconds: 5, on: 'POST /repos/{owner}/{repo}/issues' })
  vendor.fail(502, { on: 'GET /repos/{owner}/{repo}/issues' })
  vendor.reset({ on: 'GET /search/issues' })
  const { number } = await github.issues.create({ ...at, title: 'x' })
  expect(await github.issues.list(at).toArray(all)).toMatchObject([{ number }])
  expect(await github.search.issues({ q: 'x' }).toArray(all)).toMatchObject([{ number }])
  expect(vendor.requests).toHaveLength(6)
  expect(vendor.violations).toEqual([])
})

function isRequestError(error: unknown): error is { status: number; response: { data: unknown } } {
  return error instanceof Error && 'status' in error && 'response' in error
}
