import type { ClockOffset, ExpiryFacts } from 'hawser'

/** When an answer was asked for, and by which clock it tells the time. */
export interface AnswerTime {
  /** When it was asked for: a lifetime begins later, so that this errs on the safe side. Milliseconds since the Unix epoch. */
  readonly at: number
  readonly clock: ClockOffset
}

/**
 * Tells when a token ends; `undefined` where it never does, or is not known to. Milliseconds since the Unix epoch.
 *
 * What cannot be read counts as not told: a token that was given is not thrown away over its label.
 */
export function expiresAt(value: unknown, facts: ExpiryFacts, { at, clock }: AnswerTime): number | undefined {
  const { unit = 'seconds', zero = 'unknown', assumeSeconds } = facts
  const assumed = assumeSeconds === undefined ? undefined : at + assumeSeconds * 1000
  if (unit === 'iso-8601') {
    const moment = typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(moment) ? assumed : clock.toLocal(moment)
  }
  const number = numberOf(value)
  if (number === undefined) return assumed
  if (number <= 0) return zero === 'never' ? undefined : assumed
  const ms = number * (unit === 'milliseconds' ? 1 : 1000)
  const end = unit === 'epoch-seconds' ? clock.toLocal(ms) : at + ms
  // What is beyond all numbers never ends; a store would keep it as none.
  return Number.isFinite(end) ? end : undefined
}

/** Reads `3600`, `"3600"` and `"3600s"`; nothing else is a number. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const digits = typeof value === 'string' ? /^\s*(-?\d+(?:\.\d+)?)\s*s?\s*$/.exec(value)?.[1] : undefined
  return digits === undefined ? undefined : Number(digits)
}
