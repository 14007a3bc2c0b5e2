// What is asked for most of each object. Slack leaves out what does not apply.

/** A time that is also a message's id within its channel: `1893456000.000100`. Keep it as text. */
export type Timestamp = string

/** @see https://docs.slack.dev/reference/objects/conversation-object */
export interface Channel {
  readonly id: string
  readonly name?: string
  readonly is_channel?: boolean
  readonly is_im?: boolean
  readonly is_mpim?: boolean
  readonly is_private?: boolean
  readonly is_archived?: boolean
  readonly is_member?: boolean
  readonly num_members?: number
  readonly creator?: string
  /** Seconds since the Unix epoch. */
  readonly created?: number
  readonly topic?: { readonly value?: string }
  readonly purpose?: { readonly value?: string }
}

/** @see https://docs.slack.dev/reference/events/message */
export interface Message {
  readonly type?: string
  readonly subtype?: string
  readonly ts: Timestamp
  readonly user?: string
  readonly bot_id?: string
  readonly text?: string
  /** The first message of its thread. */
  readonly thread_ts?: Timestamp
  readonly reply_count?: number
  readonly blocks?: readonly Block[]
  readonly reactions?: readonly { readonly name: string; readonly count: number; readonly users: readonly string[] }[]
  readonly files?: readonly SlackFile[]
}

/** @see https://docs.slack.dev/reference/block-kit/blocks */
export interface Block {
  readonly type: string
  readonly [field: string]: unknown
}

/** @see https://docs.slack.dev/reference/objects/user-object */
export interface User {
  readonly id: string
  readonly team_id?: string
  readonly name?: string
  readonly real_name?: string
  readonly deleted?: boolean
  readonly is_bot?: boolean
  readonly tz?: string
  readonly profile?: { readonly display_name?: string; readonly real_name?: string; readonly email?: string }
}

/** @see https://docs.slack.dev/reference/objects/file-object */
export interface SlackFile {
  readonly id: string
  readonly name?: string
  readonly title?: string
  readonly mimetype?: string
  readonly size?: number
  /** Asks for the token: `slack.http.bytes(file.url_private)`. */
  readonly url_private?: string
  readonly permalink?: string
}

/** @see https://docs.slack.dev/surfaces/modals */
export interface View {
  readonly id: string
  readonly type: string
  readonly hash?: string
}

/** Whose token it is. @see https://docs.slack.dev/reference/methods/auth.test */
export interface Identity {
  readonly url: string
  readonly team: string
  readonly team_id: string
  readonly user: string
  readonly user_id: string
  readonly bot_id?: string
}

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
export interface Posted {
  readonly channel: string
  readonly ts: Timestamp
  readonly message: Message
}
