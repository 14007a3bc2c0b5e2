import fc from 'fast-check'
import { it } from 'vitest'
import { plans, run } from './world.ts'

const { SEED: seed, RUNS: numRuns = '1000' } = process.env
// Another seed each time; a failure names its own.
const runs = { ...(seed !== undefined && { seed: Number(seed) }), numRuns: Number(numRuns) }

it('never starts more than its windows allow, loses no call, wakes none after its abort, whatever is sent', async () => {
  const silent = plans.map(({ calls, ...rest }) => ({ ...rest, calls: calls.map((each) => ({ ...each, told: [] })) }))
  await fc.assert(
    fc.asyncProperty(silent, (plan) => run(plan)),
    runs,
  )
})

it('keeps to what answers tell, be it less or more than was declared, and pauses until the latest reset known', async () => {
  await fc.assert(
    fc.asyncProperty(plans, (plan) => run(plan)),
    runs,
  )
})
