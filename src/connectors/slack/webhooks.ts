import type { Channel, Message, SlackFile, Timestamp, User } from './types.ts'

/**
 * What Slack's Events API sends.
 *
 * @see https://docs.slack.dev/apis/events-api/#callback-field
 */
export interface SlackEvent<T = { readonly type: string }> {
  readonly type: 'event_callback'
  readonly team_id: string
  readonly api_app_id: string
  readonly event: T
  /** The same when it is sent again. */
  readonly event_id: string
  /** Seconds since the Unix epoch. */
  readonly event_time: number
}

interface InChannel {
  readonly channel: string
  readonly event_ts: Timestamp
}

/** @see https://docs.slack.dev/reference/events/message */
export interface MessageEvent extends Message, InChannel {
  readonly type: 'message'
  readonly channel_type?: 'channel' | 'group' | 'im' | 'mpim' | 'app_home'
}

/** @see https://docs.slack.dev/reference/events/app_mention */
export interface MentionEvent extends InChannel {
  readonly type: 'app_mention'
  readonly user: string
  readonly text: string
  readonly ts: Timestamp
  readonly thread_ts?: Timestamp
  readonly files?: readonly SlackFile[]
}

/** @see https://docs.slack.dev/reference/events/reaction_added */
export interface ReactionEvent<Type extends string> {
  readonly type: Type
  readonly user: string
  readonly reaction: string
  readonly item_user?: string
  readonly item: { readonly type: string; readonly channel?: string; readonly ts?: Timestamp }
  readonly event_ts: Timestamp
}

/** @see https://docs.slack.dev/reference/events/member_joined_channel */
export interface MemberEvent<Type extends string> extends InChannel {
  readonly type: Type
  readonly user: string
  readonly team: string
  readonly inviter?: string
}

/**
 * The most used events by name, for `receiver<SlackEvents>(sources.slack, …)` of `hawser/webhooks`; `*` hears all. The challenge of
 * `url_verification` is answered by the receiver.
 *
 * @see https://docs.slack.dev/reference/events
 */
export interface SlackEvents {
  readonly message: SlackEvent<MessageEvent>
  readonly app_mention: SlackEvent<MentionEvent>
  readonly reaction_added: SlackEvent<ReactionEvent<'reaction_added'>>
  readonly reaction_removed: SlackEvent<ReactionEvent<'reaction_removed'>>
  readonly member_joined_channel: SlackEvent<MemberEvent<'member_joined_channel'>>
  readonly member_left_channel: SlackEvent<MemberEvent<'member_left_channel'>>
  readonly channel_created: SlackEvent<{ readonly type: 'channel_created'; readonly channel: Channel }>
  readonly channel_archive: SlackEvent<InChannel & { readonly type: 'channel_archive'; readonly user: string }>
  readonly team_join: SlackEvent<{ readonly type: 'team_join'; readonly user: User }>
  readonly user_change: SlackEvent<{ readonly type: 'user_change'; readonly user: User }>
  readonly app_home_opened: SlackEvent<
    InChannel & { readonly type: 'app_home_opened'; readonly user: string; readonly tab: string }
  >
  readonly app_uninstalled: SlackEvent<{ readonly type: 'app_uninstalled' }>
  readonly tokens_revoked: SlackEvent<{
    readonly type: 'tokens_revoked'
    readonly tokens: { readonly oauth?: readonly string[]; readonly bot?: readonly string[] }
  }>
  readonly '*': SlackEvent
}
