import type { Readable } from 'node:stream'
import { InvalidRequestError } from '../errors.ts'
import { formBody, jsonBody, type EncodedBody } from '../http/body.ts'
import { multipartBody } from '../http/multipart.ts'
import type { ArrayStyle, Fields } from '../http/query.ts'

/** What a caller may say of one call. */
export interface RequestOptions {
  readonly query?: Fields | undefined
  /** `undefined` leaves out a header that the client would send. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** A value to send as JSON. One of `json`, `form`, `multipart` and `body`. */
  readonly json?: unknown
  /** Fields to send as a form. */
  readonly form?: Fields | undefined
  /** Fields and files; `await fs.openAsBlob(path)` streams a large file. */
  readonly multipart?: FormData | undefined
  /** Text, bytes, a function that opens a stream, or an open stream, which is sent once and never retried. */
  readonly body?: string | Uint8Array | (() => Readable) | Readable | undefined
  /** Ends the call early, in whatever it waits for. */
  readonly signal?: AbortSignal | undefined
  /** How long one attempt may take. Milliseconds. @default the client's */
  readonly attemptTimeoutMs?: number | undefined
  /** How long the call may take in all. Milliseconds. @default the client's */
  readonly deadlineMs?: number | undefined
  /** The key under which the vendor recognises this write. @default one made for the call, where the vendor honours keys */
  readonly idempotencyKey?: string | undefined
  /** Whether sending it twice does no harm, where the method does not tell: a search by POST. @default by the method */
  readonly idempotent?: boolean | undefined
  /** What the call costs of the quota. @default 1 */
  readonly cost?: number | undefined
  /** Higher goes first. @default 0 */
  readonly priority?: number | undefined
  /** The most bytes of the decompressed answer. @default the transport's */
  readonly maxResponseBytes?: number | undefined
}

const known: Readonly<Record<keyof RequestOptions, true>> = {
  query: true,
  headers: true,
  json: true,
  form: true,
  multipart: true,
  body: true,
  signal: true,
  attemptTimeoutMs: true,
  deadlineMs: true,
  idempotencyKey: true,
  idempotent: true,
  cost: true,
  priority: true,
  maxResponseBytes: true,
}

/** @throws {InvalidRequestError} where an option is unknown or holds what it cannot hold; `more` are the method's own. */
export function checkRequestOptions(options: RequestOptions, more: readonly string[] = []): void {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name) && !more.includes(name)) {
      const names = [...Object.keys(known), ...more].join(', ')
      throw new InvalidRequestError(`A call has no option \`${name}\`. It has: ${names}.`)
    }
  }
  for (const name of ['attemptTimeoutMs', 'deadlineMs', 'maxResponseBytes', 'cost'] as const) {
    const value = options[name]
    if (value !== undefined && !(typeof value === 'number' && value > 0)) {
      throw new InvalidRequestError(`\`${name}\` is a number above 0.`)
    }
  }
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    throw new InvalidRequestError('`signal` is an AbortSignal.')
  }
}

/**
 * Encodes the body of a call, if it has one.
 *
 * @throws {InvalidRequestError} where there are two, or the one cannot be encoded
 */
export function encodeBody(
  options: RequestOptions,
  arrays: ArrayStyle | undefined,
  uuid: () => string,
): EncodedBody | undefined {
  const { json, form, multipart, body } = options
  if ([json, form, multipart, body].filter((given) => given !== undefined).length > 1) {
    throw new InvalidRequestError('A call has one body: `json`, `form`, `multipart` or `body`.')
  }
  if (json !== undefined) return jsonBody(json)
  if (form !== undefined) return formBody(form, arrays)
  if (multipart !== undefined) return multipartBody(multipart, `hawser-${uuid()}`)
  return body === undefined ? undefined : { body, headers: {} }
}
