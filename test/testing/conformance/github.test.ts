import { expect, it } from 'vitest'
import { GitHub } from 'hawser/github'
import { conformance, githubSimulator, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

const repository = { owner: 'o', repo: 'r' }

function plan(front: NonNullable<ConformancePlan<GitHub>['front']>): ConformancePlan<GitHub> {
  return {
    front,
    simulator: () => githubSimulator(),
    read: (github) => github.users.me(),
    prepare: async (github) => {
      for (const title of ['a', 'b', 'c']) await github.issues.create({ ...repository, title })
    },
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
