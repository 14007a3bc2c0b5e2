import type { Message } from 'hawser/slack'
import { channelOf } from './conversations.ts'
import { decoded, type Called, type Method } from './method.ts'
import { bot, workspace } from './records.ts'

// @see https://docs.slack.dev/reference/methods/chat.scheduleMessage#errors
const longestSeconds = 120 * 86_400

/** The methods about messages and their reactions. @see https://docs.slack.dev/reference/methods#chat */
export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': (called) => {
    const to = writable(called)
    if (typeof to === 'string') return to
    const message = newMessage(called)
    const { thread_ts: thread } = called.given
    if (thread !== undefined) {
      const first = called.collections.messages.get(thread, to)
      if (!first) return 'thread_not_found'
      const replied = { ...first, thread_ts: thread, reply_count: (first.reply_count ?? 0) + 1 }
      called.collections.messages.replace(thread, replied, to)
    }
    called.collections.messages.insert(message, to)
    return { ...to, ts: message.ts, message }
  },
  'chat.update': (called) =>
    changing(called, 'ts', (message) => ({ ...message, ...contentOf(called) }), 'cant_update_message'),
  'chat.delete': (called) => {
    const to = { channel: channelOf(called)?.id ?? '' }
    if (to.channel === '') return 'channel_not_found'
    const { ts = '' } = called.given
    return called.collections.messages.remove(ts, to) ? { ...to, ts } : 'message_not_found'
  },
  'chat.postEphemeral': (called) => {
    const to = writable(called)
    if (typeof to === 'string') return to
    return called.collections.members.get(called.given['user'] ?? '', to)
      ? { message_ts: newTs(called) }
      : 'user_not_in_channel'
  },
  'chat.scheduleMessage': (called) => {
    const to = writable(called)
    if (typeof to === 'string') return to
    const at = Number(called.given['post_at'])
    const inSeconds = at - called.now / 1000
    if (!(inSeconds > 0)) return 'time_in_past'
    if (inSeconds > longestSeconds) return 'time_too_far'
    return { ...to, scheduled_message_id: `Q${called.sequence}`, post_at: at, message: contentOf(called) }
  },
  'chat.getPermalink': ({ given, collections, now }) => {
    const channel = channelOf({ given, collections, now })?.id
    if (channel === undefined) return 'channel_not_found'
    const { message_ts: ts = '' } = given
    if (!collections.messages.get(ts, { channel })) return 'message_not_found'
    return { channel, permalink: `${workspace.url}archives/${channel}/p${ts.replace('.', '')}` }
  },
  'reactions.add': (called) => {
    const { name = '' } = called.given
    const had = reactionOf(called, name)
    if (had?.users.includes(bot.id)) return 'already_reacted'
    const reaction = { name, count: (had?.count ?? 0) + 1, users: [...(had?.users ?? []), bot.id] }
    return changing(called, 'timestamp', (message) => ({
      ...message,
      reactions: [...others(message, name), reaction],
    }))
  },
  'reactions.remove': (called) => {
    const { name = '' } = called.given
    const had = reactionOf(called, name)
    if (!had?.users.includes(bot.id)) return 'no_reaction'
    const left = { name, count: had.count - 1, users: had.users.filter((user) => user !== bot.id) }
    return changing(called, 'timestamp', (message) => ({
      ...message,
      reactions: [...others(message, name), ...(left.count > 0 ? [left] : [])],
    }))
  },
}

/** Names the channel of a message that is to be written, or says why it cannot be. */
function writable(called: Called): { readonly channel: string } | string {
  const channel = channelOf(called)
  if (!channel) return 'channel_not_found'
  if (channel.is_member !== true) return 'not_in_channel'
  if (channel.is_archived === true) return 'is_archived'
  const { text = '', blocks = '' } = called.given
  return text === '' && blocks === '' ? 'no_text' : { channel: channel.id }
}

/** Each is later than the one before it, also within a second. */
function newTs({ now, sequence }: Called): string {
  return `${Math.floor(now / 1000)}.${sequence.toString().padStart(6, '0')}`
}

function contentOf({ given }: Called): { readonly text?: string; readonly blocks?: NonNullable<Message['blocks']> } {
  const blocks = decoded(given['blocks'])
  return { ...(given['text'] !== undefined && { text: given['text'] }), ...(Array.isArray(blocks) && { blocks }) }
}

function newMessage(called: Called): Message {
  const { thread_ts: thread } = called.given
  const written = { type: 'message', ts: newTs(called), user: bot.id, bot_id: 'B0000000000', ...contentOf(called) }
  return { ...written, ...(thread !== undefined && { thread_ts: thread }) }
}

function changing(
  called: Called,
  name: 'ts' | 'timestamp',
  change: (message: Message) => Message,
  forbidden?: string,
): object | string {
  const to = { channel: channelOf(called)?.id ?? '' }
  if (to.channel === '') return 'channel_not_found'
  const message = called.collections.messages.get(called.given[name] ?? '', to)
  if (!message) return 'message_not_found'
  if (forbidden !== undefined && message.user !== bot.id) return forbidden
  const after = change(message)
  called.collections.messages.replace(message.ts, after, to)
  return { ...to, ts: message.ts, message: after }
}

type Reaction = NonNullable<Message['reactions']>[number]

function reactionOf(called: Called, name: string): Reaction | undefined {
  const to = { channel: channelOf(called)?.id ?? '' }
  return called.collections.messages
    .get(called.given['timestamp'] ?? '', to)
    ?.reactions?.find((one) => one.name === name)
}

function others({ reactions = [] }: Message, name: string): readonly Reaction[] {
  return reactions.filter((reaction) => reaction.name !== name)
}
