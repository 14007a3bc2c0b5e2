import type { Tokens } from './tokens.ts'

/** When a token is too old. */
export interface TokenWindowOptions {
  /** How long before its end a token is replaced in the background; at most a fifth of its life. Milliseconds. @default 300_000 */
  readonly advisoryMs?: number | undefined
  /** How long before its end a token is no longer sent; at most a twentieth of its life. Milliseconds. @default 30_000 */
  readonly mandatoryMs?: number | undefined
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
 * Gives the moment from which a token is replaced while it still serves, scaled to its life: five minutes are much of ten and little of
 * a day. `chance`, from 0 up to 1, moves it back by up to a fifth, so that connections made together are not refreshed together.
 */
export function advisoryMoment(tokens: Tokens, options: TokenWindowOptions, chance: number): number {
  const { expiresAt } = tokens
  if (expiresAt === undefined) return Infinity
  const { advisoryMs = 300_000, mandatoryMs } = options
  const advisoryAt = expiresAt - Math.min(advisoryMs, lifeMs(tokens, expiresAt) / 5) * (1 - chance / 5)
  return Math.min(advisoryAt, mandatoryMoment(tokens, mandatoryMs))
}

/** Gives the moments of a token whose advisory one was drawn. */
export function windowsOf(tokens: Tokens, advisoryAt: number, mandatoryMs: number | undefined): TokenWindows {
  const { expiresAt = Infinity } = tokens
  return { advisoryAt, mandatoryAt: mandatoryMoment(tokens, mandatoryMs), expiresAt }
}

function mandatoryMoment(tokens: Tokens, mandatoryMs = 30_000): number {
  const { expiresAt } = tokens
  return expiresAt === undefined ? Infinity : expiresAt - Math.min(mandatoryMs, lifeMs(tokens, expiresAt) / 20)
}

function lifeMs({ obtainedAt }: Tokens, expiresAt: number): number {
  return Math.max(0, expiresAt - obtainedAt)
}
