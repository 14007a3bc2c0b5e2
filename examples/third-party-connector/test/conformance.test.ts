import { test } from 'node:test'
import { conformance, type ConformancePlan } from 'hawser/testing'
import { receiver } from 'hawser/webhooks'
import { Ferry, ferryWebhooks, type FerryEvents } from '../src/index.ts'
import { ferrySimulator } from './simulator.ts'

const plan: ConformancePlan<Ferry> = {
  simulator: ferrySimulator,
  read: (client) => client.sailings.get('s1'),
  write: (client) => client.bookings.create({ sailing: 's1', cars: 1 }),
  list: (client) => client.sailings.list({ limit: 1 }),
  webhooks: {
    secrets: ['whsec_c2VjcmV0LW9mLWEtZmVycnk='],
    receiver: ({ secrets, now }) => receiver<FerryEvents>(ferryWebhooks, { secrets, now }),
    event: { event: 'sailing.cancelled', payload: { type: 'sailing.cancelled', data: { id: 's1' } } },
  },
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(Ferry, { ...plan, front })) {
    void (skip ? test.skip : test)(`${front}: ${name}`, run)
  }
}
