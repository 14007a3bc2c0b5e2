import assert from 'node:assert/strict'
import type { ConnectionCheck } from 'hawser'
import type { TrialCase } from '../trial.ts'

/** That a connector reaches its vendor, and tells what it is. */
export const connectionCases: readonly TrialCase[] = [
  {
    name: 'reads from its vendor, with its version and its credential',
    async run({ profile, open }) {
      const { read, sent, tokens, tokensSent } = open()
      await read()
      const [first] = sent()
      assert.ok(first, '`read` sent nothing to the vendor.')
      assert.equal(tokensSent()[0], tokens[0], 'The read came without the credential of `auth`.')
      const { version } = profile
      if (!version) return
      const named = version.header === undefined ? first.url.split('/') : [first.headers[version.header.toLowerCase()]]
      assert.ok(named.includes(version.value), 'The read names no version.')
    },
  },
  {
    name: 'tests a connection by a read, and tells what is wrong with it',
    skip: ({ profile }) => (profile.probe ? undefined : 'the profile has no `probe`'),
    async run({ open }) {
      const good = open()
      assert.deepEqual((await good.client.check()).ok, true, 'A good connection was found to be bad.')
      const methods = new Set(good.sent().map(({ method }) => method))
      assert.deepEqual([...methods], ['GET'], 'The methods by which the connection was tested.')

      for (const [status, because] of [
        [401, 'credential'],
        [403, 'permission'],
      ] as const) {
        const bad = open({ retry: false })
        bad.vendor.fail(status, { times: 3 })
        assert.equal(
          whatIsWrong(await bad.client.check()),
          because,
          `What is wrong with a connection that is answered ${status}.`,
        )
      }
      const dead = open({ retry: false })
      dead.vendor.reset({ times: 3 })
      assert.equal(
        whatIsWrong(await dead.client.check()),
        'unreachable',
        'What is wrong with a connection that is cut off.',
      )
    },
  },
  {
    name: 'describes itself whole',
    async run({ profile, open }) {
      const { client, tokens } = open()
      const described = client.describe()
      assert.equal(described.vendor, profile.name)
      assert.equal(described.version, profile.version?.value)
      assert.ok(URL.canParse(described.baseUrl), `\`baseUrl\` is no URL: ${described.baseUrl}`)
      const parts = [...described.policies, described.transport]
      const nameless = parts.findIndex(({ name }) => name === '' || name === 'a policy without a name')
      assert.equal(
        nameless,
        -1,
        `Policy ${nameless + 1} of the stack has no name; \`described({ name }, policy)\` gives one.`,
      )
      const text = JSON.stringify(described)
      assert.ok(!tokens.some((token) => text.includes(token)), 'The description holds the credential.')
    },
  },
]

const whatIsWrong = (check: ConnectionCheck): unknown => (check.ok ? 'nothing' : check.because)
