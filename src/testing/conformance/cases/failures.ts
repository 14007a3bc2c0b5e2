import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { isHawserError } from 'hawser'
import { failureOf, type TrialCase } from '../trial.ts'

/** What a connector throws. */
export const failureCases: readonly TrialCase[] = [
  {
    name: 'maps each failure to a typed error',
    async run({ open }) {
      for (const status of [400, 404, 409, 422, 500]) {
        const { vendor, read } = open({ retry: false })
        vendor.fail(status)
        const error = await failureOf(read)
        assert.ok(isHawserError(error), `A ${status} became ${inspect(error, { depth: 0 })}, which is no HawserError.`)
        assert.equal(error.code, 'HTTP_STATUS', `The code of the error for a ${status}.`)
        assert.equal('status' in error && error.status, status, 'The status in the error.')
      }
      const { vendor, read } = open({ retry: false })
      vendor.reset()
      const error = await failureOf(read)
      assert.ok(isHawserError(error) && error.code === 'NETWORK', 'A reset connection became no NetworkError.')
    },
  },
  {
    name: 'tells the vendor’s id of a request in its error',
    async run({ profile, open }) {
      const { vendor, read } = open({ retry: false })
      const requestId = 'conformance-request-17'
      vendor.fail(404, { headers: { [profile.errors?.requestId ?? 'x-request-id']: requestId } })
      const error = await failureOf(read)
      assert.ok(error instanceof Error, 'A 404 did not become an error.')
      assert.equal('requestId' in error ? error.requestId : undefined, requestId, 'The `requestId` of the error.')
    },
  },
  {
    name: 'keeps the credential out of every error',
    async run({ open }) {
      const strike = ['answer', 'reset', 'stall'] as const
      for (const how of strike) {
        const { vendor, read, tokens } = open({ retry: false })
        const [token = ''] = tokens
        if (how === 'answer') {
          const headers = { 'content-type': 'application/json', 'x-repeated': token }
          vendor.fail(400, { headers, body: JSON.stringify(repeating(`The key ${token} is not valid.`)) })
        } else vendor.fault({ kind: how })
        const error = await failureOf(read)
        assert.ok(error !== undefined, `A read resolved, although its vendor gave it a ${how}.`)
        const place = shown(error).find(([, text]) => text.includes(token))
        assert.equal(place?.[0], undefined, 'The credential stands in the error.')
      }
    },
  },
]

/** A text in all the places where vendors put what an error says. */
function repeating(text: string): unknown {
  const places = { message: text, code: text, detail: text, error_description: text }
  return { ...places, error: places, errors: [places] }
}

/** Everything that a log could show of an error. */
function shown(error: unknown): readonly (readonly [string, string])[] {
  const own = [
    ['its text', String(error)],
    ['its JSON', JSON.stringify(error) ?? ''],
    ['`util.inspect`', inspect(error, { depth: null, showHidden: true, getters: true })],
  ] as const
  if (!(error instanceof Error)) return own
  const causes = error.cause === undefined ? [] : shown(error.cause)
  return [...own, ['its stack', error.stack ?? ''], ...causes]
}
