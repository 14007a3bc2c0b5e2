import { systemNow } from '../runtime.ts'
import type { Now } from './reading.ts'
import { refuse } from './request.ts'
import type { Settings, TimestampSource } from './scheme.ts'

/** Gives the milliseconds since the Unix epoch. */
export function millisecondsOf(now: Now = systemNow): number {
  return typeof now === 'function' ? now() : Number(now)
}

const isoPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:\d\d)$/

/** Reads a timestamp as milliseconds since the Unix epoch; `12junk`, `1e9` and `-1` are none. */
export function readTimestamp(text: string, unit: TimestampSource['unit']): number {
  const ms = unit === 'iso' ? readIso(text) : unit === 'seconds' ? readDigits(text, 11) * 1000 : readDigits(text, 14)
  return Number.isNaN(ms) ? refuse('malformed-timestamp') : ms
}

function readIso(text: string): number {
  const [, date = '', fraction = '', zone = ''] = isoPattern.exec(text) ?? []
  return Date.parse(date + fraction + zone)
}

/**
 * Reads nothing but digits, in a fifth of the time of a pattern and `Number`; `NaN` for anything else. 11 of seconds are enough for
 * the year 5138, so that no timestamp is beyond what a number can hold.
 */
function readDigits(text: string, most: number): number {
  if (text.length === 0 || text.length > most) return NaN
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}

/** Writes an instant in the vendor's unit. */
export function writeTimestamp(ms: number, unit: TimestampSource['unit']): string {
  if (unit === 'iso') return new Date(ms).toISOString()
  return String(unit === 'seconds' ? Math.floor(ms / 1000) : ms)
}

/** Refuses what lies further from now than the tolerance, which is the scheme's if the receiver names none; the bound itself passes. */
export function checkFresh(
  signedMs: number,
  { unit, toleranceSeconds }: Pick<TimestampSource, 'unit' | 'toleranceSeconds'>,
  settings: Settings,
): void {
  const nowMs = millisecondsOf(settings.now)
  const toleranceMs = (settings.toleranceSeconds ?? toleranceSeconds) * 1000
  // A timestamp in seconds is compared with the second that it is now.
  const ageMs = (unit === 'seconds' ? Math.floor(nowMs / 1000) * 1000 : nowMs) - signedMs
  // Written so that `NaN` is refused.
  if (!(ageMs <= toleranceMs)) refuse('too-old')
  if (!(-ageMs <= toleranceMs)) refuse('too-new')
}
