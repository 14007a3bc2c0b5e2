import assert from 'node:assert/strict'
import { ConfigurationError } from 'hawser'
import { mockVendor } from '../../mock-vendor.ts'
import type { DeliveryVariant } from '../../webhooks/sender.ts'
import type { WebhookEvent } from '../../webhooks/event.ts'
import type { Trial, TrialCase, TrialFacts } from '../trial.ts'

const noWebhooks = ({ webhooks }: TrialFacts): string | undefined =>
  webhooks ? undefined : 'the plan has no `webhooks`'

const told = {
  tampered: ['refuses a webhook whose body was changed', 'A webhook whose body was changed'],
  wrongKey: ['refuses a webhook that was signed with another secret', 'A webhook signed with another secret'],
  stale: ['refuses a webhook that was signed a day ago', 'A webhook of yesterday'],
} as const

/** Which webhooks a connector believes. */
export const webhookCases: readonly TrialCase[] = [
  {
    name: 'believes a webhook of the vendor’s',
    skip: noWebhooks,
    run: async (trial) => believed(await delivered(trial, {}), 'A true webhook'),
  },
  {
    name: 'verifies a webhook’s bytes, and not what they mean',
    skip: noWebhooks,
    async run(trial) {
      believed(await delivered(trial, { write: spreadOut }), 'A true webhook whose JSON is written with spaces')
      const padded = await delivered(trial, { onTheWay: (body) => `${body}\n ` })
      refused(padded, 'A webhook to which somebody added spaces')
    },
  },
  ...(['tampered', 'wrongKey', 'stale'] as const).map(refusing),
]

function refusing(as: keyof typeof told): TrialCase {
  const [name, what] = told[as]
  return {
    name,
    skip: (facts) => noWebhooks(facts) ?? (as === 'stale' ? signsNoTime(facts) : undefined),
    run: async (trial) => refused(await delivered(trial, { as }), what),
  }
}

function spreadOut(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2)
}

function signsNoTime({ webhooks, plan }: TrialFacts): string | undefined {
  const scheme = (webhooks?.source ?? plan.simulator().webhooks)?.scheme
  return scheme?.kind === 'message' && !scheme.timestamp ? 'the vendor signs no time' : undefined
}

interface Delivery {
  readonly as?: DeliveryVariant
  /** Writes the body in another way before it is signed. */
  readonly write?: (body: string) => string
  /** Changes the body after it was signed. */
  readonly onTheWay?: (body: string) => string
}

/** Delivers one webhook to the connector's endpoint; gives its answer. */
async function delivered({ webhooks, plan }: Trial, { as, write, onTheWay }: Delivery): Promise<Response> {
  const simulator = plan.simulator()
  const source = webhooks?.source ?? simulator.webhooks
  if (!webhooks || !source) throw new ConfigurationError('`webhooks` needs `source`, or a simulator that has one.')
  const { secrets = ['conformance-secret-of-a-good-length'], url, values } = webhooks
  using vendor = mockVendor(simulator, { front: 'memory' })
  const endpoint = webhooks.receiver({ secrets, now: () => vendor.clock.now })
  const settings = { source, secrets, ...(url !== undefined && { url }), ...(values && { values }) }
  const event: WebhookEvent = typeof webhooks.event === 'string' ? { event: webhooks.event } : webhooks.event

  let body = ''
  const answers = await vendor.deliver(event, {
    ...settings,
    ...(as && { as }),
    async to(request) {
      body = await request.text()
      const { method, headers } = request
      return endpoint(new Request(request.url, { method, headers, body: onTheWay?.(body) ?? body }))
    },
  })
  if (!write) return answers[0] ?? Response.error()
  const written = { ...event, payload: write(body) }
  const [answer] = await vendor.deliver(
    { headers: { 'content-type': 'application/json' }, ...written },
    { ...settings, to: endpoint },
  )
  return answer ?? Response.error()
}

function believed({ status }: Response, what: string): void {
  assert.ok(status >= 200 && status < 300, `${what} was answered ${status}.`)
}

function refused({ status }: Response, what: string): void {
  assert.ok(status >= 400 && status < 500, `${what} was answered ${status}.`)
}
