import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor, replay, type Recording, type Simulator } from 'hawser/testing'

const { resolve } = createRequire(import.meta.url)

function recorded(scenario: string): readonly Recording[] {
  const folder = resolve('@octokit/fixtures').replace('index.js', `scenarios/api.github.com/${scenario}`)
  return JSON.parse(readFileSync(`${folder}/normalized-fixture.json`, 'utf8'))
}

const github = (...scenarios: string[]): Simulator =>
  replay(scenarios.flatMap(recorded), { origin: 'https://api.github.com' })

it('reads all pages of recorded issues', async () => {
  using vendor = mockVendor(github('paginate-issues'))
  const client = new GitHub({ auth: bearer('token-for-tests'), ...vendor.options })
  const numbers: number[] = []
  for await (const issue of client.issues.list({ owner: 'octokit-fixture-org', repo: 'paginate-issues', per_page: 3 }))
    numbers.push(issue.number)
  expect(numbers).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect(vendor.requests.map(({ url }) => url.replace('https://api.github.com', ''))).toEqual([
    '/repos/octokit-fixture-org/paginate-issues/issues?per_page=3',
    '/repositories/1000/issues?per_page=3&page=2',
    '/repositories/1000/issues?per_page=3&page=3',
    '/repositories/1000/issues?per_page=3&page=4',
    '/repositories/1000/issues?per_page=3&page=5',
  ])
  expect(vendor.requests.every(({ headers }) => headers['authorization'] === 'Bearer token-for-tests')).toBe(true)
  expect(vendor.clock.pending).toBe(0)
})

it('waits as long as Retry-After says, in no time', async () => {
  using vendor = mockVendor(github('get-repository'))
  vendor.fail(503, { times: 2, headers: { 'retry-after': '20' } })
  const client = new GitHub({ auth: bearer('token-for-tests'), ...vendor.options })
  const { full_name } = await client.repos.get({ owner: 'octokit-fixture-org', repo: 'hello-world' })
  expect(full_name).toBe('octokit-fixture-org/hello-world')
  expect(vendor.clock.slept).toEqual([20_000, 20_000])
  expect(vendor.requests).toHaveLength(3)
})
