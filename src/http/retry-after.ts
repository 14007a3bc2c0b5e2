import type { HeaderMap } from './request.ts'

/** Headers that name a wait in milliseconds. @see https://learn.microsoft.com/en-us/rest/api/azure/ */
const millisecondHeaders = ['retry-after-ms', 'x-ms-retry-after-ms'] as const

/**
 * Reads how long the vendor asks to wait, in milliseconds; `undefined` where it does not say or cannot be understood.
 *
 * Takes seconds, decimals, an HTTP date (measured against the answer's own `Date`, so that a wrong local clock does no
 * harm), an ISO 8601 date, and the `-ms` headers. A moment in the past is 0.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function retryAfterMs(headers: HeaderMap, now: number): number | undefined {
  for (const name of millisecondHeaders) {
    const ms = decimal(headers[name])
    if (ms !== undefined) return ms
  }
  const value = headers['retry-after']?.trim()
  if (!value) return undefined
  const seconds = decimal(value)
  if (seconds !== undefined) return Math.min(seconds * 1000, Number.MAX_SAFE_INTEGER)
  const at = instant(value)
  if (at === undefined) return undefined
  return Math.max(0, at - (instant(headers['date'] ?? '') ?? now))
}

/** `2`, `2.5`; never the year of `2026-11-22`, as `parseInt` would read it. */
function decimal(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+(?:\.\d+)?$/.test(text.trim())) return undefined
  return Math.min(Number(text), Number.MAX_SAFE_INTEGER)
}

// The three forms of an HTTP date begin with a day's name; ISO 8601 begins with the year.
const datePattern = /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .+|\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))$/

/** Reads an HTTP date or an ISO 8601 one as milliseconds since the Unix epoch. */
function instant(text: string): number | undefined {
  if (!datePattern.test(text)) return undefined
  // asctime, the third form, names no zone and means GMT.
  const ms = Date.parse(/GMT$|Z$|[+-]\d{2}:?\d{2}$/.test(text) ? text : `${text} GMT`)
  return Number.isNaN(ms) ? undefined : ms
}
