import assert from 'node:assert/strict'
import { ConfigurationError, checkOptions, type Connector } from 'hawser'
import type { MockVendor } from '../mock-vendor.ts'
import { answerCases } from './cases/answers.ts'
import { abortCases } from './cases/aborts.ts'
import { connectionCases } from './cases/connection.ts'
import { credentialCases } from './cases/credentials.ts'
import { failureCases } from './cases/failures.ts'
import { listingCases } from './cases/listings.ts'
import { quotaCases } from './cases/quotas.ts'
import { throttlingCases } from './cases/throttling.ts'
import { webhookCases } from './cases/webhooks.ts'
import { writeCases } from './cases/writes.ts'
import type { ConformancePlan, ConnectorCase, ConnectorClass } from './plan.ts'
import { connectorTrial, factsOf, type TrialCase } from './trial.ts'

const planNames = [
  'simulator',
  'read',
  'write',
  'list',
  'prepare',
  'emptyPageEnds',
  'quotaSamples',
  'webhooks',
  'options',
  'front',
] satisfies readonly (keyof ConformancePlan<Connector>)[]

const allCases: readonly TrialCase[] = [
  ...connectionCases,
  ...credentialCases,
  ...throttlingCases,
  ...writeCases,
  ...listingCases,
  ...failureCases,
  ...abortCases,
  ...answerCases,
  ...quotaCases,
  ...webhookCases,
]

/**
 * Gives the cases that every connector must pass, for any test framework:
 *
 *     for (const { name, skip, run } of conformance(GitHub, plan)) (skip ? it.skip : it)(name, run)
 *
 * Each case has a client and a vendor of its own, and time is virtual: no case waits.
 *
 * @throws {ConfigurationError} where a part of the plan is unknown
 */
export function conformance<C extends Connector>(
  connector: ConnectorClass<C>,
  plan: ConformancePlan<C>,
): readonly ConnectorCase[] {
  checkOptions('conformance', plan, planNames)
  const facts = factsOf(connector, plan)
  return allCases.map(({ name, skip, run }) => {
    const reason = skip?.(facts)
    if (reason !== undefined) return { name: `${name} (does not apply: ${reason})`, skip: reason, run: async () => {} }
    return { name, run: () => disposing((opened) => run(connectorTrial(connector, plan, opened))) }
  })
}

async function disposing(run: (opened: (vendor: MockVendor) => void) => Promise<void>): Promise<void> {
  const vendors: MockVendor[] = []
  try {
    await run((vendor) => vendors.push(vendor))
  } catch (error) {
    // The plan's own mistakes are told as they are.
    if (error instanceof assert.AssertionError || error instanceof ConfigurationError) throw error
    const failure = new assert.AssertionError({ message: `A call failed that must succeed: ${String(error)}` })
    failure.cause = error
    throw failure
  } finally {
    for (const vendor of vendors) vendor[Symbol.dispose]()
  }
}
