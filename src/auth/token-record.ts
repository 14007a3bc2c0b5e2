import { isRecord } from '../check.ts'
import { OAuthError, type ReauthorizationCause } from '../errors.ts'
import { parseJson } from '../json-value.ts'
import type { TokenBundle, Tokens } from './tokens.ts'

/** Says who is getting new tokens just now. Whoever finds it expired may take it over. */
interface Lease {
  readonly owner: string
  /** Milliseconds since the Unix epoch. */
  readonly until: number
}

/** All that is known of one connection, as it is stored. */
export interface TokenRecord {
  readonly format: 1
  /** Changes with every login, so that no refresh of an older one overwrites it. */
  readonly grantId: string
  readonly tokens: TokenBundle
  readonly lease?: Lease | undefined
  /** The tokens, by name, for which the user has to allow it anew. */
  readonly ended?: Readonly<Record<string, ReauthorizationCause>> | undefined
  /** How many refreshes in a row got no tokens, and when the next may be tried. Milliseconds since the Unix epoch. */
  readonly failures?: number | undefined
  readonly retryAt?: number | undefined
  /** The last answer that could not be read: it may hold the only refresh token. */
  readonly unread?: string | undefined
}

/** A record and the version of the store under which it is written. */
export interface Kept {
  readonly version: string
  readonly record: TokenRecord
}

/** Writes a record as the text that a store keeps. */
export function formatRecord(record: TokenRecord): string {
  return JSON.stringify(record)
}

/**
 * Reads what a store kept.
 *
 * @throws {OAuthError} `protocol` where it is no record: nothing is guessed, and nothing is overwritten
 */
export function parseRecord(value: string, connection: string): TokenRecord {
  const record = parseJson(value)
  if (isTokenRecord(record)) return record
  // The value is not repeated: whatever it is, it lay where tokens lie.
  const message = `What is stored for the connection \`${connection}\` is no token record. Was its store sealed, or written by something else?`
  throw new OAuthError(message, { failure: 'protocol', connection })
}

function isTokenRecord(value: unknown): value is TokenRecord {
  if (!isRecord(value) || value['format'] !== 1 || typeof value['grantId'] !== 'string') return false
  return isRecord(value['tokens']) && Object.values(value['tokens']).every(isTokens)
}

function isTokens(value: unknown): value is Tokens {
  return isRecord(value) && typeof value['accessToken'] === 'string' && typeof value['obtainedAt'] === 'number'
}
