import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { formFields, sortedPairs } from './form.ts'
import { bodyText, fieldText, header, queryValue, refuse, type Reading } from './request.ts'
import type { Covered, DerivedPart, MessageScheme, Part } from './scheme.ts'
import { canonicalRequest, exactUrl, pathEncoded, urlDecoded, urlSorted, urlWithoutQuery } from './url.ts'

/** What was found in a request and what the receiver knows. */
export interface Facts {
  readonly id?: string | undefined
  readonly timestamp?: string | undefined
  /** Stands in for the URL, where several spellings are tried. */
  readonly url?: string | undefined
  /** The body is vouched for by its digest in the query. */
  readonly digested?: boolean
  readonly values?: Readonly<Record<string, string>> | undefined
}

/** A stretch of signed content; `undefined` is the secret's place. */
export type Chunk = string | Uint8Array | undefined

/** Puts together what was signed; texts that follow each other become one, since each chunk costs a call. */
export function contentOf(parts: readonly Part[], reading: Reading, facts: Facts): readonly Chunk[] {
  const chunks: Chunk[] = []
  let text = ''
  for (const part of parts) {
    const piece = chunk(part, reading, facts)
    if (typeof piece === 'string') {
      text += piece
      continue
    }
    if (text !== '') chunks.push(text)
    chunks.push(piece)
    text = ''
  }
  if (text !== '') chunks.push(text)
  return chunks
}

function chunk(part: Part, reading: Reading, facts: Facts): Chunk {
  if (typeof part === 'string') return part
  if ('header' in part) return header(reading, part.header) ?? refuse('missing-header')
  if ('value' in part) return facts.values?.[part.value] ?? ''
  if ('lines' in part) return part.lines.map((name) => line(reading, name)).join('')
  if ('field' in part) return fieldText(reading.root(), part.field) ?? (part.optional ? '' : refuse('malformed-body'))
  switch (part.of) {
    case 'body':
      return reading.body
    case 'timestamp':
      return facts.timestamp ?? refuse('missing-timestamp')
    case 'id':
      return facts.id ?? refuse('missing-id')
    case 'method':
      return reading.method
    case 'url':
      return facts.url ?? exactUrl(reading)
    case 'secret':
      return undefined
    case 'crc32':
      return String(crc32(Buffer.from(reading.body)))
    case 'form':
      return facts.digested ? '' : form(reading)
    case 'url-without-query':
      return urlWithoutQuery(reading)
    case 'url-decoded':
      return urlDecoded(reading)
    case 'url-sorted':
      return urlSorted(reading)
    case 'path-encoded':
      return pathEncoded(reading)
    case 'canonical-request':
      return canonicalRequest(reading, facts.values?.['basePath'])
    case 'listed-headers':
      return listedHeaders(reading)
  }
}

function line(reading: Reading, name: string): string {
  const value = fieldText(reading.root(), name)
  return value === undefined ? '' : `${name}\n${value}\n`
}

function form({ body }: Reading): string {
  return sortedPairs(formFields(bodyText(body)), true)
    .map(([name, value]) => name + value)
    .join('')
}

const listHeader = 'x-contentful-signed-headers'

/** Gives `name:value;…` of the headers that the request lists; the list itself and the time must be among them. */
function listedHeaders(reading: Reading): string {
  const names = (header(reading, listHeader) ?? refuse('missing-header'))
    .split(',')
    .map((name) => name.trim().toLowerCase())
  if (names.length > 50) refuse('malformed-signature')
  if (!names.includes(listHeader) || !names.includes('x-contentful-timestamp')) refuse('missing-header')
  return names
    .toSorted()
    .map((name) => `${name}:${header(reading, name) ?? refuse('missing-header')}`)
    .join(';')
}

/** Checks the body against the digest in the query; `false` where the query names none. */
export function checkBodyDigest(reading: Reading, query: string): boolean {
  const digest = queryValue(reading, query)
  if (digest === undefined) return false
  return createHash('sha256').update(reading.body).digest('hex') === digest || refuse('signature-mismatch')
}

const covers: Readonly<Record<DerivedPart, readonly Covered[]>> = {
  secret: [],
  body: ['body'],
  timestamp: ['timestamp'],
  id: ['id'],
  method: ['method'],
  url: ['url'],
  crc32: ['body-checksum'],
  form: ['form'],
  'url-without-query': ['url'],
  'url-decoded': ['url'],
  'url-sorted': ['url', 'form'],
  'path-encoded': ['url'],
  'canonical-request': ['method', 'url'],
  'listed-headers': ['headers'],
}

/** Tells what a signature over these parts vouches for. */
export function coverage(parts: readonly Part[]): readonly Covered[] {
  const all: Covered[] = []
  for (const part of parts) for (const one of coveredBy(part)) if (!all.includes(one)) all.push(one)
  return all
}

function coveredBy(part: Part): readonly Covered[] {
  if (typeof part === 'string' || 'value' in part) return []
  if ('of' in part) return covers[part.of]
  return 'header' in part ? ['headers'] : ['fields']
}

/** Tells what a message's signature vouches for. */
export function coverageOf(scheme: MessageScheme, digested: boolean): readonly Covered[] {
  const parts = coverage(scheme.signed)
  return digested ? [...parts.filter((part) => part !== 'form'), 'body'] : parts
}
