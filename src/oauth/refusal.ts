import { fieldAt, mainToken, retryAfterMs, type HeaderMap, type OAuthFailure, type OAuthVendor } from 'hawser'
import type { AnswerBody } from './answer-body.ts'

/** What an answer says instead of tokens. */
export interface Refusal {
  readonly failure: OAuthFailure
  readonly status: number
  /** RFC 6749's code, once the vendor's own is mapped to it. */
  readonly code?: string | undefined
  /** The vendor's words. May repeat what was sent to it. */
  readonly description?: string | undefined
  readonly retryAfterMs?: number | undefined
}

/** An answer of an authorization server, decoded where that is possible. */
export interface ServerAnswer {
  readonly status: number
  readonly headers: HeaderMap
  readonly body: AnswerBody | undefined
}

/** Reads what an answer says instead of what was asked for; `undefined` where it does not refuse. `now` is the local time. */
export function refusalOf(answer: ServerAnswer, vendor: OAuthVendor, now: number): Refusal | undefined {
  const { status, headers, body } = answer
  const own = codeOf(body, vendor)
  const success = status >= 200 && status < 300
  if (success && !isError(body, own, vendor)) return undefined
  const mapped = own !== undefined && Object.hasOwn(vendor.errorCodes ?? {}, own) ? vendor.errorCodes?.[own] : undefined
  const code = mapped ?? own
  return {
    failure: mapped === undefined ? failureOf(status, code) : meaningOf(mapped),
    status,
    code,
    description: descriptionOf(body),
    retryAfterMs: retryAfterMs(headers, now),
  }
}

function codeOf(body: AnswerBody | undefined, { errorPath = 'error' }: OAuthVendor): string | undefined {
  const value = fieldAt(body, errorPath)
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isError(body: AnswerBody | undefined, code: string | undefined, vendor: OAuthVendor): boolean {
  if (vendor.isError) return vendor.isError(body)
  const paths = Object.values(vendor.tokens ?? { [mainToken]: {} })
  return code !== undefined && !paths.some(({ accessToken = 'access_token' }) => fieldAt(body, accessToken))
}

function descriptionOf(body: AnswerBody | undefined): string | undefined {
  const said = ['error_description', 'error.message', 'message'].map((path) => fieldAt(body, path))
  return said.find((value) => typeof value === 'string' && value !== '')?.toString()
}

/** Codes by which a user's permission is at its end, or was never given. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
const endOfPermission: ReadonlySet<string> = new Set([
  'invalid_grant',
  'access_denied',
  'consent_required',
  'expired_token',
  'interaction_required',
  'login_required',
])

/** Codes that ask for patience. @see https://www.rfc-editor.org/rfc/rfc8628#section-3.5 */
const patience: ReadonlySet<string> = new Set([
  'authorization_pending',
  'server_error',
  'slow_down',
  'temporarily_unavailable',
])

function failureOf(status: number, code: string | undefined): OAuthFailure {
  // A server in trouble may say anything; it is not believed about the end of a connection.
  if (status === 429 || status === 408 || status >= 500) return 'retry'
  if (code !== undefined) return meaningOf(code)
  if (status === 401) return 'configuration'
  return 'protocol'
}

/** Tells what a code asks for. One that is not known blames no connection. */
export function meaningOf(code: string): OAuthFailure {
  if (endOfPermission.has(code)) return 'reauthorize'
  return patience.has(code) ? 'retry' : 'configuration'
}
