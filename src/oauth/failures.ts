import { NetworkError, OAuthError, ResponseTooLargeError, TimeoutError, type OAuthFailure } from 'hawser'
import type { Refusal } from './refusal.ts'

/** Where a failure took place. */
export interface FailurePlace {
  readonly vendor: string
  /** Such as `POST token (refresh_token)`. */
  readonly operation: string
  /** Blanks what was sent in what the server says about it. */
  readonly redact: (text: string) => string
}

/** Makes the error for an answer that refuses. */
export function refused(refusal: Refusal, { vendor, operation, redact }: FailurePlace): OAuthError {
  const { failure, status, retryAfterMs } = refusal
  const code = refusal.code === undefined ? undefined : shortCode(redact(refusal.code))
  const said = refusal.description === undefined ? '' : `, “${redact(refusal.description)}”`
  const message = `${operation}: answered ${status}${code === undefined ? '' : `, ${code}`}${said}.`
  return new OAuthError(message, { failure, vendor, operation, status, oauthCode: code, retryAfterMs })
}

/** Makes the error for an answer that did not come, or not whole. What is not the network's doing stays as it is. */
export function unanswered(error: unknown, { vendor, operation }: FailurePlace): unknown {
  const failure = failureOf(error)
  if (failure === undefined || !(error instanceof Error)) return error
  return new OAuthError(error.message, { failure, vendor, operation })
}

/** Makes the error for an answer that cannot be read. */
export function unreadable(what: string, { vendor, operation }: Omit<FailurePlace, 'redact'>): OAuthError {
  return new OAuthError(`${operation}: ${what}.`, { failure: 'protocol', vendor, operation })
}

/** Makes an error of openid-client's into one that is safe: its own hold whole answers, its codes are words of its own. */
export function unaccepted(error: unknown, { operation, vendor }: { operation: string; vendor: string }): Error {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
  const why = typeof code === 'string' ? ` (${code})` : ''
  return unreadable(`openid-client does not accept it${why}`, { operation, vendor })
}

function failureOf(error: unknown): OAuthFailure | undefined {
  if (error instanceof NetworkError) return error.phase === 'connect' ? 'not-sent' : 'ambiguous'
  if (error instanceof TimeoutError) return error.sent ? 'ambiguous' : 'not-sent'
  // It was cut off at our limit; what it said is lost.
  return error instanceof ResponseTooLargeError ? 'ambiguous' : undefined
}

/** A code is a word; what is longer is not repeated. */
function shortCode(code: string): string | undefined {
  return /^[\w.:-]{1,64}$/.test(code) ? code : undefined
}
