import { expect, it } from 'vitest'
import { GitHub, type Issue } from 'hawser/github'
import { conformance, githubSimulator, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

const repository = { owner: 'o', repo: 'r' }

const issue = (number: number): Issue => ({
  id: number,
  number,
  title: `Issue ${number}`,
  state: 'open',
  user: null,
  labels: [],
  comments: 0,
  locked: false,
  html_url: `https://github.com/o/r/issues/${number}`,
  created_at: '2030-01-01T00:00:00Z',
  updated_at: '2030-01-01T00:00:00Z',
  closed_at: null,
})

function plan(front: NonNullable<ConformancePlan<GitHub>['front']>): ConformancePlan<GitHub> {
  return {
    front,
    simulator() {
      const simulator = githubSimulator()
      for (const number of [1, 2, 3]) simulator.collections.issues.insert(issue(number), repository)
      return simulator
    },
    read: (github) => github.users.me(),
    list: (github) => github.issues.list({ ...repository, per_page: 1 }),
    write: (github) => github.issues.create({ ...repository, title: 'x' }),
    webhooks: {
      receiver: ({ secrets, now }) => receiver(sources.github, { secrets, now }),
      event: { event: 'issues.opened', payload: { action: 'opened', issue: { number: 1 } } },
    },
  }
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(GitHub, plan(front))) (skip ? it.skip : it)(`${front}: ${name}`, run)
}

it('takes less than two seconds of CPU time for one connector, in memory', async () => {
  const began = process.cpuUsage()
  for (const { run } of conformance(GitHub, plan('memory'))) await run()
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1e6).toBeLessThan(2)
})
