import { it } from 'vitest'
import { Slack } from 'hawser/slack'
import { conformance, slackSimulator, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

function plan(front: NonNullable<ConformancePlan<Slack>['front']>): ConformancePlan<Slack> {
  return {
    front,
    simulator: () => slackSimulator(),
    read: (slack) => slack.auth.test(),
    write: (slack) => slack.conversations.create({ name: 'cranes' }),
    list: (slack) => slack.users.list({ limit: 2 }),
    webhooks: {
      receiver: ({ secrets, now }) => receiver(sources.slack, { secrets, now }),
      event: {
        event: 'app_mention',
        payload: { type: 'event_callback', event_id: 'Ev1', event: { type: 'app_mention' } },
      },
    },
  }
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(Slack, plan(front))) (skip ? it.skip : it)(`${front}: ${name}`, run)
}
