import type { Readable } from 'node:stream'
import { AttemptController, type EndSignal } from '../abort.ts'

/** Header names are lower case. Several values of one name are joined by `, `. */
export type HeaderMap = Readonly<Record<string, string>>

/**
 * What is sent. Text, bytes and a function that opens a stream can be sent again; a stream that is open already is read
 * once, so that such a request is never retried.
 */
export type RequestBody = string | Uint8Array | (() => Readable) | Readable

/** One request as a plain value; a policy that changes it passes on a copy. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** Absolute, with the query. */
  readonly url: string
  readonly headers: HeaderMap
  readonly body?: RequestBody | undefined
  /** The method and the URL template, such as `GET /repos/{owner}/{repo}`: for errors, events and quota buckets. */
  readonly operation: string
  /** Whether sending it twice does the same as sending it once. */
  readonly idempotent: boolean
  /** One key for the whole call, the same on every attempt. */
  readonly idempotencyKey?: string | undefined
  /** When the whole call must be over. Milliseconds since the Unix epoch. */
  readonly deadline?: number | undefined
  /** How long one attempt may take, where the call differs from the client's setting. Milliseconds. */
  readonly attemptTimeoutMs?: number | undefined
  /** The caller's signal. A transport obeys {@link signalOf}. */
  readonly signal?: AbortSignal | undefined
  /** Ends this one attempt, at its time limit or with the caller's signal. */
  readonly controller?: AbortController | undefined
  /** What the call costs of the vendor's quota. @default 1 */
  readonly cost?: number | undefined
  /** Higher goes first, wherever calls wait: a step is worth a head start of 5 s. @default 0 */
  readonly priority?: number | undefined
  /** Asks for the answer's body as a stream. @default false */
  readonly stream?: boolean | undefined
  /** The most bytes of a decompressed, buffered answer. @default the transport's */
  readonly maxResponseBytes?: number | undefined
  /** What the credential put on the request and no error may repeat; set by `Credential.apply`. */
  readonly secrets?: readonly string[] | undefined
  /** Sends no credential; set where a redirect leads to an origin that must not see it. */
  readonly anonymous?: boolean | undefined
}

/** Gives the signal that a transport has to obey: that of the attempt, which follows the caller's, or the caller's own. */
export function signalOf({ controller, signal }: HttpRequest): AbortSignal | undefined {
  return controller?.signal ?? signal
}

/** Gives the same as {@link signalOf}, with the least that a transport needs; costs nothing where no signal was made yet. */
export function endOf({ controller, signal }: HttpRequest): EndSignal | undefined {
  return controller instanceof AttemptController ? controller : (controller?.signal ?? signal)
}

/** Tells whether a body can be sent a second time. */
export function isReplayable(body: RequestBody | undefined): boolean {
  return body === undefined || typeof body === 'string' || body instanceof Uint8Array || typeof body === 'function'
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** Tells whether HTTP defines a method as idempotent. */
export function isIdempotentMethod(method: string): boolean {
  return idempotentMethods.has(method)
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 */
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Tells whether a call may change something: its method is no safe one. A POST that may be repeated without a key is a read, as a
 * query of GraphQL or a listing by POST.
 */
export function isWrite({ method, idempotent, idempotencyKey }: HttpRequest): boolean {
  return method === 'POST' ? !idempotent || idempotencyKey !== undefined : !safeMethods.has(method)
}
