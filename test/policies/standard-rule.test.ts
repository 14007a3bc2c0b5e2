import { CircuitState, CountBreaker } from 'cockatiel'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { standardRule } from '../../src/policies/standard-rule.ts'

const { Closed, HalfOpen } = CircuitState

it('opens a circuit whenever cockatiel’s own count of the last 20 would, whatever came before', () => {
  const step = fc.record({ fails: fc.boolean(), state: fc.constantFrom(Closed, Closed, Closed, HalfOpen) })
  const successes = fc.nat(40).map((count) => Array.from({ length: count }, () => ({ fails: false, state: Closed })))
  fc.assert(
    fc.property(fc.array(fc.oneof(successes, fc.array(step)), { maxLength: 6 }), (parts) => {
      const rule = standardRule()
      const cockatiels = new CountBreaker({ threshold: 0.5, size: 20, minimumNumberOfCalls: 10 })
      for (const { fails, state } of parts.flat()) {
        if (fails) expect(rule.failure(state)).toBe(cockatiels.failure(state))
        else {
          rule.success(state)
          cockatiels.success(state)
        }
      }
    }),
    { numRuns: 1000 },
  )
})
