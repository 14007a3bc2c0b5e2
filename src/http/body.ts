import { InvalidRequestError } from '../errors.ts'
import { encodeFields, type Fields, type FieldStyle } from './query.ts'
import type { RequestBody } from './request.ts'

/** A body together with the headers that describe it. */
export interface EncodedBody {
  readonly body: RequestBody
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Encodes a value as JSON.
 *
 * @throws {InvalidRequestError} where JSON cannot hold it: a function, a bigint, a circle.
 */
export function jsonBody(value: unknown): EncodedBody {
  let body: string | undefined
  try {
    body = JSON.stringify(value)
  } catch {
    // The cause is left out: V8 names the properties on a circle, which may be data.
  }
  if (body === undefined) {
    throw new InvalidRequestError('`json` cannot be written as JSON: it is a function, a symbol, a bigint or a circle.')
  }
  return { body, headers: { 'content-type': 'application/json' } }
}

/**
 * Encodes fields as a form.
 *
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 * @throws {InvalidRequestError} where a value cannot be written.
 */
export function formBody(fields: Fields, style?: FieldStyle): EncodedBody {
  // Brackets need no encoding in a body, and a nested form is mostly brackets.
  const body = encodeFields(fields, style).replaceAll('%5B', '[').replaceAll('%5D', ']')
  return { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } }
}
