// Tests of code that calls GitHub: a simulated vendor underneath, the real stack on top, no network, no real time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bearer } from 'hawser'
import { GitHub } from 'hawser/github'
import { chaos, githubSimulator, mockVendor } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

const at = { owner: 'o', repo: 'r' }

// The same test on MSW, in memory, and over real sockets.
for (const front of ['msw', 'memory', 'loopback'] as const) {
  await test(`${front}: an issue is created once, however often the vendor stumbles`, async () => {
    const vendor = mockVendor(githubSimulator(), { front })
    vendor.fail(429, { times: 2, retryAfterSeconds: 20 })
    const github = new GitHub({ auth: bearer('t'), ...vendor.options })

    const { number } = await github.issues.create({ ...at, title: 'It works' })

    assert.equal((await github.issues.get({ ...at, issue_number: number })).title, 'It works')
    assert.deepEqual(vendor.clock.slept, [20_000, 20_000])
    vendor.journal.expect([
      'POST /repos/o/r/issues',
      'POST /repos/o/r/issues',
      'POST /repos/o/r/issues',
      'GET /repos/o/r/issues/1',
    ])
    vendor[Symbol.dispose]()
  })
}

await test('a listing survives a storm', async () => {
  const storm = chaos({ seed: 8, rate: 0.7 })
  await storm.run(async () => {
    const simulator = githubSimulator()
    const vendor = mockVendor(simulator, { front: 'memory', chaos: storm })
    const github = new GitHub({ auth: bearer('t'), ...vendor.options, retry: { maxAttempts: 10 }, deadline: 3_600_000 })
    const repository = await github.repos.get(at)
    for (let id = 1; id <= 250; id++) {
      simulator.collections.repos.insert({ ...repository, id, name: `r${id}`, full_name: `o/r${id}` })
    }
    const repos = await github.repos.listForOrg({ org: 'o' }).toArray({ limit: 1_000 })
    assert.equal(repos.length, 251)
    console.log(
      `${vendor.requests.length} requests, ${storm.drawn.length} of them struck, ${vendor.clock.slept.length} waits`,
    )
    vendor[Symbol.dispose]()
  })
})

await test('an endpoint believes GitHub and nobody else', async () => {
  const heard: string[] = []
  const receive = receiver(sources.github, { secrets: ['s3cret'] }).on('issues', ({ event }) => heard.push(event))
  const vendor = mockVendor(githubSimulator(), { webhooks: { to: receive, secrets: ['s3cret'] } })

  const [answer] = await vendor.deliver('issues.opened', { payload: { issue: { number: 7 } } })
  const [tampered] = await vendor.deliver('issues.opened', { as: 'tampered' })
  const [forged] = await vendor.deliver('issues.opened', { as: 'wrongKey' })

  assert.deepEqual([answer?.status, tampered?.status, forged?.status], [200, 401, 401])
  assert.deepEqual(heard, ['issues.opened'])
  vendor[Symbol.dispose]()
})
