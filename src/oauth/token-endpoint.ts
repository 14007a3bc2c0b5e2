import type { ClockOffset, Runtime, TokenAnswer, TokenBundle } from 'hawser'
import { converse, type Ask } from './conversation.ts'
import { unreadable } from './failures.ts'
import { boundTo, type Asking, type Server } from './question.ts'
import type { Repeat } from './repeat.ts'
import { retold, tokenAnswer } from './token-answer.ts'

/** Parameters of a request. One with several values is sent several times; one without a value is not sent. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>

/** A request for tokens. */
export interface TokenAsk {
  readonly grantType: string
  /** Beside `grant_type`, and over the vendor's own. */
  readonly parameters: Parameters
  readonly repeat: Repeat
  readonly runtime: Runtime
  readonly clock: ClockOffset
  /** Milliseconds since the Unix epoch. */
  readonly deadline?: number | undefined
  /** What is granted where the answer does not say. */
  readonly scopes?: readonly string[] | undefined
  /** Which of a connection's tokens is refreshed. Absent where all are new. */
  readonly refreshed?: string | undefined
  readonly validate?: ((bundle: TokenBundle) => Promise<void>) | undefined
  /** Sent over what openid-client makes of the question. */
  readonly fixed?: Readonly<Record<string, string>>
  /** How openid-client asks. @default by `grantType` and `parameters` alone */
  readonly ask?: (parameters: URLSearchParams) => Ask<unknown>
}

/**
 * Asks the token endpoint. The answer is kept as it came before anything in it is judged: a refresh token in it may be the only
 * one that is good.
 *
 * @throws {OAuthError} whose `failure` says what to do
 */
export async function askForTokens(server: Server, request: TokenAsk): Promise<TokenAnswer> {
  const { grantType, repeat, runtime, clock, deadline, fixed, scopes, refreshed, validate } = request
  const { oauth, vendor } = server
  const refreshes = grantType === 'refresh_token'
  const parameters = withParameters(
    { ...oauth.tokenParameters, ...(refreshes && oauth.refreshParameters) },
    request.parameters,
  )
  const asking: Asking = {
    operation: `POST token (${grantType.split(':').at(-1)})`,
    to: refreshes ? 'refresh' : 'token',
    hook: refreshes ? oauth.refresh : grantType === 'authorization_code' ? oauth.exchange : undefined,
    parameters: fixed,
    repeat,
    runtime,
    clock,
    deadline,
  }
  const plainly: Ask<unknown> = (library, configuration) =>
    library.genericGrantRequest(configuration, grantType, parameters)
  const context = { oauth, clock, scopes, boundTo: await boundTo(server), refreshed, validate }
  const answers: TokenAnswer[] = []
  try {
    await converse(server, asking, request.ask?.(parameters) ?? plainly, (heard) => {
      const answer = tokenAnswer(heard, context)
      answers.push(answer)
      return retold(answer)
    })
  } catch (error) {
    // It was heard and cannot be read: kept all the same, and `read` says so again.
    if (answers.length === 0) throw error
  }
  const [answer] = answers
  if (!answer) throw unreadable('was not asked', { operation: asking.operation, vendor })
  return answer
}

/** Lays parameters over others. */
export function withParameters(base: Readonly<Record<string, string>>, over: Parameters): URLSearchParams {
  const all: Parameters = { ...base, ...over }
  const pairs = Object.entries(all).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : (value ?? [])).map((each): [string, string] => [name, each]),
  )
  return new URLSearchParams(pairs)
}
