import { HawserError, type CallFacts } from './hawser-error.ts'
import type { OAuthError, ReauthorizationRequiredError } from './oauth-error.ts'
import type { TokenStoreError } from './token-store-error.ts'

export { HawserError } from './hawser-error.ts'
export type { CallFacts, RequestSummary, RetryStop } from './hawser-error.ts'
export { OAuthError, ReauthorizationRequiredError } from './oauth-error.ts'
export type { OAuthErrorFacts, OAuthFailure, ReauthorizationCause } from './oauth-error.ts'
export { TokenStoreError } from './token-store-error.ts'
export type { TokenStoreErrorFacts, TokenStoreFailure } from './token-store-error.ts'

/** Tells whether a caught value is an error of hawser's, whichever copy of the package threw it. */
export function isHawserError(value: unknown): value is AnyHawserError {
  return value instanceof HawserError
}

/** An option is wrong. Thrown while a client or a policy is made; nothing was sent. */
export class ConfigurationError extends HawserError {
  override readonly code = 'CONFIGURATION'
  override get name(): string {
    return 'ConfigurationError'
  }
}

/** A call's input is wrong. Nothing was sent. */
export class InvalidRequestError extends HawserError {
  override readonly code = 'INVALID_REQUEST'
  override get name(): string {
    return 'InvalidRequestError'
  }
}

/** What an {@link HttpError} knows beyond {@link CallFacts}. */
export interface HttpErrorFacts extends CallFacts {
  readonly status: number
  /** The vendor's own code for the failure, such as `rate_limit`. */
  readonly vendorCode?: string | undefined
}

/** The vendor answered, and the answer is a refusal or a failure. */
export class HttpError extends HawserError {
  override readonly code: 'HTTP_STATUS' | 'RATE_LIMITED' = 'HTTP_STATUS'
  declare readonly status: number
  declare readonly vendorCode?: string | undefined
  // Private, so that no logger prints it: an error body may repeat what was sent.
  readonly #body: unknown
  override get name(): string {
    return 'HttpError'
  }

  constructor(message: string, facts: HttpErrorFacts, body?: unknown) {
    super(message, facts)
    this.#body = body
  }

  /** The decoded error body: a JSON value, or text. Not part of `JSON.stringify(error)` or of a printed error. */
  get body(): unknown {
    return this.#body
  }
}

/** The vendor throttles, and the wait it asks for is longer than the call may last. `retryAfterMs` says how long, if known. */
export class RateLimitedError extends HttpError {
  override readonly code = 'RATE_LIMITED'
  override get name(): string {
    return 'RateLimitedError'
  }
}

/** How far a request had come: no connection yet, sent but unanswered, or in the middle of the answer. */
export type NetworkPhase = 'connect' | 'headers' | 'body'

/** There was no complete answer. */
export class NetworkError extends HawserError {
  override readonly code = 'NETWORK'
  readonly phase: NetworkPhase
  /** The system's or the parser's code, such as `ECONNRESET`. */
  readonly reason: string
  override get name(): string {
    return 'NetworkError'
  }

  constructor(message: string, { phase, reason, ...facts }: CallFacts & { phase: NetworkPhase; reason: string }) {
    super(message, facts)
    this.phase = phase
    this.reason = reason
  }
}

/** What a {@link TimeoutError} knows beyond {@link CallFacts}. */
export interface TimeoutFacts extends CallFacts {
  readonly limit: 'attempt' | 'deadline' | 'idle'
  /** @default true */
  readonly sent?: boolean
}

/** A time limit ended the call or, inside a policy stack, one attempt of it. */
export class TimeoutError extends HawserError {
  override readonly code = 'TIMEOUT'
  /** `attempt`: one send took too long; `deadline`: the whole call; `idle`: a streamed body stood still. */
  readonly limit: 'attempt' | 'deadline' | 'idle'
  /** Whether the request was, or may have been, on the wire when the time was up; `false` if it still waited for its turn. */
  readonly sent: boolean
  override get name(): string {
    return 'TimeoutError'
  }

  constructor(message: string, { limit, sent = true, ...facts }: TimeoutFacts) {
    super(message, facts)
    this.limit = limit
    this.sent = sent
  }
}

/** The caller's signal ended the call; `cause` is the signal's reason. */
export class AbortedError extends HawserError {
  override readonly code = 'ABORTED'
  // The name that every platform gives it, and that callers compare.
  override get name(): string {
    return 'AbortError'
  }
}

/** The circuit is open: the vendor has failed too often just now. Nothing was sent. */
export class CircuitOpenError extends HawserError {
  override readonly code = 'CIRCUIT_OPEN'
  override get name(): string {
    return 'CircuitOpenError'
  }
}

/** Too many calls are on the wire and in the queue. Nothing was sent. */
export class BulkheadFullError extends HawserError {
  override readonly code = 'BULKHEAD_FULL'
  override get name(): string {
    return 'BulkheadFullError'
  }
}

/** The quota has no room in time: a long window is used up, the wait would outlast the call, or too many wait. Nothing was sent. */
export class QuotaExhaustedError extends HawserError {
  override readonly code = 'QUOTA_EXHAUSTED'
  /** `window`: a daily or longer quota is used up; `deadline`: the wait would outlast the call; `queue`: too many wait. */
  readonly because: 'window' | 'deadline' | 'queue'
  /** When there is room again, as far as is known. Milliseconds since the Unix epoch. */
  readonly retryAt: number
  override get name(): string {
    return 'QuotaExhaustedError'
  }

  constructor(
    message: string,
    { because, retryAt, ...facts }: CallFacts & Pick<QuotaExhaustedError, 'because' | 'retryAt'>,
  ) {
    super(message, facts)
    this.because = because
    this.retryAt = retryAt
  }
}

/** The answer could not be read as what was asked for; the request itself did happen. */
export class DecodeError extends HawserError {
  override readonly code = 'DECODE'
  override get name(): string {
    return 'DecodeError'
  }
}

/** The answer, decompressed, is larger than the client accepts. */
export class ResponseTooLargeError extends HawserError {
  override readonly code = 'RESPONSE_TOO_LARGE'
  override get name(): string {
    return 'ResponseTooLargeError'
  }
}

/** A redirect leads where a credential must not go, or in circles. */
export class RedirectError extends HawserError {
  override readonly code = 'REDIRECT_REFUSED'
  override get name(): string {
    return 'RedirectError'
  }
}

/** A listing repeats itself, leaves its origin or never ends. */
export class PaginationError extends HawserError {
  override readonly code = 'PAGINATION'
  override get name(): string {
    return 'PaginationError'
  }
}

/** Why a webhook is not believed. `body-not-raw` is the receiving program's mistake; all others are what was sent or set up. */
export type WebhookFailure =
  | 'body-not-raw'
  | 'no-secret'
  | 'missing-signature'
  | 'malformed-signature'
  | 'too-many-signatures'
  | 'signature-mismatch'
  | 'unexpected-value'
  | 'repeated-header'
  | 'missing-header'
  | 'missing-timestamp'
  | 'malformed-timestamp'
  | 'too-old'
  | 'too-new'
  | 'missing-id'
  | 'missing-url'
  | 'malformed-url'
  | 'malformed-body'
  | 'claim-mismatch'
  | 'untrusted-key'
  | 'key-unavailable'

/** A webhook cannot be believed, or its body is no longer what the vendor signed. */
export class WebhookVerificationError extends HawserError {
  override readonly code = 'WEBHOOK_VERIFICATION'
  readonly reason: WebhookFailure
  override get name(): string {
    return 'WebhookVerificationError'
  }

  constructor(message: string, { reason, ...facts }: CallFacts & { reason: WebhookFailure }) {
    super(message, facts)
    this.reason = reason
  }
}

/** Every error that hawser throws: `switch (error.code)` is exhaustive over it. */
export type AnyHawserError =
  | ConfigurationError
  | InvalidRequestError
  | HttpError
  | RateLimitedError
  | NetworkError
  | TimeoutError
  | AbortedError
  | CircuitOpenError
  | BulkheadFullError
  | QuotaExhaustedError
  | DecodeError
  | ResponseTooLargeError
  | RedirectError
  | PaginationError
  | WebhookVerificationError
  | OAuthError
  | ReauthorizationRequiredError
  | TokenStoreError
