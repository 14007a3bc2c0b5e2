import type { OAuthFailure, ReauthorizationCause, RetryStop } from './errors.ts'

/** What every event tells. No event holds a header, a query, a body or a path value. */
export interface EventBase {
  /** The method and the URL template, such as `GET /repos/{owner}/{repo}`. */
  readonly operation: string
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

/** What a send came to: a status, or the code of an error. */
export interface EventResult {
  readonly status?: number
  /** The `code` of the error, or its name where it is not one of hawser's. */
  readonly error?: string
}

/** A call ended. There is exactly one for each call, whatever became of it. */
export interface CallEvent extends EventBase, EventResult {
  readonly type: 'call'
  readonly vendor: string
  readonly durationMs: number
  readonly attempts: number
  readonly requestId?: string | undefined
  readonly retryStop?: RetryStop | undefined
}

/** One send on the wire ended. */
export interface AttemptEvent extends EventBase, EventResult {
  readonly type: 'attempt'
  readonly durationMs: number
}

/** The call will be sent again after `delayMs`. */
export interface RetryEvent extends EventBase {
  readonly type: 'retry'
  /** The number of the attempt that failed; the first is 1. */
  readonly attempt: number
  readonly reason: 'throttled' | 'unavailable' | 'network' | 'timeout'
  readonly status?: number | undefined
  readonly delayMs: number
  /** The vendor asked for at least this. */
  readonly retryAfterMs?: number | undefined
}

/** The call waited for its turn. */
export interface WaitEvent extends EventBase {
  readonly type: 'wait'
  readonly in: 'bulkhead' | 'throttle'
  readonly waitedMs: number
}

/** A circuit changed its state. */
export interface CircuitEvent extends EventBase {
  readonly type: 'circuit'
  readonly scope: string
  readonly from: 'closed' | 'open' | 'half-open'
  readonly to: 'closed' | 'open' | 'half-open'
}

/** A credential was refused by the vendor and renewed, or could not be. */
export interface RenewEvent extends EventBase {
  readonly type: 'renew'
  readonly renewed: boolean
}

/** A redirect is followed. */
export interface RedirectEvent extends EventBase {
  readonly type: 'redirect'
  readonly status: number
  /** The origin it leads to. */
  readonly origin: string
}

/** The vendor refused, and a bucket is paused for everyone until a moment. */
export interface PauseEvent extends EventBase {
  readonly type: 'pause'
  /** The name of the quota's window, such as `core`. */
  readonly bucket: string
  /** Milliseconds since the Unix epoch. */
  readonly until: number
}

/** An answer told a limit that was not known, or another than was known. */
export interface QuotaEvent extends EventBase {
  readonly type: 'quota'
  readonly bucket: string
  readonly limit: number
}

/** A kept or substituted answer stands in for one that could not be had. */
export interface FallbackEvent extends EventBase, EventResult {
  readonly type: 'fallback'
  /** How old the kept answer is. Absent where the answer was made up by the caller's function. */
  readonly ageMs?: number | undefined
}

/** Tokens were replaced, or could not be. `operation` names the grant. */
export interface TokenEvent extends EventBase {
  readonly type: 'token'
  readonly connection: string
  /**
   * `refreshed`: new ones are stored; `adopted`: another process had got them; `failed`: there are none, and the old ones serve
   * while they live; `unsaved`: there are new ones, and the store does not take them; `invalid`: they are stored, but not what was asked for.
   */
  readonly result: 'refreshed' | 'adopted' | 'failed' | 'unsaved' | 'invalid'
  readonly failure?: OAuthFailure | undefined
}

/** A connection came to its end: its user has to allow it anew. Told once, by the process that noticed. */
export interface ReauthorizeEvent extends EventBase {
  readonly type: 'reauthorize'
  readonly connection: string
  /** Which of the connection's tokens; most have one, `main`. */
  readonly token: string
  readonly because: ReauthorizationCause
}

/** A connection that had come to its end was allowed anew. */
export interface RecoveredEvent extends EventBase {
  readonly type: 'recovered'
  readonly connection: string
}

/** Everything that a client tells while it works. */
export type RuntimeEvent =
  | CallEvent
  | AttemptEvent
  | RetryEvent
  | WaitEvent
  | CircuitEvent
  | RenewEvent
  | RedirectEvent
  | PauseEvent
  | QuotaEvent
  | FallbackEvent
  | TokenEvent
  | ReauthorizeEvent
  | RecoveredEvent
