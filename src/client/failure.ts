import { Readable } from 'node:stream'
import { HttpError, RateLimitedError, type HttpErrorFacts } from '../errors.ts'
import { redactText } from '../http/redact.ts'
import { bodyText, type HttpResponse } from '../http/response.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import type { ReadThrottle } from '../http/throttled.ts'

/** An error body as a vendor's profile reads it: `body?.error?.message`, whatever is or is not there. */
export type ErrorBody = { readonly [name: string]: ErrorBody } | undefined

/** Where a vendor puts what an error says. */
export interface ErrorReading {
  readonly message?: (body: ErrorBody) => unknown
  readonly code?: (body: ErrorBody) => unknown
  /** The response header with the vendor's id of the request. @default 'x-request-id' */
  readonly requestId?: string
}

/** What a failure is read with. */
export interface FailureContext {
  readonly operation: string
  readonly errors: ErrorReading
  readonly throttled: ReadThrottle
  readonly now: number
}

/** Makes the error for an answer that is not a success. */
export async function failureOf(answer: HttpResponse, context: FailureContext): Promise<HttpError> {
  const { operation, errors, throttled, now } = context
  const response = await buffered(answer)
  const { status, headers, attempts = 1, retryStop, idempotencyKey } = response
  const body = jsonOrText(bodyText(response))
  const said = read(errors.message, body)
  const throttle = throttled(response, now)
  const facts: HttpErrorFacts = {
    status,
    vendorCode: read(errors.code, body),
    requestId: headers[errors.requestId?.toLowerCase() ?? 'x-request-id'],
    retryAfterMs: throttle?.retryAfterMs ?? retryAfterMs(headers, now),
    attempts,
    retryStop,
    idempotencyKey,
  }
  const message = `${operation}: answered ${status}${said === undefined ? '' : `, “${redactText(said)}”`}.`
  return throttle ? new RateLimitedError(message, facts, body) : new HttpError(message, facts, body)
}

// An error's body is short; more than this of a stream is not worth the wait.
const maxErrorBytes = 64 * 1024

async function buffered(response: HttpResponse): Promise<HttpResponse> {
  if (!(response.body instanceof Readable)) return response
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of response.body) {
      if (!(chunk instanceof Uint8Array) || size > maxErrorBytes) break
      chunks.push(chunk)
      size += chunk.length
    }
  } catch {
    // The status is the news; a body that breaks off changes nothing.
  }
  return { ...response, body: Buffer.concat(chunks) }
}

function jsonOrText(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

function read(reader: ((body: ErrorBody) => unknown) | undefined, body: unknown): string | undefined {
  if (!reader || typeof body !== 'object' || body === null) return undefined
  try {
    // The reader's view of a body is "anything may be missing"; what it finds is checked here.
    const value = reader(body as ErrorBody)
    return typeof value === 'string' && value !== '' ? value : undefined
  } catch {
    return undefined
  }
}
