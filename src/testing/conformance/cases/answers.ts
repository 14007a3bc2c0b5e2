import assert from 'node:assert/strict'
import { isHawserError } from 'hawser'
import { withJson, withUnknownFields } from '../altered.ts'
import { failureOf, type TrialCase } from '../trial.ts'

/** What a connector makes of answers that are not as expected. */
export const answerCases: readonly TrialCase[] = [
  {
    name: 'takes answers with fields that it does not know',
    async run({ open }) {
      const { read } = open({ alter: (response) => withJson(response, withUnknownFields) })
      const error = await failureOf(read)
      assert.equal(error, undefined, `A new field in the vendor's answer broke the read: ${String(error)}`)
    },
  },
  {
    name: 'takes no part of an answer for the whole',
    async run({ open }) {
      for (const framing of ['content-length', 'chunked'] as const) {
        const { vendor, read } = open({ retry: false })
        vendor.fault({ kind: 'truncated', framing }, { times: 10 })
        const error = await failureOf(read)
        assert.ok(error !== undefined, 'A read resolved, although its answer broke off in the middle.')
        assert.ok(isHawserError(error) && error.code === 'NETWORK', 'An answer that broke off became no NetworkError.')
      }
    },
  },
  {
    name: 'refuses an answer that is no JSON',
    async run({ open }) {
      const { vendor, read } = open({ retry: false })
      vendor.fault({ kind: 'malformed-json' }, { times: 10 })
      const error = await failureOf(read)
      assert.ok(error !== undefined, 'A read resolved, although its answer was not JSON.')
      assert.ok(isHawserError(error) && error.code === 'DECODE', 'An answer that is no JSON became no DecodeError.')
    },
  },
]
