import { Readable } from 'node:stream'
import { DecodeError } from '../errors.ts'
import { bodyText, type HttpResponse } from '../http/response.ts'
import type { SchemaIssue, StandardSchema } from './standard-schema.ts'

/** Turns a good answer into what the caller asked for. */
export type Decode<T> = (response: HttpResponse, operation: string) => T | Promise<T>

/** Reads JSON, checked by the schema if there is one; without it the type is the caller's word. */
export function json<T>(schema: StandardSchema<T> | undefined): Decode<T> {
  return (response, operation) => conform(schema, parse(response, operation), operation)
}

/** Reads the body as text. */
export const text: Decode<string> = (response) => bodyText(response)

/** Gives the body as bytes. */
export const bytes: Decode<Uint8Array> = ({ body }) => (body instanceof Uint8Array ? body : new Uint8Array())

/** Gives the body as a stream, also where a fallback answered with bytes. */
export const stream: Decode<Readable> = ({ body }) => (body instanceof Readable ? body : Readable.from([body]))

/** Takes a value for a `T`, after the schema, if there is one, found it to be one. @throws {DecodeError} */
export function conform<T>(schema: StandardSchema<T> | undefined, value: unknown, operation: string): T | Promise<T> {
  if (schema === undefined) return value as T
  const checked = schema['~standard'].validate(value)
  return checked instanceof Promise ? checked.then((result) => settle(result, operation)) : settle(checked, operation)
}

function settle<T>(result: Awaited<ReturnType<StandardSchema<T>['~standard']['validate']>>, operation: string): T {
  if (result.issues === undefined) return result.value
  // Places only: a schema's messages may repeat the values.
  throw new DecodeError(`${operation}: the answer does not fit the schema at ${places(result.issues)}.`)
}

/** An empty body is `undefined`. */
function parse(response: HttpResponse, operation: string): unknown {
  const body = bodyText(response)
  if (body.trim() === '') return undefined
  try {
    return JSON.parse(body)
  } catch {
    // The parser's own message is left out: it repeats a piece of the body.
    const type = response.headers['content-type'] ?? 'unknown type'
    const facts = { status: response.status, attempts: response.attempts, idempotencyKey: response.idempotencyKey }
    throw new DecodeError(
      `${operation}: expected JSON and got ${body.length} characters (${type}) that are none.`,
      facts,
    )
  }
}

function places(issues: readonly SchemaIssue[]): string {
  const paths = issues.slice(0, 5).map(({ path = [] }) => {
    const keys = path.map((key) => String(typeof key === 'object' ? key.key : key))
    return keys.length === 0 ? 'its root' : keys.join('.')
  })
  return issues.length > 5 ? `${paths.join(', ')} and ${issues.length - 5} more places` : paths.join(', ')
}
