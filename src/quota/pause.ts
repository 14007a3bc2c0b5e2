/** A bucket is open, or nobody may start until a moment because the vendor refused. */
export type Pause = { readonly at: 'open' } | { readonly at: 'paused'; readonly since: number; readonly until: number }

/** What happens to a pause. */
export type PauseInput =
  /** Time passes. */
  | { readonly type: 'tick'; readonly now: number }
  /** The vendor refused a call. */
  | {
      readonly type: 'refusal'
      readonly now: number
      /** When the refused call was let through. */
      readonly chargedAt: number
      /** The latest moment, of all that are known, at which the vendor serves again. */
      readonly until: number
      /** How far `until` may lie too late, because the vendor rounds up. Milliseconds. */
      readonly precisionMs: number
    }

/** Gives the next state. */
export function stepPause(pause: Pause, input: PauseInput): Pause {
  if (input.type === 'tick') return pause.at === 'paused' && input.now >= pause.until ? { at: 'open' } : pause
  const { now, chargedAt, until, precisionMs } = input
  if (pause.at === 'open') return until > now ? { at: 'paused', since: now, until } : pause
  // It was under way when the pause began: the same refusal once more, unless it knows of a clearly later moment.
  if (chargedAt <= pause.since && until <= pause.until + precisionMs) return pause
  return until > pause.until ? { at: 'paused', since: pause.since, until } : pause
}
