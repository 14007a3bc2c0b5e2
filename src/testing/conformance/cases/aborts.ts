import assert from 'node:assert/strict'
import { isHawserError } from 'hawser'
import { failureOf, type TrialCase } from '../trial.ts'

const abortAfterMs = 1000

/** How a connector ends before its time. */
export const abortCases: readonly TrialCase[] = [
  {
    name: 'ends at once when its caller aborts, on the wire and in a wait',
    async run({ open }) {
      for (const where of ['on the wire', 'in a wait'] as const) {
        const { client, vendor } = open()
        const { clock } = vendor
        if (where === 'on the wire') vendor.hang({ times: 10 })
        else vendor.fail(503, { retryAfterSeconds: 30, times: 10 })
        const controller = new AbortController()
        const began = clock.now
        clock.runtime.after(abortAfterMs, () => controller.abort())
        const error = await failureOf(() => client.http.get('/conformance', { signal: controller.signal }))
        assert.ok(
          isHawserError(error) && error.code === 'ABORTED',
          `A call that was aborted ${where} did not end as such.`,
        )
        assert.equal(
          clock.now - began,
          abortAfterMs,
          `How long a call lasted that was aborted ${where} after a second.`,
        )
        assert.equal(clock.pending, 0, `The number of timers that a call left which was aborted ${where}.`)
      }
    },
  },
]
