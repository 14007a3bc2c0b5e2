/** What was asked, with all that could be secret left out: no query, no body, no path values, allow-listed headers only. */
export interface RequestSummary {
  readonly method: string
  /** Scheme, host and port. */
  readonly origin: string
  /** The method and the URL template, such as `GET /repos/{owner}/{repo}`. */
  readonly operation: string
  readonly headers: Readonly<Record<string, string>>
}

/** Why no further attempt was made. */
export type RetryStop =
  'attempts' | 'budget' | 'deadline' | 'not-idempotent' | 'body-not-replayable' | 'not-retryable' | 'vendor-said-no'

/** What is known about the call that failed. Each policy on the way out adds what it knows. */
export interface CallFacts {
  readonly vendor?: string | undefined
  readonly operation?: string | undefined
  readonly status?: number | undefined
  /** The vendor's id for its answer, to quote in a support request. */
  readonly requestId?: string | undefined
  /** How long the vendor, or the policy that refused, asks to wait. Milliseconds. */
  readonly retryAfterMs?: number | undefined
  /** How many times the request was sent. */
  readonly attempts?: number | undefined
  readonly retryStop?: RetryStop | undefined
  readonly idempotencyKey?: string | undefined
  readonly request?: RequestSummary | undefined
}

const brand = Symbol.for('hawser.error')

/**
 * The base of every error that hawser throws. `code` is a literal to `switch` on.
 *
 * `instanceof` compares names behind a brand, so it also holds between two copies of the package (ESM and CommonJS).
 */
export abstract class HawserError extends Error implements CallFacts {
  abstract readonly code: string
  declare readonly vendor?: string | undefined
  declare readonly operation?: string | undefined
  declare readonly status?: number | undefined
  declare readonly requestId?: string | undefined
  declare readonly retryAfterMs?: number | undefined
  declare readonly attempts?: number | undefined
  declare readonly retryStop?: RetryStop | undefined
  declare readonly idempotencyKey?: string | undefined
  declare readonly request?: RequestSummary | undefined

  // On the prototype, not on the instance: it is in place before the stack is captured, and bundlers keep it.
  override get name(): string {
    return 'HawserError'
  }

  constructor(message: string, facts: CallFacts = {}, options?: ErrorOptions) {
    super(message, options)
    Object.defineProperty(this, brand, { value: true })
    this.add(facts)
  }

  /** Adds facts that are not known yet; what is known already stays. */
  add(facts: CallFacts): this {
    for (const [name, value] of Object.entries(facts)) {
      if (value !== undefined && !Object.hasOwn(this, name)) {
        Object.defineProperty(this, name, { value, enumerable: true, configurable: true })
      }
    }
    return this
  }

  /** Returns the error as a plain value that is safe to log. */
  toJSON(): Record<string, unknown> {
    return Object.assign<Record<string, unknown>, this>({ name: this.name, message: this.message }, this)
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass of the user's that declares no name of its own is compared as JavaScript does.
    if (!Object.hasOwn(this.prototype, 'name')) return Function.prototype[Symbol.hasInstance].call(this, value)
    if (!(value instanceof Error) || Reflect.get(value, brand) !== true) return false
    for (let of: unknown = Object.getPrototypeOf(value); of instanceof Object; of = Object.getPrototypeOf(of)) {
      if (Object.hasOwn(of, 'name') && Reflect.get(of, 'name') === this.prototype.name) return true
    }
    return false
  }
}
