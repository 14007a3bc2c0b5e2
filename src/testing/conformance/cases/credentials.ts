import assert from 'node:assert/strict'
import { elsewhere, failureOf, holds, type TrialCase } from '../trial.ts'

/** Where the credential goes, and when it is renewed. */
export const credentialCases: readonly TrialCase[] = [
  {
    name: 'sends the credential to no other origin',
    async run({ open }) {
      const { client, vendor, read, strays, tokens } = open()
      await read()
      await failureOf(() => client.http.get(`${elsewhere}/address`))
      vendor.fail(302, { headers: { location: `${elsewhere}/redirect` } })
      await failureOf(read)
      const told = strays().filter((request) => tokens.some((token) => holds(request, token)))
      assert.deepEqual(
        told.map(({ url }) => url),
        [],
        'The credential went to another origin.',
      )
    },
  },
  {
    name: 'renews a credential that is refused once, and sends the read again',
    async run({ open }) {
      const { vendor, read, tokens, tokensSent } = open()
      vendor.fail(401)
      await read()
      assert.equal(tokens.length - 1, 1, 'The number of renewals after one 401.')
      assert.deepEqual(tokensSent(), tokens, 'The second attempt came without the new credential.')

      const stubborn = open()
      stubborn.vendor.fail(401, { times: 10 })
      assert.ok(await failureOf(stubborn.read), 'A read that is refused again and again resolved.')
      assert.equal(stubborn.sent().length, 2, 'The number of attempts where the new credential is refused too.')
    },
  },
  {
    name: 'renews nothing on a 403',
    async run({ open }) {
      const { vendor, read, tokens } = open()
      vendor.fail(403, { times: 2 })
      assert.ok(await failureOf(read), 'A read that is forbidden resolved.')
      assert.equal(tokens.length - 1, 0, 'The number of renewals after a 403, which says that the credential is known.')
    },
  },
]
