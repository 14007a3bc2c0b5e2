import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import {
  memoryReplayWindow,
  nodeListener,
  receiver,
  sources,
  verify,
  type Delivery,
  type Verification,
  type WebhookSource,
} from 'hawser/webhooks'
import {
  fakeClock,
  githubSimulator,
  mockVendor,
  type DeliveryVariant,
  type MockVendor,
  type Simulator,
} from 'hawser/testing'
import { nowMs, samples } from '../webhooks/samples.ts'

const plain: Simulator = { origin: 'https://vendor.test', respond: () => undefined }

/** A vendor, and an endpoint that tells what it heard. */
function start(
  source: WebhookSource,
  simulator: Simulator = plain,
): { readonly vendor: MockVendor; readonly heard: readonly Delivery[] } {
  const heard: Delivery[] = []
  const clock = fakeClock()
  const receive = receiver(source, {
    secrets: ['whsec_shared'],
    now: () => clock.now,
    replayWindow: memoryReplayWindow({ runtime: clock.runtime }),
  }).on('*', (delivery) => heard.push(delivery))
  const webhooks = { to: receive, secrets: ['whsec_shared'], source }
  return { heard, vendor: mockVendor(simulator, { front: 'memory', clock, webhooks }) }
}

const statuses = async (vendor: MockVendor, as?: DeliveryVariant, event = 'issues.opened'): Promise<number[]> =>
  (await vendor.deliver(event, { ...(as && { as }), payload: { issue: { number: 7 } } })).map(({ status }) => status)

it('delivers an event as GitHub does, with its name where GitHub has it', async () => {
  const { vendor, heard } = start(sources.github, githubSimulator())
  expect(await statuses(vendor)).toEqual([200])
  expect(heard[0]).toMatchObject({
    event: 'issues.opened',
    id: '00000000-0000-4000-8000-000000000001',
    payload: { action: 'opened', issue: { number: 7 } },
  })
  expect(heard[0]?.header('x-github-event')).toBe('issues')
  await vendor.deliver('push', { payload: { ref: 'refs/heads/main' }, id: 'mine', headers: { 'X-Extra': '1' } })
  expect([heard[1]?.event, heard[1]?.id, heard[1]?.header('x-extra')]).toEqual(['push', 'mine', '1'])
})

const { stripe, slack, standardWebhooks, shopify, zoom, microsoftGraph, okta, paddle } = sources
it.each(Object.entries({ stripe, slack, standardWebhooks, shopify, zoom, microsoftGraph, okta, paddle }))(
  'delivers an event of %s with its name and id where they belong',
  async (name, source) => {
    const { vendor, heard } = start(source)
    const payload = name === 'microsoftGraph' ? { value: [{ clientState: 'whsec_shared' }] } : {}
    const answers = await vendor.deliver('charge.succeeded', { payload })
    const events = heard.map(({ event }) => event)
    expect([answers.map(({ status }) => status), events]).toEqual([[200], ['charge.succeeded']])
    if (source.id) expect(heard[0]?.id).toBe('00000000-0000-4000-8000-000000000001')
  },
)

it.each<readonly [DeliveryVariant, readonly number[], number]>([
  ['tampered', [401], 0],
  ['stale', [401], 0],
  ['wrongKey', [401], 0],
  ['replayed', [200, 401], 1],
  ['duplicated', [200, 200], 1],
])('%s: an endpoint for Stripe answers %j and hears %i', async (as, expected, times) => {
  const { vendor, heard } = start(sources.stripe)
  expect([await statuses(vendor, as), heard.length]).toEqual([expected, times])
})

it('replays to a vendor that signs no time, whom only the replay window protects', async () => {
  const { vendor, heard } = start(sources.github)
  expect([await statuses(vendor, 'replayed'), heard.length]).toEqual([[200, 200], 1])
  await expect(statuses(vendor, 'stale')).rejects.toThrow('GitHub signs no time')
})

it('delivers events in the opposite order', async () => {
  const { vendor, heard } = start(sources.github)
  await vendor.deliver(['issues.opened', { event: 'issues.closed', payload: { late: true } }], { as: 'reordered' })
  expect(heard.map(({ event, payload }) => [event, payload])).toEqual([
    ['issues.closed', { action: 'closed', late: true }],
    ['issues.opened', { action: 'opened' }],
  ])
  await expect(vendor.deliver('push', { as: 'reordered' })).rejects.toThrow('two events')
})

it('delivers to a server by its URL', async () => {
  const receive = receiver(sources.github, { secrets: ['s'] })
  const server = createServer(nodeListener(receive)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  using vendor = mockVendor(githubSimulator(), { front: 'memory' })
  const good = await vendor.deliver('push', { to, secrets: ['s'] })
  const bad = await vendor.deliver('push', { to, secrets: ['s'], as: 'tampered' })
  expect([...good, ...bad].map(({ status }) => status)).toEqual([200, 401])
  server.close()
})

it('says what it needs to deliver', async () => {
  using vendor = mockVendor(plain, { front: 'memory' })
  await expect(vendor.deliver('push')).rejects.toThrow('`deliver` needs `to`')
  await expect(vendor.deliver('push', { to: () => new Response() })).rejects.toThrow('`deliver` needs `secrets`')
  await expect(vendor.deliver('push', { to: () => new Response(), secrets: ['s'] })).rejects.toThrow('`sources.stripe`')
})

// Of every scheme that can be signed with the sample's own keys: a token in clear covers no body, and so nothing of it shows.
const signing = samples.filter(
  ({ scheme }) => scheme.kind === 'jwt' || (scheme.algorithm !== 'token' && scheme.signature.header !== undefined),
)

it.each(signing)(
  '$name: a true delivery is believed; a changed one and one with a wrong key are not',
  async (sample) => {
    const { scheme, headers, url, body: payload, values, signing, verifying } = sample
    const results: Verification[] = []
    using vendor = mockVendor(plain, { front: 'memory', startAt: nowMs })
    const to = async (request: Request): Promise<Response> => {
      const body = new Uint8Array(await request.arrayBuffer())
      const given = { method: request.method, url: request.url, headers: request.headers, body }
      results.push(verify(scheme, given, { secrets: [verifying], now: vendor.clock.now, values }))
      return new Response()
    }
    const settings = { to, secrets: [signing], source: { scheme, event: [] }, url, payload, headers, values }
    await vendor.deliver('any', settings)
    await vendor.deliver('any', { ...settings, as: 'wrongKey' })
    await vendor.deliver('any', { ...settings, as: 'tampered' })
    const [good, wrongKey, tampered] = results
    const covers = good?.ok ? good.covers : []
    const vouchedFor =
      payload !== '' && covers.some((each) => ['body', 'body-checksum', 'fields', 'form'].includes(each))
    expect([good?.ok, wrongKey?.ok, tampered?.ok]).toEqual([true, false, !vouchedFor])
  },
)
