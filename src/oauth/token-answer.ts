import { mainToken, type ClockOffset, type OAuthVendor, type TokenAnswer, type TokenBundle, type Tokens } from 'hawser'
import type { AnswerBody } from './answer-body.ts'
import { unreadable } from './failures.ts'
import type { Heard } from './question.ts'
import { readRefreshed, readTokens } from './read-tokens.ts'

/** What an answer is read with. */
export interface AnswerContext {
  readonly oauth: OAuthVendor
  readonly clock: ClockOffset
  /** What the main token, or the one that was refreshed, is good for where the answer does not say. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
  readonly scopes?: readonly string[] | undefined
  /** The thumbprint of the key or certificate that was proven with the request. */
  readonly boundTo?: string | undefined
  /** Which token was refreshed. Absent where all are new. */
  readonly refreshed?: string | undefined
  /** Checks what does not decide whether the tokens are kept. */
  readonly validate?: ((bundle: TokenBundle) => Promise<void>) | undefined
}

/** Keeps an answer as it came, and reads it when it is asked to. */
export function tokenAnswer({ raw, body, askedAt, place }: Heard, context: AnswerContext): TokenAnswer {
  const { oauth, clock, scopes, boundTo, refreshed, validate } = context
  const read = (): TokenBundle => {
    const found = body === undefined ? {} : tokensIn(body)
    if (Object.keys(found).length > 0) return mapped(found, (tokens, name) => complete(tokens, name))
    throw unreadable(
      body === undefined ? 'answered neither JSON nor a form' : 'answered no token where it should be',
      place,
    )
  }
  const tokensIn = (told: AnswerBody): TokenBundle => {
    const time = { at: askedAt, clock }
    return refreshed === undefined ? readTokens(told, oauth, time) : readRefreshed(told, oauth, time, refreshed)
  }
  const complete = (tokens: Tokens, name: string): Tokens => ({
    ...tokens,
    ...(name === (refreshed ?? mainToken) && tokens.scopes === undefined && scopes && { scopes }),
    ...(boundTo !== undefined && { boundTo }),
  })
  return { raw, read, ...(validate && { validate: async () => validate(read()) }) }
}

/** Says an answer as RFC 6749 has it: openid-client accepts nothing else, and throws away what it does not accept. */
export function retold(answer: TokenAnswer): Response {
  const [tokens] = Object.values(answer.read())
  return Response.json({ access_token: tokens?.accessToken, token_type: tokens?.tokenType ?? 'Bearer' })
}

function mapped(bundle: TokenBundle, change: (tokens: Tokens, name: string) => Tokens): TokenBundle {
  return Object.fromEntries(Object.entries(bundle).map(([name, tokens]) => [name, change(tokens, name)]))
}
