import type { Tokens } from './tokens.ts'

/** When a token is too old. */
export interface TokenWindowOptions {
  /** How long before its end a token is replaced in the background; at most a fifth of its life. Milliseconds. @default 300_000 */
  readonly advisoryMs?: number
  /** How long before its end a token is no longer sent; at most a twentieth of its life. Milliseconds. @default 30_000 */
  readonly mandatoryMs?: number
}

/** A token's last moments. Milliseconds since the Unix epoch; `Infinity` where it does not end by itself. */
export interface TokenWindows {
  /** From here on it is replaced while it still serves. */
  readonly advisoryAt: number
  /** From here on it might end on its way. */
  readonly mandatoryAt: number
  readonly expiresAt: number
}

/**
 * Gives the moments of a token, scaled to its life: five minutes are much of ten and little of a day. `chance`, from 0 up to 1, moves the
 * advisory one back by up to a fifth, so that connections made together are not refreshed together.
 */
export function windowsOf(tokens: Tokens, options: TokenWindowOptions, chance: number): TokenWindows {
  const { expiresAt, obtainedAt } = tokens
  if (expiresAt === undefined) return { advisoryAt: Infinity, mandatoryAt: Infinity, expiresAt: Infinity }
  const { advisoryMs = 300_000, mandatoryMs = 30_000 } = options
  const lifeMs = Math.max(0, expiresAt - obtainedAt)
  const mandatoryAt = expiresAt - Math.min(mandatoryMs, lifeMs / 20)
  const advisoryAt = expiresAt - Math.min(advisoryMs, lifeMs / 5) * (1 - chance / 5)
  return { advisoryAt: Math.min(advisoryAt, mandatoryAt), mandatoryAt, expiresAt }
}
