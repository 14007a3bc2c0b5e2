import { checkNumber, checkOptions } from '../check.ts'
import { withHeader } from '../http/headers.ts'
import { described, type Policy } from '../http/policy.ts'
import type { HeaderMap, HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { copyOf, createKeptAnswers, isKeepable } from './kept-answers.ts'

/** Options of {@link revalidate}. */
export interface RevalidateOptions {
  /** How many answers are kept; the least recently kept goes first. @default 500 */
  readonly maxEntries?: number
  /** How much they may hold together. Bytes. @default 10 MiB */
  readonly maxBytes?: number
}

/**
 * Asks for what it has had already only if that has changed: sends the `ETag` of the kept answer, and gives that answer when
 * the vendor says 304. The vendor decides each time, so that nothing is ever older than it says.
 *
 * Keeps buffered answers to `GET` that have an `ETag`, and none that the vendor forbids to. A call with a condition of its
 * own, or for a range, is left alone. What it keeps belongs to one credential: make one for each connection.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2
 * @throws {ConfigurationError}
 */
export function revalidate(options: RevalidateOptions = {}): Policy {
  checkOptions('revalidate', options, ['maxEntries', 'maxBytes'])
  const { maxEntries = 500, maxBytes = 10 * 1024 * 1024 } = options
  checkNumber('revalidate.maxEntries', maxEntries, 1)
  checkNumber('revalidate.maxBytes', maxBytes, 1)
  const kept = createKeptAnswers(maxEntries, maxBytes)

  return described({ name: 'revalidate', maxEntries, maxBytes }, (next, runtime) => {
    return async function revalidate(request) {
      if (!isKeepable(request) || hasCondition(request)) return next(request)
      const old = kept.get(request)?.response
      const etag = old?.headers['etag']
      const asked =
        etag === undefined ? request : { ...request, headers: withHeader(request.headers, 'if-none-match', etag) }
      const response = await next(asked)
      const whole = old && response.status === 304 ? unchanged(old, response) : response
      if (mayKeep(whole)) kept.keep(request, whole, runtime.now())
      return whole
    }
  })
}

const conditions = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range']

function hasCondition({ headers }: HttpRequest): boolean {
  return conditions.some((name) => headers[name] !== undefined)
}

/** @see https://www.rfc-editor.org/rfc/rfc9111#section-3 */
function mayKeep({ status, headers }: HttpResponse): boolean {
  const forbidden = /\bno-store\b/i.test(headers['cache-control'] ?? '') || headers['vary']?.trim() === '*'
  return status === 200 && headers['etag'] !== undefined && !forbidden
}

/**
 * The kept answer with what the 304 says of it; how long its body is, and how it was packed, stays.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9111#section-3.2
 */
function unchanged(old: HttpResponse, { headers, ...told }: HttpResponse): HttpResponse {
  const { status, body } = copyOf(old)
  const kept: HeaderMap = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !/^(?:content-|transfer-encoding)/.test(name)),
  )
  return { ...told, status, body, headers: { ...old.headers, ...kept } }
}
