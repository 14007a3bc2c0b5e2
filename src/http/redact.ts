import type { RequestSummary } from '../errors.ts'
import { originOf } from './origins.ts'
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

// What vendors repeat in messages: authorization values, JSON web tokens, user-info in URLs, `token=…`. Every repetition is
// bounded: a message is the vendor's to write, and must not cost more than its length.
const secretPatterns: readonly [RegExp, string][] = [
  [/\b(bearer|basic|token)\s{1,4}[\w~+/.=-]{6,1000}/gi, `$1 ${hidden}`],
  [/\beyJ[\w-]{1,1000}\.[\w-]{1,1000}\.[\w-]{0,1000}/g, hidden],
  [/(\/\/)[^\s/@]{1,200}@/g, `$1${hidden}@`],
  [/((?:token|secret|password|api[_-]?key|signature)["']?\s{0,4}[=:]\s{0,4}["']?)[^\s"'&,;]{1,1000}/gi, `$1${hidden}`],
]

/** Shortens a vendor's message to 300 characters and hides what looks like a credential in it. */
export function redactText(text: string): string {
  const clean = secretPatterns.reduce(
    (message, [pattern, instead]) => message.replace(pattern, instead),
    text.slice(0, 1000),
  )
  return clean.length > 300 ? `${clean.slice(0, 300)}…` : clean
}

// A shorter one stands in ordinary words too.
const shortestSecret = 4

/** Makes a function that blanks secrets in a text, as they are and as vendors repeat them: escaped, in a query or form, or in base64. */
export function secretsRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => {
      const inJson = JSON.stringify(secret).slice(1, -1)
      const inForm = new URLSearchParams([['', secret]]).toString().slice(1)
      const inUrls = [encodeURIComponent(secret), inForm]
      // Some write the digits of escapes in lower case.
      const lower = inUrls.map((text) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()))
      return [
        secret,
        inJson,
        inJson.replaceAll('/', '\\/'),
        ...inUrls,
        ...lower,
        Buffer.from(secret).toString('base64'),
      ]
    })
  const longestFirst = [...new Set(spellings)].toSorted((a, b) => b.length - a.length)
  return (text) => longestFirst.reduce((all, spelling) => all.replaceAll(spelling, hidden), text)
}
