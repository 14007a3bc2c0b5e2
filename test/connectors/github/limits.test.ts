import { expect, it } from 'vitest'
import { bearer, type ConnectorOptions } from 'hawser'
import { GitHub } from 'hawser/github'
import { githubSimulator, mockVendor, type MockVendor } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'

const at = { owner: 'octo', repo: 'hello' }
const clientOf = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): GitHub =>
  new GitHub({ auth: bearer('t'), ...vendor.options, deadline: 600_000, ...options })
const simulated = (): MockVendor => mockVendor(githubSimulator(), { front: 'memory' })
const answering = (): MockVendor =>
  mockVendor({ origin: 'https://api.github.com', respond: () => Response.json({ data: {} }) }, { front: 'memory' })
/** Creates issues all at once. */
const create = (github: GitHub, count: number): Promise<unknown>[] =>
  Array.from({ length: count }, () => github.issues.create({ ...at, title: 't' }))
const minuteMs = 60_000

it('writes 80 times in a minute, and the 81st time when the first is a minute old', async () => {
  using vendor = simulated()
  await Promise.all(create(clientOf(vendor), 100))
  const sentAt = vendor.requests.map((request) => request.at)
  expect(sentAt).toHaveLength(100)
  expect((sentAt[79] ?? 0) - (sentAt[0] ?? 0)).toBeLessThan(1_000)
  const [waitedMs = 0, lastMs = 0] = [80, 99].map((index) => (sentAt[index] ?? 0) - (sentAt[0] ?? 0))
  expect(waitedMs).toBeGreaterThanOrEqual(minuteMs)
  expect(lastMs).toBeLessThan(1.01 * minuteMs)
  expect(vendor.violations).toEqual([])
})

it('reads while its writes wait, out of one primary quota', async () => {
  using vendor = simulated()
  const github = clientOf(vendor)
  const writing = create(github, 90)
  await Promise.all(writing.slice(0, 80))
  const since = vendor.clock.now
  for (let read = 0; read < 20; read++) await github.issues.get({ ...at, issue_number: 1 })
  expect(vendor.clock.now - since).toBeLessThan(minuteMs / 2)
  const states = github.quota().map(({ name, limit, remaining, queued }) => [name, limit, remaining, queued])
  expect(states).toEqual(
    expect.arrayContaining([
      ['core', 5_000, 4_900, 10],
      ['content-minute', 80, 0, 10],
      ['content-hour', 500, 420, 10],
    ]),
  )
  expect(states.filter(([name]) => name === 'core')).toHaveLength(1)
  await Promise.all(writing)
  expect(vendor.violations).toEqual([])
})

it('knows of no limit on content where it only reads', async () => {
  using vendor = simulated()
  const github = clientOf(vendor)
  await github.users.me()
  expect(github.quota().map(({ name }) => name)).toEqual(['core', 'concurrency'])
})

it('refuses at once a write that would have to wait for an hour', async () => {
  using vendor = answering()
  const github = clientOf(vendor)
  await Promise.all(create(github, 500))
  expect(vendor.clock.now).toBeLessThan(Date.UTC(2030, 0, 1) + 7 * minuteMs)
  const failure = await failureOf(github.issues.create({ ...at, title: 'one more' }))
  expect(failure).toMatchObject({ code: 'QUOTA_EXHAUSTED', because: 'deadline' })
  expect(failure).toHaveProperty('retryAfterMs', expect.closeTo(54 * minuteMs, -5))
  expect(await github.request('GET /user')).toEqual({ data: {} })
})

it('counts a mutation as a write, and a query as none', async () => {
  using vendor = answering()
  const github = clientOf(vendor)
  const writes = (): number => 80 - (github.quota().find(({ name }) => name === 'content-minute')?.remaining ?? 80)
  await github.graphql.query('{ viewer { login } }')
  expect(writes()).toBe(0)
  await github.graphql.mutate('mutation { … }')
  await github.issues.update({ ...at, issue_number: 1, state: 'closed' })
  await github.request('PUT /repos/{owner}/{repo}/subscription', { ...at, subscribed: true })
  await github.request('DELETE /repos/{owner}/{repo}/subscription', at)
  expect(writes()).toBe(4)
})
