import { ConfigurationError } from 'hawser'

/** Keys that may end. */
export interface Expiring {
  /** Until when a function's keys are kept; where it is absent, the function is asked for every attempt. */
  readonly expiration?: Date | undefined
}

/** Keys of the present, from a function. */
export interface Rotating<Keys> {
  present(nowMs: number): Keys | Promise<Keys>
  /** Asks the function, whatever is kept. */
  renewed(): Promise<Keys>
}

// New keys are fetched in the background from the first of these on, and waited for from the second on.
const earlyMs = 5 * 60_000
const lateMs = 60_000

/**
 * Keeps what a function gives until shortly before its expiration, and asks once for all who wait. While there is no answer, keys
 * that have not ended yet go on.
 */
export function rotating<Given extends Expiring, Keys>(
  give: () => Given | Promise<Given>,
  check: (given: Given) => Keys,
): Rotating<Keys> {
  let kept: { readonly keys: Keys; readonly until: number } | undefined
  let asking: Promise<Keys> | undefined

  async function ask(): Promise<Keys> {
    const given = await give()
    const keys = check(given)
    kept = { keys, until: untilOf(given) }
    return keys
  }
  const renewed = (): Promise<Keys> => (asking ??= ask().finally(() => (asking = undefined)))

  return {
    renewed,
    present(nowMs) {
      const leftMs = kept ? kept.until - nowMs : 0
      if (!kept || leftMs <= 0) return renewed()
      const { keys } = kept
      if (leftMs > earlyMs) return keys
      const fresh = renewed().catch(() => keys)
      return leftMs > lateMs ? keys : fresh
    },
  }
}

function untilOf({ expiration }: Expiring): number {
  if (expiration === undefined) return -Infinity
  if (expiration instanceof Date && !Number.isNaN(expiration.getTime())) return expiration.getTime()
  throw new ConfigurationError('`expiration` of the keys is a Date.')
}
