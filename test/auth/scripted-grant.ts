import { OAuthError, type Grant, type GrantRequest, type OAuthFailure, type TokenAnswer, type Tokens } from 'hawser'

/** What a scripted grant does when it is asked. */
export type Step = Partial<Tokens> | OAuthFailure | ((request: GrantRequest) => Promise<TokenAnswer>)

/** An answer that holds these tokens. */
export function answerOf(tokens: Tokens, validate?: () => Promise<void>): TokenAnswer {
  return { raw: JSON.stringify(tokens), read: () => ({ main: tokens }), ...(validate && { validate }) }
}

/** A grant that gives `access-1`, `access-2` … for an hour each, or what the script says, the last step for ever. */
export function scriptedGrant(
  script: readonly Step[] = [{}],
  unattended = false,
): Grant & { readonly asked: GrantRequest[] } {
  const asked: GrantRequest[] = []
  return {
    kind: 'scripted',
    unattended,
    asked,
    async obtain(request) {
      const number = asked.push(request)
      const step = script[Math.min(number, script.length) - 1] ?? {}
      if (typeof step === 'function') return step(request)
      if (typeof step === 'string') {
        throw new OAuthError(`scripted: ${step}`, {
          failure: step,
          ...(step === 'reauthorize' && { oauthCode: 'invalid_grant' }),
        })
      }
      const now = request.runtime.now()
      return answerOf({
        accessToken: `access-${number}`,
        refreshToken: `refresh-${number}`,
        obtainedAt: now,
        expiresAt: now + 3_600_000,
        ...step,
      })
    },
  }
}
