/** Where the wait for a user with another device stands. */
export type DevicePoll =
  | {
      readonly at: 'waiting'
      readonly intervalMs: number
      /** When the code ends. Milliseconds since the Unix epoch. */
      readonly until: number
    }
  | { readonly at: 'over'; readonly because: 'granted' | 'refused' | 'expired' }

/** What one question came to. */
export type PollOutcome = 'granted' | 'pending' | 'slow-down' | 'unreachable' | 'refused' | 'expired'

// @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5
const slowerByMs = 5_000

/** Tells what follows one question. Pure. */
export function afterPoll(poll: DevicePoll, outcome: PollOutcome, now: number): DevicePoll {
  if (poll.at === 'over') return poll
  if (outcome === 'granted' || outcome === 'refused' || outcome === 'expired') return { at: 'over', because: outcome }
  const intervalMs = nextInterval(poll.intervalMs, outcome)
  // A question after the end of the code can only be refused.
  return now + intervalMs < poll.until ? { ...poll, intervalMs } : { at: 'over', because: 'expired' }
}

function nextInterval(intervalMs: number, outcome: 'pending' | 'slow-down' | 'unreachable'): number {
  if (outcome === 'slow-down') return intervalMs + slowerByMs
  return outcome === 'unreachable' ? intervalMs * 2 : intervalMs
}
