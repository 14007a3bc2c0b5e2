import { Readable } from 'node:stream'
import { HttpError, RateLimitedError, type HttpErrorFacts } from '../errors.ts'
import { redactText } from '../http/redact.ts'
import type { HttpRequest } from '../http/request.ts'
import { bodyText, type HttpResponse } from '../http/response.ts'
import { retryAfterMs } from '../http/retry-after.ts'
import type { ReadThrottle } from '../http/throttled.ts'
import type { Runtime } from '../runtime.ts'

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
  readonly request: HttpRequest
  readonly errors: ErrorReading
  readonly throttled: ReadThrottle
  readonly runtime: Runtime
}

/** Makes the error for an answer that is not a success. */
export async function failureOf(answer: HttpResponse, context: FailureContext): Promise<HttpError> {
  const { request, errors, throttled, runtime } = context
  const response = await buffered(answer, request, runtime)
  const now = runtime.now()
  const { status, headers, attempts = 1, retryStop, idempotencyKey, redact = same } = response
  const body = blanked(jsonOrText(bodyText(response)), redact)
  const said = read(errors.message, body)
  const code = read(errors.code, body)
  const requestId = headers[errors.requestId?.toLowerCase() ?? 'x-request-id']
  const throttle = throttled(response, now)
  const facts: HttpErrorFacts = {
    status,
    vendorCode: code === undefined ? undefined : redactText(code),
    requestId: requestId && redact(requestId),
    retryAfterMs: throttle?.retryAfterMs ?? retryAfterMs(headers, now),
    attempts,
    retryStop,
    idempotencyKey,
  }
  const message = `${request.operation}: answered ${status}${said === undefined ? '' : `, “${redactText(said)}”`}.`
  return throttle ? new RateLimitedError(message, facts, body) : new HttpError(message, facts, body)
}

const same = (text: string): string => text

// No vendor says an error this deep down, and a server that lies must not use up the call stack.
const maxDepth = 100

/** Blanks secrets after decoding, so that no escape of JSON's hides one; what is nested deeper than anybody reads is left out. */
function blanked(value: unknown, redact: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return redact(value)
  if (depth > maxDepth) return undefined
  if (Array.isArray(value)) return value.map((item) => blanked(item, redact, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, blanked(item, redact, depth + 1)]))
}

// An error's body is short; more than this of a stream, or a longer one, is not worth the wait.
const longestErrorMs = 5_000
const maxErrorBytes = 64 * 1024

async function buffered(response: HttpResponse, { deadline }: HttpRequest, runtime: Runtime): Promise<HttpResponse> {
  const { body: stream } = response
  if (!(stream instanceof Readable)) return response
  const chunks: Uint8Array[] = []
  let size = 0
  const leftMs = deadline === undefined ? longestErrorMs : Math.max(0, deadline - runtime.now())
  const cancel = runtime.limit(Math.min(leftMs, longestErrorMs), () => stream.destroy())
  try {
    for await (const chunk of stream) {
      if (!(chunk instanceof Uint8Array) || size > maxErrorBytes) break
      chunks.push(chunk)
      size += chunk.length
    }
  } catch {
    // The status is the news; a body that breaks off changes nothing.
  } finally {
    cancel()
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
