import type { TokenRecord } from './token-record.ts'
import type { TokenBundle, Tokens } from './tokens.ts'

/** Gives the record with new tokens in it: without the lease and the failures before them, and with the ends of the other tokens. */
export function renewedRecord({ format, grantId, tokens, ended }: TokenRecord, got: TokenBundle): TokenRecord {
  const others = Object.entries(ended ?? {}).filter(([name]) => !Object.hasOwn(got, name))
  const renewed = { format, grantId, tokens: mergeTokens(tokens, got) }
  return others.length === 0 ? renewed : { ...renewed, ended: Object.fromEntries(others) }
}

/** Lays new tokens over those that are there. A refresh token and an address that the answer leaves out go on to hold. */
function mergeTokens(before: TokenBundle, got: TokenBundle): TokenBundle {
  if (Object.keys(before).length === 0) return got
  const merged = Object.entries(got).map(([name, tokens]) => [name, carried(before[name], tokens)] as const)
  return { ...before, ...Object.fromEntries(merged) }
}

function carried(before: Tokens | undefined, got: Tokens): Tokens {
  if (!before) return got
  const { refreshToken, refreshExpiresAt, baseUrl } = before
  const addressed = got.baseUrl === undefined && baseUrl !== undefined ? { ...got, baseUrl } : got
  if (got.refreshToken !== undefined) return addressed
  return { ...addressed, refreshToken, refreshExpiresAt: got.refreshExpiresAt ?? refreshExpiresAt }
}

/** Tells whether a record still holds the tokens that a refresh began with: the same login, and nobody came before us. */
export function isUntouched(present: TokenRecord, began: TokenRecord, name: string): boolean {
  const [now, then] = [present.tokens[name], began.tokens[name]]
  return (
    present.grantId === began.grantId &&
    now?.accessToken === then?.accessToken &&
    now?.refreshToken === then?.refreshToken
  )
}
