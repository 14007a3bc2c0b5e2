// Slack's own SDK, pointed at the simulator on loopback, is the witness that the simulator answers as Slack does; the connector does
// the same on every front.
import { ErrorCode, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import { expect, it } from 'vitest'
import { bearer, type ConnectorOptions } from 'hawser'
import { Slack } from 'hawser/slack'
import { mockVendor, slackSimulator, type MockVendor, type SlackSimulatorOptions } from 'hawser/testing'
import { failureOf } from '../../support/loopback.ts'

const token = 'xoxb-of-tests'
const all = { limit: 999 }

const onLoopback = (options: SlackSimulatorOptions = { quota: false }): MockVendor =>
  mockVendor(slackSimulator(options), { front: 'loopback' })
const sdk = async (vendor: MockVendor, options: WebClientOptions = {}): Promise<WebClient> =>
  new WebClient(token, {
    slackApiUrl: `${await vendor.address()}/api/`,
    logLevel: LogLevel.ERROR,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    ...options,
  })
const ours = (vendor: MockVendor, options: Partial<ConnectorOptions> = {}): Slack =>
  new Slack({ auth: bearer(token), ...vendor.options, ...options })

it('answers the SDK as it answers the connector', async () => {
  using vendor = onLoopback()
  const [theirs, mine] = [await sdk(vendor), ours(vendor)]
  expect(await theirs.auth.test()).toMatchObject(await mine.auth.test())
  const { channel: made } = await theirs.conversations.create({ name: 'cranes' })
  const channel = made?.id ?? ''
  expect((await mine.conversations.info({ channel })).channel).toEqual(made)
  const blocks = [{ type: 'divider' as const }]
  const { ts = '' } = await theirs.chat.postMessage({ channel, text: 'It squeaks', blocks })
  const { ts: reply } = await mine.chat.postMessage({ channel, text: 'Oil it', thread_ts: ts })
  await theirs.reactions.add({ channel, timestamp: ts, name: 'eyes' })
  const { messages } = await theirs.conversations.replies({ channel, ts })
  expect(messages).toMatchObject([
    { ts, reply_count: 1, blocks, reactions: [{ name: 'eyes', count: 1 }] },
    { ts: reply },
  ])
  expect(await mine.conversations.replies({ channel, ts }).toArray(all)).toEqual(messages)
  await theirs.chat.update({ channel, ts: reply, text: 'Grease it' })
  expect(await mine.conversations.history({ channel }).toArray(all)).toMatchObject([{ ts }])
  await mine.chat.delete({ channel, ts: reply })
  expect((await theirs.conversations.replies({ channel, ts })).messages).toHaveLength(1)
  const { user } = await theirs.users.lookupByEmail({ email: 'ann@harbour.example' })
  expect((await mine.users.info({ user: user?.id ?? '' })).user).toEqual(user)
})

it('gives the SDK every page of a list, by the same requests as the connector', async () => {
  using vendor = onLoopback({ quota: false, users: Array.from({ length: 12 }, (_, at) => `user${at}`) })
  const [theirs, mine] = [await sdk(vendor), ours(vendor)]
  const people: unknown[] = []
  for await (const page of theirs.paginate('users.list', { limit: 5 })) people.push(...listIn(page, 'members'))
  const from = vendor.requests.length
  expect(await mine.users.list({ limit: 5 }).toArray(all)).toEqual(people)
  expect(people).toHaveLength(13)
  const asked = vendor.requests.map(({ query, form }) => [
    query.get('cursor') ?? form.get('cursor'),
    query.get('limit') ?? form.get('limit'),
  ])
  expect(asked.slice(0, from)).toEqual(asked.slice(from))
  expect(from).toBe(3)
})

it('takes files of the SDK and of the connector, in three steps, and shares them', async () => {
  using vendor = onLoopback()
  const [theirs, mine] = [await sdk(vendor), ours(vendor)]
  const { channels = [] } = await theirs.conversations.list()
  const channel_id = channels[0]?.id ?? ''
  await theirs.filesUploadV2({ channel_id, filename: 'theirs.txt', content: 'ahoy', initial_comment: 'read this' })
  const file = await mine.files.upload({ channel_id, filename: 'ours.txt', content: 'ähoy', title: 'Ours' })
  expect((await theirs.files.info({ file: file.id })).file).toEqual({
    ...file,
    name: 'ours.txt',
    size: 5,
    title: 'Ours',
  })
  const messages = await mine.conversations.history({ channel: channel_id }).toArray(all)
  expect(messages).toMatchObject([
    { files: [{ name: 'ours.txt' }] },
    { text: 'read this', files: [{ name: 'theirs.txt', size: 4 }] },
  ])
  const steps = ['files.getUploadURLExternal', 'upload', 'files.completeUploadExternal']
  const paths = vendor.requests.map(({ path }) => steps.find((step) => path.includes(step))).filter(Boolean)
  expect(paths).toEqual([...steps, ...steps])
})

const mistakes: Readonly<
  Record<string, { theirs: (slack: WebClient) => Promise<unknown>; mine: (slack: Slack) => Promise<unknown> }>
> = {
  channel_not_found: {
    theirs: (s) => s.chat.postMessage({ channel: 'C9', text: 'x' }),
    mine: (s) => s.chat.postMessage({ channel: 'C9', text: 'x' }),
  },
  no_text: {
    theirs: (s) => s.apiCall('chat.postMessage', { channel: '#general' }),
    mine: (s) => s.request('POST /api/chat.postMessage', { channel: '#general' }),
  },
  user_not_found: { theirs: (s) => s.users.info({ user: 'U9' }), mine: (s) => s.users.info({ user: 'U9' }) },
  message_not_found: {
    theirs: (s) => s.reactions.add({ channel: '#general', timestamp: '1.0', name: 'eyes' }),
    mine: (s) => s.reactions.add({ channel: '#general', timestamp: '1.0', name: 'eyes' }),
  },
}

it.each(Object.entries(mistakes))('tells the SDK and the connector the same: %s', async (code, { theirs, mine }) => {
  using vendor = onLoopback()
  expect(await failureOf(theirs(await sdk(vendor)))).toMatchObject({
    code: ErrorCode.PlatformError,
    data: { error: code },
  })
  expect(await failureOf(mine(ours(vendor)))).toMatchObject({ code: 'HTTP_STATUS', vendorCode: code })
})

it('tells the SDK and the connector the same of a token that is none', async () => {
  using vendor = onLoopback({ quota: false, tokens: ['xoxb-another'] })
  expect(await failureOf((await sdk(vendor)).auth.test())).toMatchObject({ data: { error: 'invalid_auth' } })
  expect(await failureOf(ours(vendor).auth.test())).toMatchObject({ status: 401, vendorCode: 'invalid_auth' })
})

it('tells the SDK how long to wait, and keeps the connector within the limits', async () => {
  using vendor = onLoopback({})
  const [theirs, mine] = [await sdk(vendor), ours(vendor, { deadline: 600_000 })]
  for (let call = 0; call < 20; call++) await theirs.users.list({ limit: 5 })
  const refused = await failureOf(theirs.users.list({ limit: 5 }))
  expect(refused).toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 60 })
  expect(vendor.violations.map(({ limit }) => limit)).toEqual(['tier 2'])
  vendor.clock.advance(60_000)
  await Promise.all(Array.from({ length: 45 }, () => mine.users.list({ limit: 200 }).toArray({ limit: 1 })))
  const posts = ['C0000000001', 'U0000000001', 'C0000000001'].map((channel) =>
    mine.chat.postMessage({ channel, text: 'x' }),
  )
  await Promise.all(posts)
  expect(vendor.violations).toHaveLength(1)
})

it.each(['msw', 'memory', 'loopback'] as const)(
  'posts, uploads and lists through %s, in spite of faults',
  async (front) => {
    using vendor = mockVendor(slackSimulator(), { front })
    const slack = ours(vendor)
    vendor.fail(429, { retryAfterSeconds: 5, on: 'POST /api/chat.postMessage' })
    vendor.fail(200, { on: 'GET /api/conversations.history', body: '{"ok":false,"error":"internal_error"}' })
    const { ts } = await slack.chat.postMessage({ channel: '#general', text: 'x' })
    const bytes = new Uint8Array([0, 255, 10, 13])
    const { id } = await slack.files.upload({ filename: 'x.bin', content: bytes })
    expect((await slack.files.info({ file: id })).file.size).toBe(4)
    expect(await slack.conversations.history({ channel: '#general' }).toArray(all)).toMatchObject([{ ts }])
    expect(vendor.journal.to('POST /api/chat.postMessage')).toHaveLength(2)
    expect(vendor.violations).toEqual([])
  },
)

function listIn(page: object, field: string): readonly unknown[] {
  const list: unknown = Reflect.get(page, field)
  return Array.isArray(list) ? list : []
}
