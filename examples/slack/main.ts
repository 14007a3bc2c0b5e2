import assert from 'node:assert/strict'
import { bearer, isHawserError } from 'hawser'
import { Slack, type SlackEvents } from 'hawser/slack'
import { mockVendor, slackSimulator } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

// A bot that answers in threads and sends a report, over real sockets, at the pace that Slack allows.
// node --import tsx examples/slack/main.ts

const secrets = ['a-signing-secret-of-the-example']
const receive = receiver<SlackEvents>(sources.slack, { secrets, now: () => vendor.clock.now }).on(
  'app_mention',
  async ({ payload: { event } }) => {
    await slack.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: `Aye, <@${event.user}>` })
  },
)
const simulator = slackSimulator({ channels: ['cranes'], users: ['ann'] })
const vendor = mockVendor(simulator, { front: 'loopback', webhooks: { to: receive, secrets } })
const slack = new Slack({ auth: bearer('xoxb-of-the-example'), ...vendor.options })
console.log('connection:', await slack.check())

const [channel] = await slack.conversations.list({ types: ['public_channel'] }).toArray({ limit: 10 })
assert.ok(channel)

// One message in a second to a channel: the client waits, in virtual time.
const began = vendor.clock.now
const posted = []
for (const text of ['Crane 1 squeaks', 'Crane 2 squeaks', 'Crane 3 is fine']) {
  posted.push(await slack.chat.postMessage({ channel: channel.id, text }))
}
console.log(`3 messages in ${vendor.clock.now - began} ms, ${vendor.violations.length} beyond the limit`)

const file = await slack.files.upload({
  filename: 'report.csv',
  content: 'crane,state\n1,squeaks\n2,squeaks\n3,fine\n',
  channel_id: channel.id,
  initial_comment: 'All cranes',
})
console.log('file:', file.id, file.title)

// Slack says `"ok": false` with status 200; it is an error, with the status that it means.
const refusal: unknown = await slack.chat.postMessage({ channel: 'C404', text: 'x' }).catch((error: unknown) => error)
assert.ok(isHawserError(refusal) && refusal.code === 'HTTP_STATUS')
console.log('refused:', refusal.status, refusal.vendorCode)

const [first] = posted
const event = { type: 'app_mention', channel: channel.id, user: 'U0000000001', ts: first?.ts, text: 'fix it' }
const [answer] = await vendor.deliver('app_mention', { payload: { event } })
const [forged] = await vendor.deliver('app_mention', { payload: { event }, as: 'tampered' })
const thread = await slack.conversations.replies({ channel: channel.id, ts: first?.ts ?? '' }).toArray({ limit: 10 })
console.log('event:', answer?.status, 'forged:', forged?.status, '→', thread.at(-1)?.text)
assert.deepEqual([answer?.status, forged?.status, thread.length], [200, 401, 2])

slack.close()
vendor[Symbol.dispose]()
