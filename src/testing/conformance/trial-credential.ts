import type { Credential, OAuthVendor } from 'hawser'

/** A credential whose renewals are counted. */
export interface TrialCredential extends Credential {
  /** The first token, and one more for each renewal. */
  readonly tokens: readonly string[]
}

/** Where a vendor takes a token. */
type TokenHeader = NonNullable<OAuthVendor['tokenHeader']>

const bearer: TokenHeader = { name: 'authorization', prefix: 'Bearer ' }

/** Makes a credential as OAuth's is: a token in its header that is renewed where the vendor refuses it. */
export function trialCredential({ name, prefix = '' }: TokenHeader = bearer): TrialCredential {
  const tokens = ['conformance-token-1']
  const current = (): string => tokens.at(-1) ?? ''
  return {
    kind: 'conformance',
    tokens,
    apply: (request) => ({
      ...request,
      headers: { ...request.headers, [name.toLowerCase()]: prefix + current() },
      secrets: [current()],
    }),
    async renew() {
      tokens.push(`conformance-token-${tokens.length + 1}`)
      return true
    },
  }
}

/** Gives the token that a request came with. */
export function tokenIn(
  headers: Readonly<Record<string, string>>,
  { name, prefix = '' }: TokenHeader = bearer,
): string | undefined {
  const value = headers[name.toLowerCase()]
  return value?.startsWith(prefix) ? value.slice(prefix.length) : undefined
}
