// Every endpoint of GitHub's, typed by the description that GitHub publishes: a wrong route, parameter or body does not compile.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { paths } from '@octokit/openapi-types'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { mockVendor, replay, type Recording } from 'hawser/testing'

// What GitHub answered when `@octokit/fixtures` recorded it.
const scenarios = createRequire(import.meta.url)
  .resolve('@octokit/fixtures')
  .replace(/index\.js$/, 'scenarios/api.github.com/')
const recorded = (scenario: string): readonly Recording[] =>
  JSON.parse(readFileSync(`${scenarios}${scenario}/normalized-fixture.json`, 'utf8'))
using vendor = mockVendor(
  replay([...recorded('get-repository'), ...recorded('add-labels-to-issue')], { origin: 'https://api.github.com' }),
)

const github = new GitHub({ auth: bearer('a-token'), ...vendor.options })
const routes = github.http.withPaths<paths>()
const owner = 'octokit-fixture-org'

const repository = await routes.request('GET /repos/{owner}/{repo}', { path: { owner, repo: 'hello-world' } })
console.log(repository.full_name, repository.default_branch, repository.license?.spdx_id ?? 'no license')

vendor.fail(429, { headers: { 'retry-after': '2' } })
const at = { owner, repo: 'add-labels-to-issue' }
const issues = await routes.request('POST /repos/{owner}/{repo}/issues', {
  path: at,
  json: { title: 'Issue without a label' },
})
const labels = await routes.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
  path: { ...at, issue_number: issues.number },
  json: { labels: ['Foo', 'bAr', 'baZ'] },
})
console.log(`#${issues.number}:`, labels.map(({ name }) => name).join(', '))
console.log(vendor.requests.map(({ method, url }) => `${method} ${url}`).join('\n'))
