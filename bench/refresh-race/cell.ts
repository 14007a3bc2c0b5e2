/** One run of the race: a vendor's policy, and what goes wrong meanwhile. */
export interface Cell {
  readonly rotation: 'strict' | 'until-first-use' | 'reusable' | { readonly kind: 'grace'; readonly graceMs: number }
  /** How long an access token lives. Milliseconds. */
  readonly accessTokenMs: number
  readonly durationMs: number
  readonly processes: number
  readonly callers: number
  /** How long a process may take for a refresh before another tries. Milliseconds. */
  readonly leaseMs: number
  /** From 0 to 1, of each refresh. */
  readonly lost?: number
  readonly slow?: number
  /** From 0 to 1: a process dies between the answer and the store. */
  readonly crash?: number
  /** Whether processes are stopped for 0.7 seconds, again and again. */
  readonly pauses?: boolean
  readonly seed: number
}

/** What a worker tells while it works. */
export type Report =
  | { readonly type: 'ok' }
  | { readonly type: 'refused' }
  | { readonly type: 'reauthorize' }
  | { readonly type: 'failed'; readonly code: string }
  /** The event, which is told once in all processes. */
  | { readonly type: 'ended' }

/** What the vendor saw. */
export interface Seen {
  readonly refreshes: number
  readonly reuse: number
  readonly maxParallel: number
  readonly familiesRevoked: number
  /** Token requests in all, and after the family was revoked. */
  readonly requests: number
  readonly requestsAfterEnd: number
}
