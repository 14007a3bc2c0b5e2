import { isHawserError } from '../errors.ts'
import type { Send } from '../http/policy.ts'
import { summarize } from '../http/redact.ts'
import type { HttpRequest } from '../http/request.ts'
import { isGood, throttledByStatus, type ReadThrottle } from '../http/throttled.ts'
import { wasSent } from '../policies/outcome.ts'
import { errorCode } from '../policies/report.ts'
import type { Runtime } from '../runtime.ts'
import type { WithResponse } from './call.ts'
import type { Decode } from './decode.ts'
import { failureOf, type ErrorReading } from './failure.ts'

/** What it takes to carry a call out. */
export interface Execution {
  readonly vendor: string
  /** The whole policy stack over a transport. */
  readonly send: Send
  readonly runtime: Runtime
  readonly errors?: ErrorReading | undefined
  readonly throttled?: ReadThrottle | undefined
}

const plain: ErrorReading = {}

/**
 * Sends a request, decodes the answer and tells how it went: one `call` event for each call.
 *
 * `answers` says what is decoded: a success only, or any answer at all.
 *
 * @throws {HawserError} with the facts of the call on it, where there is no good answer
 */
export async function execute<T>(
  request: HttpRequest,
  decode: Decode<T>,
  execution: Execution,
  answers: 'success' | 'any' = 'success',
): Promise<WithResponse<T>> {
  const { vendor, send, runtime, errors = plain, throttled = throttledByStatus } = execution
  const { operation } = request
  // For events only.
  const since = runtime.emit ? runtime.now() : 0
  try {
    const response = await send(request)
    if (answers === 'success' && !isGood(response, throttled, runtime.now())) {
      throw await failureOf(response, { request, errors, throttled, runtime })
    }
    const decoded = decode(response, operation)
    const data = decoded instanceof Promise ? await decoded : decoded
    if (runtime.emit) {
      const at = runtime.now()
      const { status, attempts = 1 } = response
      runtime.emit({ type: 'call', vendor, operation, at, durationMs: at - since, status, attempts })
    }
    return { data, response }
  } catch (error) {
    throw told(error, request, execution, since)
  }
}

/** Puts the facts of the call onto its error, and tells of it. Apart, so that a call that goes well holds none of its variables. */
function told(error: unknown, request: HttpRequest, { vendor, runtime }: Execution, since: number): unknown {
  const { operation, idempotencyKey } = request
  const at = runtime.now()
  const event = { type: 'call', vendor, operation, at, durationMs: at - since } as const
  if (!isHawserError(error)) {
    runtime.emit?.({ ...event, error: errorCode(error), attempts: 0 })
    return error
  }
  const sent = wasSent({ error }) ? 1 : 0
  error.add({ vendor, operation, attempts: sent, idempotencyKey, request: summarize(request) })
  const { code, status, attempts = 0, requestId, retryStop } = error
  const result = { error: code, ...(status !== undefined && { status }) }
  runtime.emit?.({ ...event, attempts, requestId, retryStop, ...result })
  return error
}
