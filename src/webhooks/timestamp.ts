import type { Now } from './reading.ts'
import { refuse } from './request.ts'
import type { TimestampSource } from './scheme.ts'

/** Gives the milliseconds since the Unix epoch. */
export function millisecondsOf(now: Now): number {
  return typeof now === 'function' ? now() : Number(now)
}

const patterns = {
  seconds: /^\d{1,11}$/,
  milliseconds: /^\d{1,14}$/,
  iso: /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,3})?\d*(Z|[+-]\d\d:\d\d)$/,
} as const

/** Reads a timestamp as milliseconds since the Unix epoch; `12junk`, `1e9` and `-1` are none. */
export function readTimestamp(text: string, unit: TimestampSource['unit']): number {
  const match = patterns[unit].exec(text)
  if (!match) return refuse('malformed-timestamp')
  if (unit !== 'iso') return Number(text) * (unit === 'seconds' ? 1000 : 1)
  const [, date = '', fraction = '', zone = ''] = match
  const ms = Date.parse(date + fraction + zone)
  return Number.isNaN(ms) ? refuse('malformed-timestamp') : ms
}

/** Writes an instant in the vendor's unit. */
export function writeTimestamp(ms: number, unit: TimestampSource['unit']): string {
  if (unit === 'iso') return new Date(ms).toISOString()
  return String(unit === 'seconds' ? Math.floor(ms / 1000) : ms)
}

/** Refuses what lies further from now than the tolerance; the bound itself passes. */
export function checkFresh(signedMs: number, unit: TimestampSource['unit'], toleranceSeconds: number, now: Now): void {
  const nowMs = millisecondsOf(now)
  // A timestamp in seconds is compared with the second that it is now.
  const ageMs = (unit === 'seconds' ? Math.floor(nowMs / 1000) * 1000 : nowMs) - signedMs
  // Written so that `NaN` is refused.
  if (!(ageMs <= toleranceSeconds * 1000)) refuse('too-old')
  if (!(-ageMs <= toleranceSeconds * 1000)) refuse('too-new')
}
