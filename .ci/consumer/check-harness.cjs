// What a test of a user's does with the harness; knows no test runner. Called with both kinds of modules.
const assert = require('node:assert/strict')

/** Creates issues through troubles, on one front. */
exports.checkFront = async function checkFront({ bearer, GitHub, githubSimulator, mockVendor }, front) {
  const vendor = mockVendor(githubSimulator(), { front })
  try {
    const github = new GitHub({ auth: bearer('t'), ...vendor.options })
    vendor.fail(429, { times: 2, retryAfterSeconds: 20 })
    const { number } = await github.issues.create({ owner: 'o', repo: 'r', title: 'It works' })
    for (const fault of [
      { kind: 'reset' },
      { kind: 'truncated' },
      { kind: 'stall' },
      { kind: 'slow-body', ms: 5_000 },
    ]) {
      vendor.fault(fault)
      const issue = await github.issues.get({ owner: 'o', repo: 'r', issue_number: number })
      assert.equal(issue.title, 'It works')
    }
    await assert.rejects(github.http.delete('/tickets/1.json'), /No simulator answers DELETE/)
    assert.deepEqual(vendor.clock.slept.slice(0, 2), [20_000, 20_000])
    assert.equal(vendor.requests.length, 3 + 2 + 2 + 2 + 1 + 1)
    assert.deepEqual(vendor.journal.secretsInUrls(), [])
  } finally {
    vendor[Symbol.dispose]()
  }
}

/** Two vendors at one address at the same time. */
exports.checkTwo = async function checkTwo({ bearer, GitHub, mockVendor }, front) {
  const origin = 'https://api.github.com'
  const vendors = ['one', 'two'].map((login) =>
    mockVendor({ origin, respond: () => Response.json({ login }) }, { front }),
  )
  const clients = vendors.map((vendor) => new GitHub({ auth: bearer('t'), ...vendor.options }))
  const users = await Promise.all([...clients, ...clients].map((client) => client.users.me()))
  assert.deepEqual(
    users.map(({ login }) => login),
    ['one', 'two', 'one', 'two'],
  )
  for (const vendor of vendors) vendor[Symbol.dispose]()
}

/** The suite that every connector must pass, on one front. */
exports.casesOn = ({ GitHub, conformance, githubSimulator }, front) =>
  conformance(GitHub, {
    front,
    simulator: () => githubSimulator(),
    read: (github) => github.users.me(),
    write: (github) => github.issues.create({ owner: 'o', repo: 'r', title: 'x' }),
    prepare: async (github) => {
      for (const title of ['a', 'b']) await github.issues.create({ owner: 'o', repo: 'r', title })
    },
    list: (github) => github.issues.list({ owner: 'o', repo: 'r', per_page: 1 }),
  })
