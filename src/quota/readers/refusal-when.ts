import { checkNumber, checkOptions } from '../../check.ts'
import { bodyText } from '../../http/response.ts'
import { retryAfterMs } from '../../http/retry-after.ts'
import type { QuotaReader, Refusal } from '../reading.ts'

/** Options of {@link refusalWhen}. All conditions must hold. */
export interface RefusalWhenOptions {
  /** @default 429 */
  readonly status?: number | readonly number[]
  /** A header, lower case, and what it must hold: the text itself, or a pattern. */
  readonly header?: { readonly name: string; readonly is: string | RegExp }
  /** What the body must hold. */
  readonly body?: string | RegExp
  /** @default 'rate' */
  readonly of?: Refusal['of']
  /** The window that such an answer says is violated. */
  readonly window?: string
  /** How long to wait where the answer does not say. Milliseconds. @default the window's own end */
  readonly pauseMs?: number
}

/**
 * Recognises one way in which a vendor refuses, and says which window it means.
 *
 * @throws {ConfigurationError}
 */
export function refusalWhen(options: RefusalWhenOptions): QuotaReader {
  checkOptions('refusalWhen', options, ['status', 'header', 'body', 'of', 'window', 'pauseMs'])
  const { status = 429, header, body, of, window, pauseMs } = options
  if (pauseMs !== undefined) checkNumber('refusalWhen.pauseMs', pauseMs, 1)
  const statuses = typeof status === 'number' ? [status] : status
  return function refusalWhen(response, now) {
    const holds =
      statuses.includes(response.status) &&
      (header === undefined || matches(response.headers[header.name], header.is)) &&
      (body === undefined || contains(bodyText(response), body))
    if (!holds) return undefined
    const waitMs = retryAfterMs(response.headers, now) ?? pauseMs
    return {
      refusal: {
        ...(of !== undefined && { of }),
        ...(window !== undefined && { window }),
        ...(waitMs !== undefined && { retryAfterMs: waitMs }),
      },
    }
  }
}

function matches(value: string | undefined, is: string | RegExp): boolean {
  return value !== undefined && (typeof is === 'string' ? value === is : is.test(value))
}

function contains(text: string, part: string | RegExp): boolean {
  return typeof part === 'string' ? text.includes(part) : part.test(text)
}
