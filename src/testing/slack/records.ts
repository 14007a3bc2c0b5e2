import type { Channel, Message, SlackFile, User } from 'hawser/slack'

/** What a simulated Slack keeps. */
export interface SlackRecords {
  readonly channels: Channel
  readonly users: User
  /** Below `{ channel }`, by their `ts`. */
  readonly messages: Message
  /** Who is in a channel, below `{ channel }`. */
  readonly members: { readonly id: string }
  readonly files: SimulatedFile
}

/** A file with its bytes; it is there for others once its upload is complete. */
export interface SimulatedFile extends SlackFile {
  readonly name: string
  readonly size: number
  readonly bytes?: Uint8Array
  readonly complete: boolean
}

/** The bot whose token asks. */
export const bot: User = { id: 'U0000000000', team_id: 'T0000000000', name: 'bot', real_name: 'Bot', is_bot: true }

export const workspace = { id: 'T0000000000', name: 'Harbour', url: 'https://harbour.slack.com/' } as const

export function newChannel(name: string, number: number, now: number, fields: Partial<Channel> = {}): Channel {
  return {
    id: `C${number.toString().padStart(10, '0')}`,
    name,
    is_channel: true,
    is_private: false,
    is_archived: false,
    is_member: true,
    creator: bot.id,
    created: Math.floor(now / 1000),
    topic: { value: '' },
    purpose: { value: '' },
    ...fields,
  }
}

export function newUser(name: string, number: number): User {
  return {
    id: `U${number.toString().padStart(10, '0')}`,
    team_id: workspace.id,
    name,
    real_name: name,
    deleted: false,
    is_bot: false,
    profile: { display_name: name, real_name: name, email: `${name}@harbour.example` },
  }
}
