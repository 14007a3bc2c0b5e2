import assert from 'node:assert/strict'
import { proven, readAll, type HttpResponse, type QuotaReader, type VendorProfile, type WindowReading } from 'hawser'
import { createLimiter } from '../../limits/limiter.ts'
import type { LimitState } from '../../limits/meter.ts'
import type { Simulator } from '../../simulator.ts'
import type { Trial, TrialCase } from '../trial.ts'

// What vendors tell is rounded to the second, up or down.
const roundedMs = 1000

/** That a connector knows what its vendor says of the quota. */
export const quotaCases: readonly TrialCase[] = [
  {
    name: 'reads the quota as the vendor means it',
    skip: ({ profile }) => (profile.quota?.reader ? undefined : 'the profile has no `quota.reader`'),
    async run(trial) {
      const reader = readerOf(trial.profile)
      const samples = trial.plan.quotaSamples ?? []
      assert.doesNotThrow(() => proven(reader, ...samples), 'The quota reader does not read a sample as it is meant.')
      const told = await toldBySimulator(trial)
      assert.ok(
        told ?? samples.length > 0,
        'Nothing proves the quota reader: give `quotaSamples`, or a simulator whose `quota` has `tell`.',
      )
      if (told) compare(reader(told.response, told.now)?.windows ?? [], told)
    },
  },
]

interface Told {
  readonly response: HttpResponse
  readonly states: readonly LimitState[]
  readonly now: number
}

function readerOf({ quota }: VendorProfile): QuotaReader {
  const readers: QuotaReader | readonly QuotaReader[] = quota?.reader ?? []
  return typeof readers === 'function' ? readers : readAll(...readers)
}

/** Lets the simulator count one read, and write down how its limits stand. */
async function toldBySimulator({ plan, open }: Trial): Promise<Told | undefined> {
  const { quota }: Simulator = plan.simulator()
  if (!quota?.tell) return undefined
  const { read, sent, vendor } = open()
  await read()
  const [request] = sent()
  if (!request) return undefined
  const { now } = vendor.clock
  const { states } = createLimiter(quota).admit(request, now)
  const headers = lowerCase(quota.tell(states, now))
  return { response: { status: 200, headers, body: new Uint8Array() }, states, now }
}

function compare(windows: readonly WindowReading[], { states, now, response }: Told): void {
  assert.ok(windows.length > 0, 'The reader finds no window in what the simulator tells.')
  for (const { name, limit, remaining, resetsAtVendor, resetsInMs } of windows) {
    const meant = states.find((state) => state.name === name) ?? states.find((state) => state.limit === limit)
    assert.ok(meant, `The reader finds a window ${name ?? ''} that the vendor does not have.`)
    if (limit !== undefined) assert.equal(limit, meant.limit, `The limit of ${meant.name}.`)
    if (remaining !== undefined) assert.equal(remaining, meant.remaining, `What remains of ${meant.name}.`)
    const resetsAt = resetsAtVendor ?? (resetsInMs === undefined ? undefined : now + resetsInMs)
    if (resetsAt === undefined) {
      assert.ok(!tellsReset(response), `The vendor tells when ${meant.name} is full again, and it is not read.`)
      continue
    }
    const offMs = resetsAt - meant.resetsAt
    assert.ok(Math.abs(offMs) <= roundedMs, `The reset of ${meant.name} is read ${offMs} ms off.`)
  }
}

// Where nobody else writes it: `x-ratelimit-reset`, `reset=30`, and the parameter `t` of the IETF's header.
function tellsReset({ headers }: HttpResponse): boolean {
  return Object.entries(headers).some(([name, value]) => /reset/.test(name) || /\b(?:reset|t)=/.test(value))
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
