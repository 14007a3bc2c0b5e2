import {
  Connector,
  cursor,
  type Call,
  type CallOptions,
  type Fields,
  type Pages,
  type Pagination,
  type PlainOptions,
  type RouteParameters,
  type VendorProfile,
} from 'hawser'
import type {
  History,
  ListChannels,
  MessageChange,
  NewEphemeral,
  NewFile,
  NewMessage,
  NewScheduled,
  NewView,
  OpenChannel,
  Reaction,
  Replies,
} from './parameters.ts'
import { nonMarketplaceLimits, slack, tierLimits } from './profile.ts'
import type { Channel, Identity, Message, Posted, SlackFile, Timestamp, User, View } from './types.ts'
import { upload } from './upload.ts'

export { nonMarketplaceLimits, slack, tierLimits }
export type * from './parameters.ts'
export type * from './types.ts'
export type * from './webhooks.ts'

// @see https://docs.slack.dev/apis/web-api/pagination
const next = 'response_metadata.next_cursor'
const pages = (items: string): Pagination => cursor({ param: 'cursor', items, next })
const pageSize = 200

/** Names a channel. */
type InChannel = { readonly channel: string }
type OfChannel = { readonly channel: Channel }

/**
 * A client for Slack's Web API, with a bot's token or a user's. Every method takes the options of a call last.
 *
 * An answer that is not `ok` is an error whose `vendorCode` is Slack's, such as `channel_not_found`, and whose `status` is what
 * that means, such as 404.
 *
 * @see https://docs.slack.dev/reference/methods
 */
export class Slack extends Connector {
  static override readonly profile: VendorProfile = slack

  readonly auth = {
    test: (options?: PlainOptions): Call<Identity> => this.http.get<Identity>('/api/auth.test', options),
  }

  readonly conversations = {
    list: (query: ListChannels = {}, options?: PlainOptions): Pages<Channel> =>
      this.#pages<Channel>('/api/conversations.list', 'channels', query, options),
    info: (query: InChannel & { readonly include_num_members?: boolean }, options?: PlainOptions): Call<OfChannel> =>
      this.http.get<OfChannel>('/api/conversations.info', { ...options, query }),
    /** The newest first. */
    history: (query: History, options?: PlainOptions): Pages<Message> =>
      this.#pages<Message>('/api/conversations.history', 'messages', query, options),
    /** A thread, its first message included; the oldest first. */
    replies: (query: Replies, options?: PlainOptions): Pages<Message> =>
      this.#pages<Message>('/api/conversations.replies', 'messages', query, options),
    members: (query: InChannel & { readonly limit?: number }, options?: PlainOptions): Pages<string> =>
      this.#pages<string>('/api/conversations.members', 'members', query, options),
    create: (json: { readonly name: string; readonly is_private?: boolean }, options?: PlainOptions): Call<OfChannel> =>
      this.http.post<OfChannel>('/api/conversations.create', { ...options, json }),
    join: (json: InChannel, options?: PlainOptions): Call<OfChannel> =>
      this.http.post<OfChannel>('/api/conversations.join', { ...options, json }),
    /** `users`: ids with commas between them. */
    invite: (json: InChannel & { readonly users: string }, options?: PlainOptions): Call<OfChannel> =>
      this.http.post<OfChannel>('/api/conversations.invite', { ...options, json }),
    /** Opens a direct message. */
    open: (json: OpenChannel, options?: PlainOptions): Call<OfChannel> =>
      this.http.post<OfChannel>('/api/conversations.open', { ...options, json }),
  }

  readonly chat = {
    postMessage: (json: NewMessage, options?: PlainOptions): Call<Posted> =>
      this.http.post<Posted>('/api/chat.postMessage', { ...options, json }),
    update: (json: MessageChange, options?: PlainOptions): Call<Posted> =>
      this.http.post<Posted>('/api/chat.update', { ...options, json }),
    delete: (json: InChannel & { readonly ts: Timestamp }, options?: PlainOptions): Call<unknown> =>
      this.http.post('/api/chat.delete', { ...options, json }),
    /** Shows a message to one user only. */
    postEphemeral: (json: NewEphemeral, options?: PlainOptions): Call<{ readonly message_ts: Timestamp }> =>
      this.http.post<{ readonly message_ts: Timestamp }>('/api/chat.postEphemeral', { ...options, json }),
    scheduleMessage: (json: NewScheduled, options?: PlainOptions): Call<{ readonly scheduled_message_id: string }> =>
      this.http.post<{ readonly scheduled_message_id: string }>('/api/chat.scheduleMessage', { ...options, json }),
    getPermalink: (
      query: InChannel & { readonly message_ts: Timestamp },
      options?: PlainOptions,
    ): Call<{ readonly permalink: string }> =>
      this.http.get<{ readonly permalink: string }>('/api/chat.getPermalink', { ...options, query }),
  }

  readonly users = {
    list: (query: { readonly limit?: number; readonly team_id?: string } = {}, options?: PlainOptions): Pages<User> =>
      this.#pages<User>('/api/users.list', 'members', query, options),
    info: (query: { readonly user: string }, options?: PlainOptions): Call<{ readonly user: User }> =>
      this.http.get<{ readonly user: User }>('/api/users.info', { ...options, query }),
    lookupByEmail: (query: { readonly email: string }, options?: PlainOptions): Call<{ readonly user: User }> =>
      this.http.get<{ readonly user: User }>('/api/users.lookupByEmail', { ...options, query }),
  }

  readonly reactions = {
    add: (json: Reaction, options?: PlainOptions): Call<unknown> =>
      this.http.post('/api/reactions.add', { ...options, json }),
    remove: (json: Reaction, options?: PlainOptions): Call<unknown> =>
      this.http.post('/api/reactions.remove', { ...options, json }),
  }

  readonly files = {
    /** Sends a file in Slack's three steps, and shares it where a channel is named. */
    upload: (file: NewFile, options?: PlainOptions): Promise<SlackFile> => upload(this.http, file, options),
    info: (query: { readonly file: string }, options?: PlainOptions): Call<{ readonly file: SlackFile }> =>
      this.http.get<{ readonly file: SlackFile }>('/api/files.info', { ...options, query }),
  }

  readonly views = {
    open: (json: NewView, options?: PlainOptions): Call<{ readonly view: View }> =>
      this.http.post<{ readonly view: View }>('/api/views.open', { ...options, json }),
  }

  /** Calls any method by its route: `request('POST /api/pins.add', { channel, timestamp })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }

  #pages<T>(path: string, items: string, query: Fields, options: PlainOptions | undefined): Pages<T> {
    const { limit = pageSize, ...others } = query
    return this.http.paginate<T>(path, { ...options, query: { limit, ...others }, page: pages(items) })
  }
}
