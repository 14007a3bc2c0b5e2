import { OAuthError } from '../errors.ts'
import type { Grant, GrantRequest, TokenAnswer } from './grant.ts'

/** How often a request that was sent and not answered is sent again, and how long after. */
const repeats = 2
const pauseMs = 500
// What an answer and its storing may take.
const reserveMs = 5_000

// An assertion that is this much off may have been refused for it.
const skewMs = 2_000

/**
 * Asks a grant, again where the answer got lost: with the same refresh token, which is what servers that rotate expect, and
 * the only thing that can still succeed. Asks once more where the refusal tells that our clock was wrong.
 */
export async function obtain(grant: Grant, request: GrantRequest): Promise<TokenAnswer> {
  const { clock, deadline, runtime } = request
  let corrected = false
  for (let repeated = 0; ;) {
    const assumedMs = clock.ms
    try {
      return await grant.obtain(request)
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error
      const clockWasOff = grant.unattended && !corrected && Math.abs(clock.ms - assumedMs) > skewMs
      const lost = error.failure === 'ambiguous' && repeated < repeats
      const inTime = runtime.now() + pauseMs + reserveMs < deadline
      if (inTime && clockWasOff) corrected = true
      else if (inTime && lost) {
        repeated++
        await runtime.sleep(pauseMs)
      } else throw error
    }
  }
}
