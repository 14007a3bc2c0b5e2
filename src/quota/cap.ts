/**
 * How many calls may be under way at once.
 *
 * `ramp`: nobody states a cap and none was refused so far; while all of it is made use of, it grows by one with each round of
 * answers, and by a quarter where a quota would expire unused at this pace. `hold`: what is declared, told or left by a
 * refusal; it is not tried to go beyond it before `until`, and one by one after that.
 */
export type Cap =
  | { readonly at: 'ramp'; readonly calls: number }
  | { readonly at: 'hold'; readonly calls: number; readonly until: number }

/** What a cap learns from. */
export type CapInput =
  /** A call was answered while as many were under way as may be. `wanted`: how many it takes to use a quota up in time. */
  | { readonly type: 'success'; readonly now: number; readonly wanted: number }
  /** The vendor refused a call for this. `atOnce`: how many were under way with it at any time, itself included. */
  | { readonly type: 'refusal'; readonly now: number; readonly atOnce: number }
  /** The vendor serves so many for sure: its rates could not be reached with less. */
  | { readonly type: 'sure'; readonly calls: number }

// As much as TCP sends before the first answer, whatever the path. @see https://www.rfc-editor.org/rfc/rfc6928
export const firstCalls: number = 10

// Each call too many is refused: one by one, that is one. Where time is short, a quarter more in each round is what BBR tries.
// @see https://datatracker.ietf.org/doc/draft-ietf-ccwg-bbr/ (ProbeBW_UP)
const growth = 0.25

/** A refusal costs a call its time, so what was refused is tried again no sooner. */
const holdMs = 60_000

/** Gives the next state. */
export function stepCap(cap: Cap, input: CapInput): Cap {
  if (input.type === 'refusal') {
    // One less for each: calls overtake each other on their way, so which of those under way was too many tells nothing.
    return { at: 'hold', calls: Math.max(1, Math.min(cap.calls, input.atOnce) - 1), until: input.now + holdMs }
  }
  if (input.type === 'sure') return cap.at === 'ramp' && input.calls > cap.calls ? { ...cap, calls: input.calls } : cap
  if (cap.at === 'hold' && input.now < cap.until) return cap
  const hurries = cap.at === 'ramp' && input.wanted > cap.calls
  return { ...cap, calls: cap.calls + (hurries ? growth : 1 / cap.calls) }
}
