// What a call may cost, as a number that another machine and other work beside it do not change: bytes allocated, and CPU time
// as a multiple of a fixed piece of work in the same run. A budget that is raised says why in the commit.
import { createHmac } from 'node:crypto'
import {
  Connector,
  bearer,
  circuitBreaker,
  quota,
  tokenCredential,
  tokenSource,
  type ConnectorOptions,
  type Credential,
  type Grant,
  type HttpResponse,
  type Policy,
  type VendorProfile,
} from 'hawser'
import { schemes, sign, verifier } from 'hawser/webhooks'
import { expect, it } from 'vitest'
import { bytesHeld, bytesPerCall } from './support/allocations.ts'

class Vendor extends Connector {
  static override readonly profile: VendorProfile = { name: 'vendor', baseUrl: 'https://vendor.test' }
}

const body = Buffer.from(JSON.stringify({ id: 1, title: 'An item', text: 'x'.repeat(900) }))
const answer = async (): Promise<HttpResponse> => ({ status: 200, headers: { 'x-ratelimit-limit': '5000' }, body })

function client(
  auth: Credential = bearer('a-token'),
  policies?: (standard: readonly Policy[]) => readonly Policy[],
): Vendor {
  return new Vendor({ auth, transport: answer, ...(policies && { policies }) })
}

const lasting: Grant = {
  kind: 'test',
  unattended: true,
  obtain: async ({ runtime }) => {
    const obtainedAt = runtime.now()
    return {
      raw: '',
      read: () => ({ main: { accessToken: 'an-access-token', obtainedAt, expiresAt: obtainedAt + 3_600_000 } }),
    }
  },
}

const connection = (): Credential => tokenCredential(tokenSource({ connection: 'one', grant: lasting }))

/** CPU time of one piece of work as a multiple of another's, the median of interleaved rounds. */
async function cpuRatio(work: () => unknown, unit: () => unknown, calls = 1_000): Promise<number> {
  const cost = async (run: () => unknown): Promise<number> => {
    const before = process.cpuUsage()
    for (let left = calls; left > 0; left--) await run()
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  const ratios: number[] = []
  for (let round = 0; round < 25; round++) {
    const ratio = (await cost(work)) / (await cost(unit))
    // The first rounds are the compiler's.
    if (round >= 8) ratios.push(ratio)
  }
  return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Infinity
}

/** What every ratio is a multiple of. */
const unit = (): string => createHmac('sha256', 'a-secret').update(body).digest('hex')

const get = (vendor: Vendor) => (): unknown => vendor.http.get('/items/1')

const delivery = sign(schemes.standardWebhooks, { headers: {}, body }, { secrets: ['whsec_AAAAAAAAAAAA'] })
const verifyDelivery = verifier(schemes.standardWebhooks, { secrets: ['whsec_AAAAAAAAAAAA'] })

const budgets = {
  callBytes: 12_000,
  callRatio: 4,
  ownConnectionBytes: 4_400,
  sharedConnectionBytes: 2_950,
  webhookBytes: 2_000,
  webhookRatio: 2.6,
} as const

it('takes no more than its budget for a call through the whole standard stack', async () => {
  expect(await bytesPerCall(get(client()))).toBeLessThan(budgets.callBytes)
  expect(await cpuRatio(get(client()), unit)).toBeLessThan(budgets.callRatio)
}, 60_000)

it('takes no more for a connection whose token is fresh', async () => {
  expect(await bytesPerCall(get(client(connection())))).toBeLessThan(budgets.callBytes)
  expect(await cpuRatio(get(client(connection())), unit)).toBeLessThan(budgets.callRatio)
}, 60_000)

it('has a budget that a stack which does its work twice is above', async () => {
  const twice = (): Vendor => client(bearer('a-token'), (standard) => [...standard, ...standard])
  expect(await bytesPerCall(get(twice()))).toBeGreaterThan(budgets.callBytes)
  expect(await cpuRatio(get(twice()), unit)).toBeGreaterThan(budgets.callRatio)
}, 60_000)

/** A connection that has made a call and is idle. */
async function idle(options: Partial<ConnectorOptions> = {}): Promise<Vendor> {
  const vendor = new Vendor({ auth: connection(), transport: answer, ...options })
  await vendor.http.get('/items/1')
  return vendor
}

it('holds an idle connection in no more than its budget, and two in more', async () => {
  const shared = { circuitBreaker: circuitBreaker(), throttle: { quota: quota({ startPerSecond: Infinity }) } }
  const apart = await bytesHeld(() => idle())
  const beside = await bytesHeld(() => idle(shared))
  expect(apart).toBeLessThan(budgets.ownConnectionBytes)
  expect(beside).toBeLessThan(budgets.sharedConnectionBytes)
  expect(await bytesHeld(() => Promise.all([idle(), idle()]))).toBeGreaterThan(budgets.ownConnectionBytes)
  expect(await bytesHeld(() => Promise.all([idle(shared), idle(shared)]))).toBeGreaterThan(
    budgets.sharedConnectionBytes,
  )
}, 60_000)

it('takes no more than its budget for a webhook, which is less than verifying it twice', async () => {
  const check = (): unknown => verifyDelivery(delivery)
  const twice = (): unknown => [check(), check()]
  expect(verifyDelivery(delivery).ok).toBe(true)
  expect(await bytesPerCall(check)).toBeLessThan(budgets.webhookBytes)
  expect(await bytesPerCall(twice)).toBeGreaterThan(budgets.webhookBytes)
  expect(await cpuRatio(check, unit, 4_000)).toBeLessThan(budgets.webhookRatio)
  expect(await cpuRatio(twice, unit, 4_000)).toBeGreaterThan(budgets.webhookRatio)
}, 60_000)
