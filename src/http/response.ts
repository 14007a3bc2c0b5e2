import { Readable } from 'node:stream'
import type { RetryStop } from '../errors.ts'
import type { HeaderMap } from './request.ts'

/** The vendor's answer, whatever its status. */
export interface HttpResponse {
  readonly status: number
  readonly headers: HeaderMap
  /** Decompressed. A stream where the request asked for one. */
  readonly body: Uint8Array | Readable
  /** How many times the request was sent, as counted by `retry`. @default 1 */
  readonly attempts?: number | undefined
  /** Why `retry` returned this failure and did not send again. */
  readonly retryStop?: RetryStop | undefined
  /** The key under which the vendor knows this write. */
  readonly idempotencyKey?: string | undefined
  /** Blanks the credential that the request carried in what a failure says; set by `authenticate`. */
  readonly redact?: ((text: string) => string) | undefined
  /** Set where the vendor could not answer and this is a kept answer. Milliseconds since it was new. */
  readonly staleMs?: number | undefined
}

/** Tells whether a status means success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/** Gives up an answer that nobody will read; left open, a stream would hold its connection. */
export function discard({ body }: HttpResponse): void {
  if (body instanceof Readable) body.destroy()
}

/** Gives a buffered body as text; a stream gives the empty string, since reading it would use it up. */
export function bodyText({ body }: HttpResponse): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
}

/** Tells whether a buffered body holds a text, at a fraction of what decoding it costs. */
export function bodyMentions({ body }: HttpResponse, text: string): boolean {
  return body instanceof Uint8Array && Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(text)
}
