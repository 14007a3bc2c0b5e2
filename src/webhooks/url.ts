import { parse, stringify } from 'node:querystring'
import { formFields, sortedPairs, type FormField } from './form.ts'
import type { Reading } from './reading.ts'
import { bodyText, refuse } from './request.ts'

// Half of a surrogate pair cannot be escaped.
const halfPair = /\p{Surrogate}/u

/** Gives the URL as it was given, which must be there and absolute. */
export function exactUrl({ url }: Reading): string {
  if (typeof url !== 'string' || url === '') return refuse('missing-url')
  return URL.canParse(url) && !halfPair.test(url) ? url : refuse('malformed-url')
}

/** Gives the URL up to its query. */
export function urlWithoutQuery(reading: Reading): string {
  return splitUrl(exactUrl(reading))[0]
}

/** The escapes that HubSpot undoes. @see https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests */
const escapes = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi

/** Gives the URL with the escapes of `: / ? @ ! $ ' ( ) * , ;` undone. */
export function urlDecoded(reading: Reading): string {
  return exactUrl(reading).replace(escapes, (escape) => decodeURIComponent(escape))
}

/** Gives the URL with its query decoded and sorted, followed by the sorted fields of the form. */
export function urlSorted(reading: Reading): string {
  const [base, query] = splitUrl(exactUrl(reading))
  const inQuery = sortedPairs(formFields(query, 'malformed-url'), false).map(([name, value]) => `${name}=${value}`)
  const inForm = reading.method === 'GET' ? [] : sortedPairs(formOf(reading), false)
  const form = inForm.map((pair) => pair.join('')).join('')
  const mark = inQuery.length > 0 || form !== '' ? '?' : ''
  return base + mark + inQuery.join('&') + (inQuery.length > 0 && form !== '' ? '.' : '') + form
}

function formOf({ body }: Reading): readonly FormField[] {
  return formFields(bodyText(body))
}

/** Gives path and query, escaped once more, as Contentful signs them. */
export function pathEncoded(reading: Reading): string {
  const [base, query] = splitUrl(exactUrl(reading))
  return encodeURI(pathOf(base) + (query === '' ? '' : `?${encodeURIComponent(query)}`))
}

function pathOf(base: string): string {
  return base.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/'
}

/**
 * Gives `METHOD&path&query` with the query sorted, as Atlassian Connect hashes it.
 *
 * @see https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/#creating-a-query-string-hash
 */
export function canonicalRequest(reading: Reading, basePath = ''): string {
  const [base, query] = splitUrl(exactUrl(reading))
  const full = pathOf(base)
  const own = basePath !== '' && full.startsWith(basePath) ? full.slice(basePath.length) : full
  const path = `/${own.replace(/^\//, '')}`.replaceAll('&', '%26').replace(/(.)\/$/, '$1')
  const values = new Map<string, string[]>()
  for (const [name, value] of formFields(query, 'malformed-url')) {
    if (name !== 'jwt') values.set(name, [...(values.get(name) ?? []), value])
  }
  const sorted = [...values.keys()]
    .toSorted()
    .map((name) => `${percent(name)}=${(values.get(name) ?? []).toSorted().map(percent).join(',')}`)
  return `${reading.method}&${path}&${sorted.join('&')}`
}

function percent(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Gives the spellings that Twilio may have signed: with and without the port, with the query as sent and as escaped.
 *
 * @see https://www.twilio.com/docs/usage/security#notes
 */
export function urlSpellings(reading: Reading): readonly string[] {
  const given = exactUrl(reading)
  const normal = new URL(given).toString()
  const [base, query] = splitUrl(normal)
  const spellings = [given, normal, query === '' ? normal : `${base}?${stringify(parse(query))}`]
  return [...new Set(spellings.flatMap((one) => [withPort(one, ''), withPort(one, undefined)]))]
}

/** Replaces the port, or adds the scheme's own where there is none. */
function withPort(text: string, port: string | undefined): string {
  const match = /^(https?:\/\/)((?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:@]*))(:\d*)?(.*)$/is.exec(text)
  if (!match) return text
  const [, scheme = '', host = '', given = '', rest = ''] = match
  const own = given || (scheme.toLowerCase() === 'https://' ? ':443' : ':80')
  return scheme + host + (port ?? own) + rest
}

function splitUrl(text: string): readonly [base: string, query: string] {
  const [bare = ''] = text.split('#', 1)
  const at = bare.indexOf('?')
  return at < 0 ? [bare, ''] : [bare.slice(0, at), bare.slice(at + 1)]
}
