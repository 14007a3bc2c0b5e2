import assert from 'node:assert/strict'
import type { TrialCase } from '../trial.ts'

/** That a connector tells what it is. */
export const connectionCases: readonly TrialCase[] = [
  {
    name: 'reads from its vendor, with its version and its credential',
    async run({ profile, open }) {
      const { read, sent, tokens } = open()
      await read()
      const [first] = sent()
      assert.ok(first, '`read` sent nothing to the vendor.')
      assert.equal(
        first.headers['authorization'],
        `Bearer ${tokens[0]}`,
        'The read came without the credential of `auth`.',
      )
      const { version } = profile
      if (version)
        assert.equal(first.headers[version.header.toLowerCase()], version.value, 'The read names no version.')
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
