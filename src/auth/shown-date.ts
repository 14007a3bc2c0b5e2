import type { HttpResponse } from '../http/response.ts'

/** When and where a request was answered. */
export interface Exchange {
  readonly url: string
  /** Milliseconds since the Unix epoch, by our clock. */
  readonly sentAt: number
  readonly receivedAt: number
}

const longestExchangeMs = 15 * 60_000
const largestSkewMs = 24 * 3_600_000

/**
 * Gives the `Date` of an answer where it shows the vendor's clock; `undefined` where it may not be believed: it came over plain
 * http, out of a cache (`Age`), after so long that it shows nothing, or lies more than a day from our clock.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1 and https://www.rfc-editor.org/rfc/rfc9111#section-5.1
 */
export function shownDate({ headers }: HttpResponse, { url, sentAt, receivedAt }: Exchange): string | undefined {
  const { date, age } = headers
  if (date === undefined || age !== undefined || !url.startsWith('https:')) return undefined
  if (receivedAt - sentAt > longestExchangeMs) return undefined
  // Written so that a `Date` which is none is not believed.
  return Math.abs(Date.parse(date) - receivedAt) <= largestSkewMs ? date : undefined
}
