import { expect, it } from 'vitest'
import { anonymous, bearer } from 'hawser'
import { Slack } from 'hawser/slack'
import {
  mockVendor,
  slackSimulator,
  type SlackSimulatorOptions,
  type VendorSimulator,
  type MockVendor,
  type SlackRecords,
} from 'hawser/testing'

interface Started {
  readonly vendor: MockVendor
  readonly slack: Slack
  readonly simulator: VendorSimulator<SlackRecords>
}

function start(options: SlackSimulatorOptions = { quota: false }): Started {
  const simulator = slackSimulator(options)
  const vendor = mockVendor(simulator, { front: 'memory' })
  return { vendor, simulator, slack: new Slack({ auth: bearer('xoxb-1'), ...vendor.options }) }
}
const all = { limit: 999 }
const general = 'C0000000001'
const ann = 'U0000000001'
const fails = (call: PromiseLike<unknown>, vendorCode: string): Promise<void> =>
  expect(Promise.resolve(call)).rejects.toMatchObject({ code: 'HTTP_STATUS', vendorCode })

it('answers every method that the connector has', async () => {
  const { slack, vendor } = start({})
  expect(await slack.auth.test()).toMatchObject({ user: 'bot', team: 'Harbour' })
  const { channel } = await slack.conversations.create({ name: 'cranes', is_private: true })
  expect(await slack.conversations.list({ types: ['private_channel'] }).toArray(all)).toEqual([channel])
  expect(await slack.conversations.list().toArray(all)).toMatchObject([{ name: 'general' }])
  await slack.conversations.invite({ channel: channel.id, users: ann })
  expect(await slack.conversations.members({ channel: channel.id }).toArray(all)).toEqual(['U0000000000', ann])
  expect((await slack.conversations.info({ channel: channel.id, include_num_members: true })).channel.num_members).toBe(
    2,
  )
  expect((await slack.conversations.join({ channel: general })).channel.is_member).toBe(true)
  const direct = await slack.conversations.open({ users: ann })
  expect(direct.channel).toMatchObject({ is_im: true })
  expect((await slack.conversations.open({ users: ann })).channel.id).toBe(direct.channel.id)

  const { ts, message } = await slack.chat.postMessage({ channel: direct.channel.id, text: 'Hello' })
  expect(await slack.conversations.history({ channel: ann }).toArray(all)).toEqual([message])
  const at = { channel: direct.channel.id, ts }
  const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: '*Hi*' } }]
  expect((await slack.chat.update({ ...at, blocks })).message).toMatchObject({ text: 'Hello', blocks })
  const link = await slack.chat.getPermalink({ channel: at.channel, message_ts: ts })
  expect(link.permalink).toBe(`https://harbour.slack.com/archives/${at.channel}/p${ts.replace('.', '')}`)
  const shown = await slack.chat.postEphemeral({ channel: general, user: ann, text: 'Only you see it' })
  expect(shown.message_ts).toMatch(/^\d+\.\d{6}$/)
  const soon = vendor.clock.now / 1000 + 60
  const planned = await slack.chat.scheduleMessage({ channel: general, text: 'Later', post_at: soon })
  expect(planned.scheduled_message_id).toMatch(/^Q/)
  const reaction = { channel: at.channel, timestamp: ts, name: 'eyes' }
  await slack.reactions.add(reaction)
  await fails(slack.reactions.add(reaction), 'already_reacted')
  await slack.reactions.remove(reaction)
  await fails(slack.reactions.remove(reaction), 'no_reaction')
  await slack.chat.delete(at)
  expect(await slack.conversations.history({ channel: at.channel }).toArray(all)).toEqual([])

  expect((await slack.users.list().toArray(all)).map(({ name }) => name)).toEqual(['bot', 'ann', 'bob'])
  expect((await slack.users.info({ user: ann })).user.name).toBe('ann')
  expect((await slack.users.lookupByEmail({ email: 'bob@harbour.example' })).user.name).toBe('bob')
  const file = await slack.files.upload({ filename: 'a.txt', content: 'a' })
  expect((await slack.files.info({ file: file.id })).file).toMatchObject({ name: 'a.txt', title: 'a.txt', size: 1 })
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Crane' }, blocks } as const
  expect((await slack.views.open({ trigger_id: 't', view })).view).toMatchObject({
    type: 'modal',
    id: expect.stringMatching(/^V/),
  })
  expect(vendor.violations).toEqual([])
})

it('keeps threads, and shows their first messages in the history', async () => {
  const { slack, vendor } = start()
  const { ts } = await slack.chat.postMessage({ channel: general, text: 'first' })
  vendor.clock.advance(1000)
  for (const text of ['a', 'b', 'c']) await slack.chat.postMessage({ channel: general, text, thread_ts: ts })
  const [first] = await slack.conversations.history({ channel: general }).toArray(all)
  expect(first).toMatchObject({ reply_count: 3, thread_ts: ts })
  const second = await slack.chat.postMessage({ channel: general, text: 'second' })
  const texts = async (pages: { toArray(options: object): Promise<readonly { text?: string }[]> }): Promise<unknown> =>
    (await pages.toArray(all)).map(({ text }) => text)
  expect(await texts(slack.conversations.history({ channel: general, limit: 1 }))).toEqual(['second', 'first'])
  expect(await texts(slack.conversations.replies({ channel: general, ts, limit: 3 }))).toEqual(['first', 'a', 'b', 'c'])
  expect(await texts(slack.conversations.history({ channel: general, oldest: ts }))).toEqual(['second'])
  expect(await texts(slack.conversations.history({ channel: general, oldest: ts, inclusive: true }))).toEqual([
    'second',
    'first',
  ])
  expect(await texts(slack.conversations.history({ channel: general, latest: second.ts }))).toEqual(['first'])
  const page = await slack.http.get('/api/conversations.history', { query: { channel: general, limit: 1 } })
  expect(page).toMatchObject({ ok: true, has_more: true })
  await fails(slack.conversations.replies({ channel: general, ts: '1.0' }).toArray(all), 'thread_not_found')
  await fails(slack.chat.postMessage({ channel: general, text: 'x', thread_ts: '1.0' }), 'thread_not_found')
  await fails(slack.http.get('/api/users.list', { query: { cursor: 'bm8' } }), 'invalid_cursor')
})

it('refuses as Slack does', async () => {
  const { slack, vendor, simulator } = start({ quota: false, tokens: ['xoxb-1'] })
  const archived = { id: 'C7', name: 'old', is_member: true, is_archived: true }
  simulator.collections.channels.insert(archived)
  simulator.collections.channels.insert({ id: 'C8', name: 'elsewhere', is_member: false })
  await fails(slack.chat.postMessage({ channel: 'C7', text: 'x' }), 'is_archived')
  await fails(slack.chat.postMessage({ channel: 'C8', text: 'x' }), 'not_in_channel')
  await fails(slack.conversations.history({ channel: 'C8' }).toArray(all), 'not_in_channel')
  await fails(slack.chat.postMessage({ channel: '#nowhere', text: 'x' }), 'channel_not_found')
  await fails(slack.chat.postMessage({ channel: general, text: '' }), 'no_text')
  await fails(slack.chat.postEphemeral({ channel: general, user: 'U9', text: 'x' }), 'user_not_in_channel')
  const now = vendor.clock.now / 1000
  await fails(slack.chat.scheduleMessage({ channel: general, text: 'x', post_at: now - 1 }), 'time_in_past')
  await fails(slack.chat.scheduleMessage({ channel: general, text: 'x', post_at: now + 121 * 86_400 }), 'time_too_far')
  await fails(slack.conversations.create({ name: 'general' }), 'name_taken')
  await fails(slack.conversations.create({ name: 'Not So' }), 'invalid_name_specials')
  await fails(slack.conversations.invite({ channel: general, users: 'U9' }), 'user_not_found')
  await fails(slack.conversations.open({ users: 'U9' }), 'user_not_found')
  await fails(slack.users.lookupByEmail({ email: 'no@harbour.example' }), 'users_not_found')
  const { ts } = simulator.collections.messages.insert({ ts: '5.0', user: ann, text: 'mine' }, { channel: general })
  await fails(slack.chat.update({ channel: general, ts, text: 'yours' }), 'cant_update_message')
  await fails(new Slack({ auth: anonymous(), ...vendor.options }).auth.test(), 'not_authed')
  await fails(new Slack({ auth: bearer('xoxb-2'), ...vendor.options }).auth.test(), 'invalid_auth')
  const listed = await slack.conversations.list({ exclude_archived: true }).toArray(all)
  expect(listed.map(({ name }) => name)).toEqual(['general', 'elsewhere'])
})

it('takes a file only whole, and shares it only then', async () => {
  const { slack } = start()
  const begin = (): PromiseLike<{ upload_url: string; file_id: string }> =>
    slack.http.post<{ upload_url: string; file_id: string }>('/api/files.getUploadURLExternal', {
      form: { filename: 'x', length: 3 },
    })
  const { upload_url: url, file_id: id } = await begin()
  expect(url).toBe(`https://files.slack.com/upload/v1/${id}`)
  await fails(slack.request('POST /api/files.completeUploadExternal', { files: [{ id }] }), 'file_upload_not_complete')
  await expect(slack.http.text(url, { body: 'four' }, 'POST')).rejects.toMatchObject({ status: 400 })
  expect(await slack.http.text(url, { body: 'six' }, 'POST')).toBe('OK - 3')
  await fails(slack.files.info({ file: id }), 'file_not_found')
  const done = { files: [{ id }], channel_id: 'C9' }
  await fails(slack.request('POST /api/files.completeUploadExternal', done), 'channel_not_found')
  await fails(slack.request('POST /api/files.completeUploadExternal', { files: [{ id: 'F9' }] }), 'file_not_found')
  await slack.request('POST /api/files.completeUploadExternal', { files: [{ id }], channel_id: general })
  expect(await slack.conversations.history({ channel: general }).toArray(all)).toMatchObject([{ files: [{ id }] }])
  await fails(
    slack.http.post('/api/files.getUploadURLExternal', { form: { filename: 'x', length: 0 } }),
    'invalid_arguments',
  )
})

it('counts the messages of each channel', async () => {
  const { vendor } = start({})
  const slack = new Slack({ auth: bearer('xoxb-1'), ...vendor.options, throttle: false, retry: false })
  const post = (channel: string): PromiseLike<unknown> => slack.chat.postMessage({ channel, text: 'x' })
  await Promise.all([post(general), post(ann), post('U0000000002')])
  await expect(Promise.resolve(post(ann))).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1000 })
  expect(vendor.violations.map(({ limit }) => limit)).toEqual(['channel'])
})

it('refuses options that it does not have', () => {
  expect(() => slackSimulator(JSON.parse('{"channel":["a"]}'))).toThrow('slackSimulator has no option `channel`')
})
