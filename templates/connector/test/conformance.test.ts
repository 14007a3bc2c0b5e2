import { test } from 'node:test'
import { conformance, type ConformancePlan } from 'hawser/testing'
import { receiver } from 'hawser/webhooks'
import { Acme, acmeWebhooks, type AcmeEvents } from '../src/index.ts'
import { acmeSimulator } from './simulator.ts'

const plan: ConformancePlan<Acme> = {
  simulator: acmeSimulator,
  read: (client) => client.items.get('i1'),
  write: (client) => client.items.create({ name: 'A new one' }),
  list: (client) => client.items.list({ limit: 1 }),
  webhooks: {
    secrets: ['whsec_YS1zZWNyZXQtZm9yLXRlc3RzLW9ubHk='],
    receiver: ({ secrets, now }) => receiver<AcmeEvents>(acmeWebhooks, { secrets, now }),
    event: { event: 'item.created', payload: { type: 'item.created', data: { id: 'i1', name: 'A new one' } } },
  },
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(Acme, { ...plan, front })) {
    void (skip ? test.skip : test)(`${front}: ${name}`, run)
  }
}
