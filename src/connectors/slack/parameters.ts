import type { Block, Timestamp } from './types.ts'

// What the methods take: type aliases and not interfaces, since only those are assignable to the fields of a query. What is not
// here goes by `request('POST /api/…', { … })`.

/** How many a page holds; 100 to 200 are advised, 999 are the most. @default 200 */
type Paged = { readonly limit?: number }

/** @see https://docs.slack.dev/reference/methods/conversations.list */
export type ListChannels = Paged & {
  /** @default public channels */
  readonly types?: readonly ('public_channel' | 'private_channel' | 'mpim' | 'im')[]
  readonly exclude_archived?: boolean
  readonly team_id?: string
}

/** @see https://docs.slack.dev/reference/methods/conversations.history */
export type History = Paged & {
  readonly channel: string
  readonly oldest?: Timestamp
  readonly latest?: Timestamp
  readonly inclusive?: boolean
}

/** @see https://docs.slack.dev/reference/methods/conversations.replies */
export type Replies = History & { readonly ts: Timestamp }

/** @see https://docs.slack.dev/reference/methods/conversations.open */
export type OpenChannel =
  { readonly users: string; readonly return_im?: boolean } | { readonly channel: string; readonly return_im?: boolean }

type Content =
  | { readonly text: string; readonly blocks?: readonly Block[] }
  | { readonly text?: string; readonly blocks: readonly Block[] }

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
export type NewMessage = Content & {
  readonly channel: string
  readonly thread_ts?: Timestamp
  readonly reply_broadcast?: boolean
  readonly mrkdwn?: boolean
  readonly unfurl_links?: boolean
  readonly unfurl_media?: boolean
  readonly username?: string
  readonly icon_emoji?: string
}

/** @see https://docs.slack.dev/reference/methods/chat.update */
export type MessageChange = Content & { readonly channel: string; readonly ts: Timestamp }

/** @see https://docs.slack.dev/reference/methods/chat.postEphemeral */
export type NewEphemeral = Content & {
  readonly channel: string
  readonly user: string
  readonly thread_ts?: Timestamp
}

/** @see https://docs.slack.dev/reference/methods/chat.scheduleMessage */
export type NewScheduled = Content & {
  readonly channel: string
  /** Seconds since the Unix epoch, at most 120 days from now. */
  readonly post_at: number
  readonly thread_ts?: Timestamp
}

/** @see https://docs.slack.dev/reference/methods/reactions.add */
export type Reaction = {
  readonly channel: string
  readonly timestamp: Timestamp
  /** Without colons: `thumbsup`. */
  readonly name: string
}

/** @see https://docs.slack.dev/messaging/working-with-files#uploading_files */
export type NewFile = {
  readonly filename: string
  readonly content: string | Uint8Array
  /** @default the file's name */
  readonly title?: string
  /** Where it is shared. @default nowhere: only its owner sees it */
  readonly channel_id?: string
  readonly thread_ts?: Timestamp
  readonly initial_comment?: string
  /** A description of an image, for those who do not see it. */
  readonly alt_txt?: string
}

/** @see https://docs.slack.dev/reference/methods/views.open */
export type NewView = {
  /** From the interaction that it answers, within three seconds. */
  readonly trigger_id: string
  readonly view: { readonly type: 'modal'; readonly title: object; readonly blocks: readonly Block[] } & object
}
