import { checkNumber, checkOptions } from '../check.ts'
import type { RetryReason } from './retry-decision.ts'

/** Bounds all retries of a client together, so that an outage is not answered with a multiple of the load. */
export interface RetryBudget {
  /** Takes the price of one retry, and tells what it was; `undefined` where too little is left. */
  spend(reason: RetryReason): number | undefined
  /** Puts tokens back after a success: the price of its retry, or the small income of one that needed none. */
  earn(tokens?: number): void
  readonly tokens: number
}

/** Options of {@link retryBudget}; the defaults are those of the AWS SDKs. */
export interface RetryBudgetOptions {
  /** @default 500 */
  readonly capacity?: number
  /** The price of a retry after an outage: a failure, a timeout, a broken connection. @default 14 */
  readonly cost?: number
  /** The price of a retry after a throttle, which says when to come back. @default 5 */
  readonly throttleCost?: number
}

/**
 * Makes a budget: a bucket of tokens, full at first, that retries empty and successes refill.
 *
 * @see https://aws.amazon.com/blogs/developer/announcing-updated-retry-behavior-for-aws-sdks-and-tools
 */
export function retryBudget(options: RetryBudgetOptions = {}): RetryBudget {
  checkOptions('retryBudget', options, ['capacity', 'cost', 'throttleCost'])
  const { capacity = 500, cost = 14, throttleCost = 5 } = options
  checkNumber('retryBudget.capacity', capacity, 0)
  checkNumber('retryBudget.cost', cost, 0)
  checkNumber('retryBudget.throttleCost', throttleCost, 0)
  return new TokenBudget(capacity, cost, throttleCost)
}

// A class, as every client has one: an object with a getter and functions of its own would take 600 bytes more.
class TokenBudget implements RetryBudget {
  tokens: number
  readonly #capacity: number
  readonly #cost: number
  readonly #throttleCost: number

  constructor(capacity: number, cost: number, throttleCost: number) {
    this.tokens = capacity
    this.#capacity = capacity
    this.#cost = cost
    this.#throttleCost = throttleCost
  }

  spend(reason: RetryReason): number | undefined {
    const price = reason === 'throttled' ? this.#throttleCost : this.#cost
    if (this.tokens < price) return undefined
    this.tokens -= price
    return price
  }

  earn(earned = 1): void {
    this.tokens = Math.min(this.#capacity, this.tokens + earned)
  }
}
