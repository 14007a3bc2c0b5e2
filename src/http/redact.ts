import type { RequestSummary } from '../errors.ts'
import type { HeaderMap, HttpRequest } from './request.ts'

/** Headers whose values are shown. All others are named, not shown: a deny-list misses the vendor's next header. */
const shown: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'content-type',
  'content-length',
  'date',
  'etag',
  'retry-after',
  'user-agent',
  'x-request-id',
])

const hidden = '[redacted]'

/** Shows the values of harmless headers and hides all others. */
export function redactHeaders(headers: HeaderMap): HeaderMap {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, shown.has(name) ? value : hidden]))
}

/** Says what a request asks for, without anything that could be secret. */
export function summarize(request: HttpRequest): RequestSummary {
  const { method, url, operation, headers } = request
  return { method, origin: originOf(url), operation, headers: redactHeaders(headers) }
}

/** Gives scheme, host and port, without user, path and query; the empty string for what is no URL. */
export function originOf(url: string): string {
  try {
    return new URL(url).origin
  } catch {
    return ''
  }
}

// What vendors repeat in messages: authorization values, JSON web tokens, user-info in URLs, `token=…`.
const secretPatterns: readonly [RegExp, string][] = [
  [/\b(bearer|basic|token)\s+[\w~+/.=-]{6,}/gi, `$1 ${hidden}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden],
  [/(\/\/)[^\s/@]+@/g, `$1${hidden}@`],
  [/\b([\w-]*(?:token|secret|password|api[_-]?key|signature)[\w-]*["']?\s*[=:]\s*["']?)[^\s"'&,;]+/gi, `$1${hidden}`],
]

/** Shortens a vendor's message to 300 characters and hides what looks like a credential in it. */
export function redactText(text: string): string {
  const clean = secretPatterns.reduce((message, [pattern, instead]) => message.replace(pattern, instead), text)
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean
}
