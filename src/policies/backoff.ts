import { checkNumber, checkOptions } from '../check.ts'

/** Gives the wait after a failed attempt, the first being number 1. `random` gives 0 up to 1. Milliseconds. */
export type Backoff = (attempt: number, random: () => number) => number

/**
 * Waits a random time between nothing and a bound that doubles with each attempt.
 *
 * Spreads the retries of many clients evenly, which a fixed share of jitter does not.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(options: { readonly baseMs?: number; readonly maxMs?: number } = {}): Backoff {
  checkOptions('fullJitter', options, ['baseMs', 'maxMs'])
  const { baseMs = 500, maxMs = 20_000 } = options
  checkNumber('fullJitter.baseMs', baseMs, 0)
  checkNumber('fullJitter.maxMs', maxMs, 0)
  return (attempt, random) => random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1))
}
