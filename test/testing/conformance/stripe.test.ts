import { it } from 'vitest'
import { Stripe } from 'hawser/stripe'
import { conformance, stripeSimulator, type ConformancePlan } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

function plan(front: NonNullable<ConformancePlan<Stripe>['front']>): ConformancePlan<Stripe> {
  return {
    front,
    simulator: () => stripeSimulator(),
    read: (stripe) => stripe.balance.get(),
    write: (stripe) => stripe.products.create({ name: 'Rope' }),
    prepare: async (stripe) => {
      for (const name of ['Rope', 'Chain', 'Buoy']) await stripe.products.create({ name })
    },
    list: (stripe) => stripe.products.list({ limit: 1 }),
    emptyPageEnds: 'the next page is named by the last item of a page',
    quotaSamples: [
      {
        status: 429,
        headers: { 'stripe-rate-limited-reason': 'global-rate' },
        reads: { refusal: { window: 'account' } },
      },
    ],
    webhooks: { receiver: ({ secrets, now }) => receiver(sources.stripe, { secrets, now }), event: 'invoice.paid' },
  }
}

for (const front of ['msw', 'memory', 'loopback'] as const) {
  for (const { name, skip, run } of conformance(Stripe, plan(front))) (skip ? it.skip : it)(`${front}: ${name}`, run)
}
