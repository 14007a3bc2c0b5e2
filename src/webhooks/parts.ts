import { crc32 } from 'node:zlib'
import { Buffer } from './encoding.ts'
import { formFields, sortedPairs } from './form.ts'
import type { Reading } from './reading.ts'
import { bodyText, fieldText, headerOf, refuse } from './request.ts'
import type { DerivedPart, FactPart } from './scheme.ts'
import { canonicalRequest, exactUrl, pathEncoded, urlDecoded, urlSorted, urlWithoutQuery } from './url.ts'

/** The body's bytes. */
export const body: FactPart = { covers: ['body'], fact: 'body' }

/** The text of the timestamp. */
export const timestamp: FactPart = { covers: ['timestamp'], fact: 'timestamp' }

/** The text of the id. */
export const id: FactPart = { covers: ['id'], fact: 'id' }

/** The method, in upper case. */
export const method: DerivedPart = { covers: ['method'], read: (reading) => reading.method }

/** The URL, as it was given or in one of its spellings. */
export const url: DerivedPart = { covers: ['url'], read: (reading, facts) => facts.url ?? exactUrl(reading) }

/** The secret itself, for digests without a key. */
export const secret: DerivedPart = { covers: [], read: () => undefined }

/** The body's CRC-32, in decimal. */
export const checksum: DerivedPart = {
  covers: ['body-checksum'],
  read: (reading) => String(crc32(Buffer.from(reading.body))),
}

/** Names and values of the form, sorted and put together; empty where a digest vouches for the body. */
export const form: DerivedPart = {
  covers: ['form'],
  read: ({ body: bytes }, { digested }) =>
    digested
      ? ''
      : sortedPairs(formFields(bodyText(bytes)), true)
          .map((pair) => pair.join(''))
          .join(''),
}

/** `Name\nvalue\n` for each field of the JSON body that is there. */
export function lines(...names: readonly string[]): DerivedPart {
  return { covers: ['fields'], read: (reading) => names.map((name) => line(reading.root(), name)).join('') }
}

function line(root: unknown, name: string): string {
  const value = fieldText(root, name)
  return value === undefined ? '' : `${name}\n${value}\n`
}

/** The URL up to its query. */
export const bareUrl: DerivedPart = { covers: ['path'], read: urlWithoutQuery }

/** The URL with the escapes of `: / ? @ ! $ ' ( ) * , ;` undone. */
export const decodedUrl: DerivedPart = { covers: ['url'], read: urlDecoded }

/** The URL with its query sorted, then the form. */
export const sortedUrl: DerivedPart = { covers: ['url', 'form'], read: urlSorted }

/** Path and query, escaped once more. */
export const encodedPath: DerivedPart = { covers: ['url'], read: pathEncoded }

/** `METHOD&path&sorted query`. */
export const canonical: DerivedPart = {
  covers: ['method', 'url'],
  read: (reading, { values }) => canonicalRequest(reading, values?.['basePath']),
}

/** `name:value;…` of the headers that the header `list` names; itself and all of `required` must be among them. */
export function listedHeaders(list: string, required: readonly string[]): DerivedPart {
  const read = (reading: Reading): string => {
    const names = (headerOf(reading, list) ?? refuse('missing-header')).toLowerCase().split(',')
    if (names.length > maxListed || ![list, ...required].every((name) => names.includes(name))) refuse('missing-header')
    return names
      .toSorted()
      .map((name) => `${name}:${(headerOf(reading, name) ?? refuse('missing-header')).trim()}`)
      .join(';')
  }
  return { covers: ['headers'], read }
}

/** How many headers a list may name. */
const maxListed = 50
