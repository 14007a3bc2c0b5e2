import type { WindowReading } from '../reading.ts'

/**
 * How a vendor writes the moment at which a window is full again. The same header name means different things at
 * different vendors, so the form is declared and never guessed.
 *
 * `duration` is a text such as `6m0s` or `1.5s`.
 */
export type ResetForm = 'epoch-seconds' | 'epoch-ms' | 'delta-seconds' | 'delta-ms' | 'iso-8601' | 'duration'

/** The moment part of a {@link WindowReading}. */
export type ResetReading = Pick<WindowReading, 'resetsAtVendor' | 'resetsInMs' | 'precisionMs'>

// The draft lets a client cap what cannot be meant; no window of a public API is longer than a month.
// @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (malformed and implausible fields)
const longestMs = 32 * 86_400_000

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }

/** Reads a reset in its declared form. A text that has another form, or no plausible value, reads as nothing. */
export function readReset(text: string | undefined, form: ResetForm, now: number): ResetReading {
  if (text === undefined) return {}
  const trimmed = text.trim()
  switch (form) {
    case 'epoch-seconds':
      return moment(decimal(trimmed, 1000), wholeSeconds(trimmed), now)
    case 'epoch-ms':
      return moment(decimal(trimmed, 1), 0, now)
    case 'iso-8601':
      return moment(isoTime(trimmed), /T\d{2}:\d{2}(?:Z|[+-])/.test(trimmed) ? 60_000 : wholeSeconds(trimmed), now)
    case 'delta-seconds':
      return span(decimal(trimmed, 1000), wholeSeconds(trimmed))
    case 'delta-ms':
      return span(decimal(trimmed, 1), 0)
    case 'duration':
      return span(duration(trimmed), wholeSeconds(trimmed))
  }
}

/** Reads a count such as `100`; nothing else, above all no sign and no list. */
export function readCount(text: string | undefined): number | undefined {
  return text === undefined ? undefined : decimal(text.trim(), 1)
}

function moment(at: number | undefined, precisionMs: number, now: number): ResetReading {
  if (at === undefined || Math.abs(at - now) > longestMs) return {}
  return { resetsAtVendor: at, precisionMs }
}

function span(ms: number | undefined, precisionMs: number): ResetReading {
  if (ms === undefined || ms > longestMs) return {}
  return { resetsInMs: ms, precisionMs }
}

function decimal(text: string, unit: number): number | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(text)) return undefined
  // 1.1 seconds are 1100 ms and not 1100.0000000000002.
  return Math.round(Number(text) * unit * 1000) / 1000
}

function wholeSeconds(text: string): number {
  return text.includes('.') || text.endsWith('ms') ? 0 : 1000
}

function isoTime(text: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : NaN
  return Number.isNaN(at) ? undefined : at
}

function duration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[hms]))+$/.test(text)) return undefined
  let total = 0
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[hms])/g))
    total += Number(count) * (unitMs[unit ?? ''] ?? 0)
  return total
}
