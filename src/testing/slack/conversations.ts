import type { Channel, Message } from 'hawser/slack'
import { pageOf, type Called, type Method } from './method.ts'
import { bot, newChannel } from './records.ts'

/** The methods about channels. @see https://docs.slack.dev/reference/methods#conversations */
export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.list': (called) => {
    const { types = 'public_channel', exclude_archived: withoutArchived } = called.given
    const channels = called.collections.channels
      .all()
      .filter((channel) => types.split(',').includes(typeOf(channel)))
      .filter(({ is_archived: archived = false }) => withoutArchived !== 'true' || !archived)
    return pageOf(called, 'channels', channels, idOf)
  },
  'conversations.info': (called) => {
    const channel = channelOf(called)
    if (!channel) return 'channel_not_found'
    const members = called.collections.members.all({ channel: channel.id }).length
    return { channel: { ...channel, ...(called.given['include_num_members'] === 'true' && { num_members: members }) } }
  },
  'conversations.history': (called) => messagesOf(called, ({ ts, thread_ts = ts }) => thread_ts === ts, 'newest first'),
  'conversations.replies': (called) => {
    const { ts: thread = '' } = called.given
    const first = called.collections.messages.get(thread, { channel: channelOf(called)?.id ?? '' })
    if (channelOf(called) && !first) return 'thread_not_found'
    return messagesOf(called, ({ ts, thread_ts = ts }) => thread_ts === thread, 'oldest first')
  },
  'conversations.members': (called) => {
    const channel = channelOf(called)
    if (!channel) return 'channel_not_found'
    const ids = called.collections.members.all({ channel: channel.id }).map(({ id }) => id)
    return pageOf(called, 'members', ids, String)
  },
  'conversations.create': ({ given, collections, now }) => {
    const { name = '' } = given
    if (name === '') return 'invalid_name_required'
    if (!/^[\p{Ll}\p{N}_-]{1,80}$/u.test(name)) return 'invalid_name_specials'
    const { channels, members } = collections
    if (channels.all().some((channel) => channel.name === name)) return 'name_taken'
    const channel = newChannel(name, channels.all().length + 1, now, { is_private: given['is_private'] === 'true' })
    members.insert({ id: bot.id }, { channel: channel.id })
    return { channel: channels.insert(channel) }
  },
  'conversations.join': (called) => {
    const channel = channelOf(called)
    if (!channel) return 'channel_not_found'
    if (channel.is_private === true) return 'method_not_supported_for_channel_type'
    return { channel: joined(called, channel, [bot.id]) }
  },
  'conversations.invite': (called) => {
    const channel = channelOf(called)
    const ids = (called.given['users'] ?? '').split(',')
    if (!channel) return 'channel_not_found'
    if (channel.is_member !== true) return 'not_in_channel'
    if (!ids.every((id) => called.collections.users.get(id))) return 'user_not_found'
    return { channel: joined(called, channel, ids) }
  },
  'conversations.open': (called) => {
    const { users: named, channel: id } = called.given
    if (named === undefined) return channelOf(called) ? { channel: { id } } : 'channel_not_found'
    const users = named.split(',')
    if (!users.every((user) => called.collections.users.get(user))) return 'user_not_found'
    return { channel: direct(called, users) }
  },
}

/** The channel that a call names, by id, as `#name`, or by the user of a direct message. */
export function channelOf(called: Pick<Called, 'given' | 'collections' | 'now'>): Channel | undefined {
  const { given, collections } = called
  const { channel: named = '' } = given
  if (collections.users.get(named)) return direct(called, [named])
  return named.startsWith('#')
    ? collections.channels.all().find(({ name }) => name === named.slice(1))
    : collections.channels.get(named)
}

function direct({ collections, now }: Pick<Called, 'collections' | 'now'>, users: readonly string[]): Channel {
  const kind = users.length === 1 ? { is_im: true } : { is_mpim: true }
  const name = users.toSorted().join('--')
  const known = collections.channels.all().find((channel) => channel.name === name)
  if (known) return known
  const number = collections.channels.all().length + 1
  const channel = {
    ...newChannel(name, number, now, { is_channel: false, ...kind }),
    id: `D${number.toString().padStart(10, '0')}`,
  }
  for (const id of [bot.id, ...users]) collections.members.insert({ id }, { channel: channel.id })
  return collections.channels.insert(channel)
}

function joined({ collections }: Called, channel: Channel, ids: readonly string[]): Channel {
  const parents = { channel: channel.id }
  for (const id of ids) if (!collections.members.get(id, parents)) collections.members.insert({ id }, parents)
  const after = ids.includes(bot.id) ? { ...channel, is_member: true } : channel
  return collections.channels.replace(channel.id, after) ?? after
}

function messagesOf(
  called: Called,
  holds: (message: Message) => boolean,
  order: 'newest first' | 'oldest first',
): object | string {
  const { given, collections } = called
  const channel = channelOf(called)
  if (!channel) return 'channel_not_found'
  if (channel.is_member !== true) return 'not_in_channel'
  const [oldest, latest] = [Number(given['oldest'] ?? 0), Number(given['latest'] ?? Infinity)]
  const edge = given['inclusive'] === 'true'
  const found = collections.messages.all({ channel: channel.id }).filter((message) => {
    const at = Number(message.ts)
    return holds(message) && (edge ? at >= oldest && at <= latest : at > oldest && at < latest)
  })
  const page = pageOf(called, 'messages', order === 'newest first' ? found.toReversed() : found, ({ ts }) => ts)
  if (typeof page === 'string') return page
  const cursor: unknown = Reflect.get(Reflect.get(page, 'response_metadata') ?? {}, 'next_cursor')
  return { ...page, has_more: cursor !== '' }
}

const idOf = ({ id }: { readonly id: string }): string => id

function typeOf({ is_im: im, is_mpim: group, is_private: hidden }: Channel): string {
  if (im === true) return 'im'
  if (group === true) return 'mpim'
  return hidden === true ? 'private_channel' : 'public_channel'
}
