import { checkOptions } from 'hawser'
import { slack } from 'hawser/slack'
import { sources } from 'hawser/webhooks'
import { retryAfterSeconds, type QuotaRefusal } from '../limits/vendor-quota.ts'
import { defineSimulator } from '../simulators/define-simulator.ts'
import type { RouteRequest, SimulatorOptions, VendorSimulator } from '../simulators/definition.ts'
import type { Reply, SimulatedFailure } from '../simulators/reply.ts'
import { chatMethods } from './chat.ts'
import { conversationMethods } from './conversations.ts'
import { fileMethods, uploadRoutes } from './files.ts'
import { methods, refused } from './method.ts'
import { bot, newChannel, newUser, type SlackRecords } from './records.ts'
import { workspaceMethods } from './workspace.ts'

/** Options of {@link slackSimulator}. */
export interface SlackSimulatorOptions extends SimulatorOptions {
  /** The names of the channels that the bot is in. @default `['general']` */
  readonly channels?: readonly string[]
  /** The names of the people. @default `['ann', 'bob']` */
  readonly users?: readonly string[]
  /** The tokens that it takes. @default any */
  readonly tokens?: readonly string[]
}

/**
 * Simulates Slack's Web API, as far as `hawser/slack` has methods for it: channels, messages, threads, reactions, people, files and
 * modals, with its pages, errors in answers of status 200, and the limits of each method.
 *
 * @throws {ConfigurationError} where an option is unknown
 * @see https://docs.slack.dev/reference/methods
 */
export function slackSimulator(options: SlackSimulatorOptions = {}): VendorSimulator<SlackRecords> {
  checkOptions('slackSimulator', options, ['channels', 'users', 'tokens', 'quota'])
  const { channels = ['general'], users = ['ann', 'bob'], tokens, ...rest } = options
  const simulator = defineSimulator<SlackRecords>({
    profile: slack,
    collections: {
      channels: { id: 'id' },
      users: { id: 'id' },
      messages: { id: 'ts' },
      members: { id: 'id' },
      files: { id: 'id' },
    },
    routes: {
      ...methods({ ...workspaceMethods, ...conversationMethods, ...chatMethods, ...fileMethods }),
      ...uploadRoutes,
    },
    errors: slackError,
    authorize: (asked) => authorize(asked, tokens),
    quota: { refuse: refusal },
    webhooks: sources.slack,
  })(rest)
  const { collections } = simulator
  const people = users.map((name, at) => newUser(name, at + 1))
  for (const user of [bot, ...people]) collections.users.insert(user)
  for (const [at, name] of channels.entries()) {
    const { id: channel } = collections.channels.insert(newChannel(name, at + 1, 0))
    for (const { id } of [bot, ...people]) collections.members.insert({ id }, { channel })
  }
  return simulator
}

function slackError({ message, code }: SimulatedFailure): unknown {
  return { ok: false, error: code ?? message, response_metadata: { messages: [message] } }
}

/** @see https://docs.slack.dev/apis/web-api/rate-limits#responding-to-rate-limiting-conditions */
function refusal(refused: QuotaRefusal): Response {
  const headers = { 'retry-after': String(retryAfterSeconds(refused)) }
  return Response.json({ ok: false, error: 'ratelimited' }, { status: 429, headers })
}

/** The token stands in the header; a form may hold it too. Nobody asks for it where bytes are sent. */
function authorize(
  { url, headers, input }: RouteRequest<SlackRecords>,
  tokens: readonly string[] | undefined,
): Reply | undefined {
  if (!url.pathname.startsWith('/api/')) return undefined
  const { token: field } = input
  const token =
    /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1] ?? (typeof field === 'string' ? field : undefined)
  if (token === undefined) return refused('not_authed')
  return tokens && !tokens.includes(token) ? refused('invalid_auth') : undefined
}
