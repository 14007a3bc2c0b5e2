import {
  ConfigurationError,
  OAuthError,
  type ClockOffset,
  type Runtime,
  type TokenAnswer,
  type TokenBundle,
} from 'hawser'
import type { AnswerBody } from './answer-body.ts'
import { converse } from './conversation.ts'
import { afterPoll, type DevicePoll, type PollOutcome } from './device-poll.ts'
import { unreadable } from './failures.ts'
import type { Heard, Server } from './question.ts'
import { askForTokens, withParameters } from './token-endpoint.ts'

/** What to show to the user. */
export interface DevicePrompt {
  /** To be typed in at `url`. */
  readonly userCode: string
  readonly url: string
  /** The same with the code in it, for a link or a QR code. */
  readonly urlWithCode?: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** A login on another device. */
export interface DeviceLogin {
  readonly server: Server
  readonly clock: ClockOffset
  readonly runtime: Runtime
  readonly scopes: readonly string[]
  readonly onPrompt: (prompt: DevicePrompt) => unknown
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
  /** Checks what came before it is stored. */
  readonly validate?: (bundle: TokenBundle) => Promise<void>
}

/**
 * Shows the user a code and waits until it was typed in elsewhere.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8628
 * @throws {OAuthError} where the user refuses or takes too long
 * @throws {AbortedError} where `signal` ends the wait
 */
export async function deviceTokens(login: DeviceLogin): Promise<TokenAnswer> {
  const { server, runtime, clock, scopes, onPrompt, signal, validate } = login
  const { device } = await server.addresses(runtime)
  if (device === undefined) throw new ConfigurationError(`\`oauth\` of \`${server.vendor}\` has no \`deviceUrl\`.`)
  const begun = await begin(login)
  await onPrompt(begun.prompt)

  let poll: DevicePoll = { at: 'waiting', intervalMs: begun.intervalMs, until: begun.prompt.expiresAt }
  // A question after the end of the code can only be refused, the first one too.
  while (runtime.now() + poll.intervalMs < poll.until) {
    await runtime.sleep(poll.intervalMs, signal)
    let outcome: PollOutcome
    let error: unknown
    try {
      return await askForTokens(server, {
        grantType: 'urn:ietf:params:oauth:grant-type:device_code',
        parameters: { device_code: begun.deviceCode },
        repeat: 'unprocessed',
        runtime,
        clock,
        scopes,
        validate,
      })
    } catch (thrown) {
      error = thrown
      outcome = outcomeOf(thrown)
    }
    poll = afterPoll(poll, outcome, runtime.now())
    if (poll.at === 'over') throw outcome === 'refused' || outcome === 'expired' ? error : expired(server)
  }
  throw expired(server)
}

interface Begun {
  readonly deviceCode: string
  readonly prompt: DevicePrompt
  readonly intervalMs: number
}

async function begin({ server, runtime, clock, scopes }: DeviceLogin): Promise<Begun> {
  const separator = server.oauth.scopeSeparator ?? ' '
  const parameters = withParameters({}, { scope: scopes.length === 0 ? undefined : scopes.join(separator) })
  const asking = { operation: 'POST device authorization', to: 'other', repeat: 'refused', runtime, clock } as const
  const answer = await converse(
    server,
    asking,
    (library, configuration) => library.initiateDeviceAuthorization(configuration, parameters),
    (heard) => retold(heard),
  )
  return {
    deviceCode: answer.device_code,
    prompt: {
      userCode: answer.user_code,
      url: answer.verification_uri,
      urlWithCode: answer.verification_uri_complete,
      expiresAt: runtime.now() + answer.expires_in * 1000,
    },
    intervalMs: (answer.interval ?? 5) * 1000,
  }
}

/** The draft's name for the address is still in use. @see https://developers.google.com/identity/protocols/oauth2/limited-input-device */
function retold({ body, place }: Heard): Response {
  if (!body) throw unreadable('answered no JSON object', place)
  const { verification_url: url, interval, ...others } = body
  const told: AnswerBody = {
    verification_uri: url,
    ...others,
    ...(Number(interval) > 0 && { interval: Number(interval) }),
  }
  return Response.json(told)
}

function outcomeOf(error: unknown): PollOutcome {
  if (!(error instanceof OAuthError)) throw error
  const { oauthCode, failure } = error
  if (oauthCode === 'authorization_pending') return 'pending'
  if (oauthCode === 'slow_down') return 'slow-down'
  if (oauthCode === 'expired_token') return 'expired'
  // The code is still good; what was asked had no effect yet.
  return failure === 'retry' || failure === 'not-sent' || failure === 'ambiguous' ? 'unreachable' : 'refused'
}

function expired({ vendor }: Server): OAuthError {
  const message = 'The code was not typed in in time. Begin the login anew.'
  return new OAuthError(message, { failure: 'reauthorize', vendor, oauthCode: 'expired_token' })
}
