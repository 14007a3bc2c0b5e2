/**
 * How many calls may be under way at once.
 *
 * `ramp`: nobody states a cap and none was refused so far; while all of it is made use of, it grows by a quarter with each
 * round of answers. `hold`: what is declared, told or left by a refusal; it is not tried to go beyond it before `until`, and
 * one by one after that.
 */
export type Cap =
  | { readonly at: 'ramp'; readonly calls: number }
  | { readonly at: 'hold'; readonly calls: number; readonly until: number }

/** What a cap learns from. */
export type CapInput =
  /** A call was answered while as many were under way as may be. */
  | { readonly type: 'success'; readonly now: number }
  /** The vendor refused a call for this. `place`: how many were under way when it was let through, itself included. */
  | { readonly type: 'refusal'; readonly now: number; readonly place: number }
  /** The vendor serves so many for sure: its rates could not be reached with less. */
  | { readonly type: 'sure'; readonly calls: number }

// As much as TCP sends before the first answer, whatever the path. @see https://www.rfc-editor.org/rfc/rfc6928
export const firstCalls: number = 10

// A quarter more in each round is what BBR tries, so as to overshoot by no more.
// @see https://datatracker.ietf.org/doc/draft-ietf-ccwg-bbr/ (ProbeBW_UP)
const growth = 0.25

/** A refusal costs a call its time, so what was refused is tried again no sooner. */
const holdMs = 60_000

/** Gives the next state. */
export function stepCap(cap: Cap, input: CapInput): Cap {
  if (input.type === 'refusal') {
    // Those that were under way before it are served: of many refused at once, the one that came first tells the cap.
    return { at: 'hold', calls: Math.max(1, Math.min(cap.calls, input.place - 1)), until: input.now + holdMs }
  }
  if (input.type === 'sure') return cap.at === 'ramp' && input.calls > cap.calls ? { ...cap, calls: input.calls } : cap
  if (cap.at === 'ramp') return { at: 'ramp', calls: cap.calls + growth }
  return input.now < cap.until ? cap : { ...cap, calls: cap.calls + 1 / cap.calls }
}
