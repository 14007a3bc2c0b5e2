import type { Credential } from 'hawser'

/** A credential whose renewals are counted. */
export interface TrialCredential extends Credential {
  /** The first token, and one more for each renewal. */
  readonly tokens: readonly string[]
}

/** Makes a credential as OAuth's is: a bearer token that is renewed where the vendor refuses it. */
export function trialCredential(): TrialCredential {
  const tokens = ['conformance-token-1']
  const current = (): string => tokens.at(-1) ?? ''
  return {
    kind: 'conformance',
    tokens,
    apply: (request) => ({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${current()}` },
      secrets: [current()],
    }),
    async renew() {
      tokens.push(`conformance-token-${tokens.length + 1}`)
      return true
    },
  }
}
