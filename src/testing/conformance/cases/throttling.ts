import assert from 'node:assert/strict'
import { failureOf, type TrialCase } from '../trial.ts'

/** What a connector does when its vendor asks for time. */
export const throttlingCases: readonly TrialCase[] = [
  {
    name: 'waits as long as Retry-After asks, in seconds and as a date',
    async run({ open }) {
      for (const retryAfterAs of ['seconds', 'date'] as const) {
        const { vendor, read, sent } = open()
        vendor.fail(503, { retryAfterSeconds: 7, retryAfterAs })
        await read()
        const [first, second] = sent()
        assert.ok(first && second, 'The read was not sent again after a 503.')
        assert.ok(
          second.at - first.at >= 7000,
          `Sent again after ${second.at - first.at} ms, and Retry-After said 7 s.`,
        )
      }
    },
  },
  {
    name: 'lets a 429 pause every call that counts in the same quota',
    async run({ open }) {
      const { vendor, read, sent } = open({ retry: false })
      vendor.fail(429, { retryAfterSeconds: 5 })
      await failureOf(read)
      await read()
      const [refused, ...later] = sent()
      assert.ok(refused && later.length > 0, 'The read was not sent.')
      const early = later.find(({ at }) => at - refused.at < 5000)
      assert.equal(
        early,
        undefined,
        `A call was sent ${(early?.at ?? 0) - refused.at} ms after a 429 that asked for 5 s.`,
      )
    },
  },
]
