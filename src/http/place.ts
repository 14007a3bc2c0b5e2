import { isRecord } from '../check.ts'
import { ConfigurationError, InvalidRequestError } from '../errors.ts'
import { checkHeader, withHeader } from './headers.ts'
import type { HttpRequest } from './request.ts'

/** Where a value of a credential stands in a request: in a header, in the query, or in a field of the body. */
export type Place =
  | {
      readonly header: string
      /** Put in front of the value, such as `Token `. @default '' */
      readonly prefix?: string | undefined
    }
  /** The name of a parameter. Prefer a header: queries end up in the logs of proxies. */
  | { readonly query: string }
  /** The name of a field. The body is a form or a JSON object. */
  | { readonly body: string }

/**
 * Checks a place that stands in an option.
 *
 * @throws {ConfigurationError} where it is not exactly one place
 * @throws {InvalidRequestError} where the header's name or prefix cannot stand in a header
 */
export function checkPlace(option: string, at: unknown): Place {
  const { header, prefix, query, body, ...unknown } = isRecord(at) ? at : {}
  const named = [header, query, body].filter((name) => name !== undefined)
  const prefixed = prefix === undefined || (header !== undefined && typeof prefix === 'string')
  const [name] = named
  if (named.length !== 1 || typeof name !== 'string' || name === '' || !prefixed || Object.keys(unknown).length > 0) {
    throw new ConfigurationError(
      `${option} takes either \`header\` or \`query\` or \`body\`, and \`prefix\` with a header.`,
    )
  }
  if (header === undefined) return query === undefined ? { body: name } : { query: name }
  const text = typeof prefix === 'string' ? prefix : ''
  checkHeader(name.toLowerCase(), text)
  return { header: name.toLowerCase(), prefix: text }
}

/**
 * Gives the request with a value at a place. A parameter of that name is replaced.
 *
 * @throws {InvalidRequestError} where the value cannot stand in a header, or the body is neither a form nor a JSON object or has
 * the field already
 */
export function placed(request: HttpRequest, at: Place, value: string): HttpRequest {
  if ('header' in at) {
    const { header, prefix = '' } = at
    return { ...request, headers: withHeader(request.headers, header, checkHeader(header, prefix + value)) }
  }
  return 'query' in at ? withParameter(request, at.query, value) : withField(request, at.body, value)
}

/** Changes the text: writing the parsed query anew would change how the caller's own part of it is spelled. */
function withParameter(request: HttpRequest, name: string, value: string): HttpRequest {
  const url = new URL(request.url)
  const others = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !new URLSearchParams(pair).has(name))
  url.search = [...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')
  return { ...request, url: url.href }
}

/** The field is added to the text: a JSON number would not survive being parsed and written where it has many digits. */
function withField(request: HttpRequest, name: string, value: string): HttpRequest {
  const { body, headers, operation } = request
  const [type = ''] = (headers['content-type'] ?? '').toLowerCase().split(';')
  const text = body instanceof Uint8Array ? decoded(body) : body
  if (typeof text === 'string' && type.trim() === 'application/x-www-form-urlencoded') {
    if (new URLSearchParams(text).has(name)) throw taken(operation, name)
    const pair = new URLSearchParams({ [name]: value }).toString()
    return { ...request, body: text === '' ? pair : `${text}&${pair}` }
  }
  const object = typeof text === 'string' && /^application\/(?:[^/]+\+)?json$/.test(type.trim()) ? parsed(text) : text
  if (typeof text !== 'string' || !isRecord(object)) {
    throw new InvalidRequestError(
      `${operation}: \`${name}\` goes into the body, which is neither a form nor a JSON object. Send it as \`form\` or \`json\`.`,
    )
  }
  if (Object.hasOwn(object, name)) throw taken(operation, name)
  const member = `${JSON.stringify(name)}:${JSON.stringify(value)}`
  const open = text.trimEnd().slice(0, -1)
  return { ...request, body: Object.keys(object).length === 0 ? `{${member}}` : `${open},${member}}` }
}

function taken(operation: string, name: string): InvalidRequestError {
  return new InvalidRequestError(`${operation}: the credential writes \`${name}\` into the body; leave it out.`)
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
