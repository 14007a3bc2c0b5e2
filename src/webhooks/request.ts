import { WebhookVerificationError, type WebhookFailure } from '../errors.ts'
import { fieldAt } from '../json-value.ts'
import { Buffer } from './encoding.ts'
import type { Reading, WebhookHeaders, WebhookRequest } from './reading.ts'
import type { Source } from './scheme.ts'

/** Refuses a request; `verify` turns it into a value. */
export function refuse(reason: WebhookFailure): never {
  throw new WebhookVerificationError(`Refused: ${reason}.`, { reason })
}

/** Refuses a body that is no longer what the vendor signed, and says how to keep it. */
export function refuseParsed(): never {
  throw new WebhookVerificationError(
    'The body was parsed; the vendor signed other bytes. Mount an adapter before any parser, or pass the raw bytes: ' +
      '`express.raw({ type: "*/*" })`, `request.text()`, `parseAs: "buffer"` in Fastify.',
    { reason: 'body-not-raw' },
  )
}

/**
 * Takes a request in.
 *
 * @throws {WebhookVerificationError} with `body-not-raw` where the body was parsed already.
 */
export function read({ method = 'POST', url, headers, body }: WebhookRequest): Reading {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  if (!(bytes instanceof Uint8Array)) refuseParsed()
  let parsed: { readonly value: unknown } | undefined
  const root = (): unknown => (parsed ??= { value: rootOf(bytes) }).value
  return {
    // Nearly all are `POST`, and `toUpperCase` takes 2 % of a verification to say so.
    method: method === 'POST' ? method : method.toUpperCase(),
    url,
    headers,
    body: bytes,
    root,
  }
}

/** Gives a header by its name in lower case. None must be repeated: two parties could each read another one. */
export function headerOf({ headers }: Pick<Reading, 'headers'>, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  if (isHeaders(headers)) return only(undefined, valueIn(headers, name))
  let found: string | undefined
  if (isRawList(headers)) {
    for (let at = 0; at + 1 < headers.length; at += 2)
      if (sameName(headers[at], name)) found = only(found, headers[at + 1])
    return found
  }
  // Goes through inherited names too, which are no less to be believed than those that were sent, and makes no list.
  for (const key in headers) {
    if (!sameName(key, name)) continue
    const value = headers[key]
    if (typeof value === 'string' || !Array.isArray(value)) found = only(found, value)
    else for (const one of value) found = only(found, one)
  }
  return found
}

/** Takes a value if it is the first. */
function only(found: string | undefined, value: unknown): string | undefined {
  if (typeof value !== 'string') return found
  return found === undefined ? value : refuse('repeated-header')
}

/** Looks a header up; `Headers` throws on a name that is none, and a list of names comes from the sender. */
function valueIn(headers: { get(name: string): string | null }, name: string): string | null {
  try {
    return headers.get(name)
  } catch {
    return null
  }
}

function isHeaders(headers: object): headers is { get(name: string): string | null } {
  return 'get' in headers && typeof headers.get === 'function'
}

function isRawList(headers: WebhookHeaders): headers is readonly string[] {
  return Array.isArray(headers)
}

function sameName(key: unknown, name: string): boolean {
  if (typeof key !== 'string' || key.length !== name.length) return false
  // The last letter tells nearly all others apart, in a tenth of the time that `toLowerCase` takes.
  const last = name.length - 1
  return (
    key === name || ((key.charCodeAt(last) | 0x20) === (name.charCodeAt(last) | 0x20) && key.toLowerCase() === name)
  )
}

/** What stands where the signatures are: texts, each of which may list several entries. */
export interface Listing {
  readonly texts: readonly string[]
  readonly separator: string | undefined
}

/** Gives the first text that is there; `listing` is where the signatures are. */
export function textAt(reading: Reading, sources: Source | readonly Source[], listing?: Listing): string | undefined {
  if (!('length' in sources)) return textOf(reading, sources, listing)
  for (const source of sources) {
    const text = textOf(reading, source, listing)
    if (text !== undefined) return text
  }
  return undefined
}

function textOf(reading: Reading, source: Source, listing: Listing | undefined): string | undefined {
  if ('header' in source) return firstHeader(reading, source.header)
  if ('field' in source) return fieldText(reading.root(), source.field)
  if ('query' in source) return queryValue(reading, source.query)
  const [text, other] = listing ? entriesAfter(source.entry, listing) : []
  return other === undefined ? text : refuse('malformed-signature')
}

/** Gives what follows a prefix, for each entry that begins with it. Cuts no other, which half of Stripe's are. */
export function entriesAfter(prefix: string, { texts, separator }: Listing): readonly string[] {
  let found: string[] | undefined
  for (const text of texts) {
    for (let from = 0; from <= text.length;) {
      const at = separator === undefined ? -1 : text.indexOf(separator, from)
      const end = at < 0 ? text.length : at
      if (separator && text.charCodeAt(from) === 0x20) from = end - text.slice(from, end).trimStart().length
      if (text.startsWith(prefix, from)) {
        const entry = text.slice(from + prefix.length, end)
        // Made with the first: a list that begins empty takes room for 17 as soon as it has one.
        if (found) found.push(entry)
        else found = [entry]
      }
      from = end + 1
    }
  }
  return found ?? []
}

function firstHeader(reading: Reading, names: string | readonly string[]): string | undefined {
  if (typeof names === 'string') return headerOf(reading, names)
  for (const name of names) {
    const value = headerOf(reading, name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Gives one value of the query; a name that is repeated is refused. */
export function queryValue({ url }: Reading, name: string): string | undefined {
  const start = url?.indexOf('?') ?? -1
  if (url === undefined || start < 0) return undefined
  const [value, ...more] = new URLSearchParams(url.slice(start + 1)).getAll(name)
  if (more.length > 0) refuse('malformed-url')
  return value
}

/** Decodes UTF-8 strictly, so that two bodies of different bytes never read alike. */
export function bodyText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse('malformed-body')
  }
}

// What is no JSON has no fields; what needs one says so.
function rootOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(bodyText(bytes))
  } catch {
    return undefined
  }
}

/** Gives a field as text; a list or an object is refused. */
export function fieldText(root: unknown, path: string): string | undefined {
  const value = fieldAt(root, path)
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : refuse('malformed-body')
}
