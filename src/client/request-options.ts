import { Readable } from 'node:stream'
import { isRecord } from '../check.ts'
import { InvalidRequestError } from '../errors.ts'
import { formBody, jsonBody, type EncodedBody } from '../http/body.ts'
import { multipartBody } from '../http/multipart.ts'
import type { Fields, FieldStyle } from '../http/query.ts'
import type { StandardSchema } from './standard-schema.ts'

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
  /** Higher goes first, wherever calls wait: a step is worth a head start of 5 s. @default 0 */
  readonly priority?: number | undefined
  /** The most bytes of the decompressed answer. @default the transport's */
  readonly maxResponseBytes?: number | undefined
}

/** What is left to say of a call that has its query and its body. */
export type PlainOptions = Omit<RequestOptions, 'query' | 'json' | 'form' | 'multipart' | 'body'>

/** Options of a call whose answer is JSON. */
export interface CallOptions<T> extends RequestOptions {
  /** Checks the answer; without it the type is the caller's word. */
  readonly schema?: StandardSchema<T> | undefined
}

/** @throws {InvalidRequestError} where an option is unknown or holds what it cannot hold */
export function checkRequestOptions(options: RequestOptions): void {
  if (!isRecord(options)) throw new InvalidRequestError('A call takes its options as a plain object.')
  for (const [name, value] of Object.entries(options)) {
    if (!isOption(name)) {
      throw new InvalidRequestError(`A call has no option \`${name}\`. It has: ${Object.keys(rules).join(', ')}.`)
    }
    const rule = rules[name]
    if (value !== undefined && rule && !rule[0](value)) throw new InvalidRequestError(`\`${name}\` is ${rule[1]}.`)
  }
}

function isOption(name: string): name is keyof RequestOptions {
  return Object.hasOwn(rules, name)
}

type Rule = readonly [fits: (value: unknown) => boolean, what: string]

const isLimit = (value: unknown): boolean => typeof value === 'number' && value > 0
const isBody = (value: unknown): boolean =>
  ['string', 'function'].includes(typeof value) || value instanceof Uint8Array || value instanceof Readable
const fields: Rule = [isRecord, 'a plain object of fields']
const limit: Rule = [isLimit, 'a number above 0']

/** What each option must be, beyond its type: options come from JavaScript too. */
const rules: Readonly<Record<keyof RequestOptions, Rule | undefined>> = {
  query: fields,
  headers: [isRecord, 'a plain object of names and values'],
  json: undefined,
  form: fields,
  multipart: [(value) => value instanceof FormData, 'a FormData'],
  body: [isBody, 'text, bytes, a stream, or a function that opens one; use `json` for other values'],
  signal: [(value) => value instanceof AbortSignal, 'an AbortSignal'],
  attemptTimeoutMs: limit,
  deadlineMs: limit,
  // Checked where its vendor is known.
  idempotencyKey: undefined,
  idempotent: [(value) => typeof value === 'boolean', 'a boolean'],
  cost: limit,
  priority: [Number.isFinite, 'a number'],
  maxResponseBytes: limit,
}

/**
 * Encodes the body of a call, if it has one.
 *
 * @throws {InvalidRequestError} where there are two, or the one cannot be encoded
 */
export function encodeBody(options: RequestOptions, style: FieldStyle, uuid: () => string): EncodedBody | undefined {
  const { json, form, multipart, body } = options
  let given = 0
  for (const each of [json, form, multipart, body]) if (each !== undefined) given++
  if (given === 0) return undefined
  if (given > 1) {
    throw new InvalidRequestError('A call has one body: `json`, `form`, `multipart` or `body`.')
  }
  if (json !== undefined) return jsonBody(json)
  if (form !== undefined) return formBody(form, style)
  if (multipart !== undefined) return multipartBody(multipart, `hawser-${uuid()}`)
  return body === undefined ? undefined : { body, headers: {} }
}
