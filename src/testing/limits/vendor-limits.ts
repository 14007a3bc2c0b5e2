import { ConfigurationError } from 'hawser'
import type { FakeClock } from '../fake-clock.ts'
import type { Limiter } from './limiter.ts'

/** The limits of a mock vendor, from the vendor's own seat. */
export interface VendorLimits {
  /** Uses a limit up by so much, as somebody else does who shares it; tells whether it fitted. @throws {ConfigurationError} where there is no such limit */
  spend(limit: string, cost?: number): boolean
  /** Changes a limit from now on. @throws {ConfigurationError} where there is no such limit */
  change(limit: string, to: number): void
}

/** Gives the limits of all simulators as one. */
export function vendorLimits(limiters: readonly Limiter[], clock: FakeClock): VendorLimits {
  const having = (limit: string): Limiter => {
    const found = limiters.find(({ names }) => names.includes(limit))
    if (found) return found
    const names = limiters.flatMap((limiter) => limiter.names)
    throw new ConfigurationError(`There is no limit \`${limit}\`. There are: ${names.join(', ') || 'none'}.`)
  }
  return {
    spend: (limit, cost = 1) => having(limit).spend(limit, cost, clock.now),
    change: (limit, to) => having(limit).change(limit, to),
  }
}
