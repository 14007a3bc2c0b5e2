import { Buffer } from './encoding.ts'
import type { WebhookHeaders } from './reading.ts'
import { refuseParsed } from './request.ts'

/** A webhook on its way in: its body is not read yet. */
export interface IncomingWebhook {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: WebhookHeaders
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null
}

/** Reads a body, and stops as soon as it is larger than allowed: `undefined` then. */
export async function collect({ body }: IncomingWebhook, maxBytes: number): Promise<Uint8Array | undefined> {
  if (body === null) return new Uint8Array()
  if (body instanceof Uint8Array) return body.length > maxBytes ? undefined : body
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Takes a fetch request in.
 *
 * @throws {WebhookVerificationError} with `body-not-raw` where somebody has read the body already.
 */
export function fromFetch(request: Request): IncomingWebhook {
  if (request.bodyUsed) refuseParsed()
  const { method, url, headers, body } = request
  return { method, url, headers, body }
}
