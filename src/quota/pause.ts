/** A bucket is open, or nobody may start until a moment because the vendor refused. */
export type Pause =
  | { readonly at: 'open' }
  | {
      readonly at: 'paused'
      readonly since: number
      readonly until: number
      /** The vendor named the moment; otherwise it is ours. */
      readonly told: boolean
    }

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
      /** The vendor named that moment. */
      readonly told: boolean
      /** How far `until` may lie too late, because the vendor rounds up. Milliseconds. */
      readonly precisionMs: number
    }

/** Gives the next state. */
export function stepPause(pause: Pause, input: PauseInput): Pause {
  if (input.type === 'tick') return pause.at === 'paused' && input.now >= pause.until ? { at: 'open' } : pause
  const { now, chargedAt, until, told, precisionMs } = input
  if (pause.at === 'open') return until > now ? { at: 'paused', since: now, until, told } : pause
  // It was under way when the pause began: the same refusal once more, unless it knows more, or a clearly later moment.
  const again = chargedAt <= pause.since && (pause.told || !told) && until <= pause.until + precisionMs
  return until > pause.until && !again ? { at: 'paused', since: pause.since, until, told } : pause
}
