import assert from 'node:assert/strict'
import { bearer, isHawserError } from 'hawser'
import { GitHub, type GitHubEvents } from 'hawser/github'
import { githubSimulator, mockVendor } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

// A bot that triages issues, over real sockets: it lists, searches, writes at GitHub's pace, and hears webhooks.
// node --import tsx examples/github/main.ts

const secrets = ['a-secret-of-the-example']
const at = { owner: 'harbour', repo: 'cranes' }
const simulator = githubSimulator({ repos: ['harbour/cranes'], login: 'triage-bot' })
const receive = receiver<GitHubEvents>(sources.github, { secrets }).on('issues.opened', async ({ payload }) => {
  const comment = { ...at, issue_number: payload.issue.number, body: 'Thank you, somebody will look at it.' }
  await github.issues.comment(comment)
})
const vendor = mockVendor(simulator, { front: 'loopback', webhooks: { to: receive, secrets } })
const github = new GitHub({ auth: bearer('a-token-of-the-example'), ...vendor.options })
console.log('acts as', (await github.users.me()).login)

for (let number = 1; number <= 12; number++) {
  await github.issues.create({ ...at, title: `Crane ${number} squeaks`, labels: number % 3 === 0 ? ['urgent'] : [] })
}
const open = await github.issues.list({ ...at, state: 'open', per_page: 5 }).toArray({ limit: 100 })
const urgent = await github.search.issues({ q: 'repo:harbour/cranes label:urgent' }).toArray({ limit: 100 })
console.log(`${open.length} open, ${urgent.length} urgent`)
assert.deepEqual([open.length, urgent.length], [12, 4])

// A secondary limit: GitHub asks for a pause, and the write goes through after it.
vendor.fail(403, { retryAfterSeconds: 30, body: '{"message":"You have exceeded a secondary rate limit."}' })
await github.issues.update({ ...at, issue_number: 1, state: 'closed', state_reason: 'completed' })
console.log('waited', vendor.clock.slept, 'ms of virtual time')

const [answer] = await vendor.deliver('issues.opened', {
  payload: { action: 'opened', issue: { number: 2 }, repository: { full_name: 'harbour/cranes' } },
})
const [comment] = await github.issues.comments({ ...at, issue_number: 2 }).toArray({ limit: 1 })
console.log('webhook:', answer?.status, '→', comment?.body)
assert.equal(comment?.user?.login, 'triage-bot')

const gone: unknown = await github.issues.get({ ...at, issue_number: 99 }).catch((error: unknown) => error)
assert.ok(isHawserError(gone) && gone.code === 'HTTP_STATUS' && gone.status === 404)
const search = github.quota().find(({ name }) => name === 'search')
console.log(`searches left in this minute: ${search?.remaining} of ${search?.limit}`)

github.close()
vendor[Symbol.dispose]()
