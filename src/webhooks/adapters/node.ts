import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IncomingWebhook } from '../incoming.ts'
import type { Receiver } from '../receiver.ts'
import { refuseParsed } from '../request.ts'
import type { Answer } from '../source.ts'

/** A request of Node's, or of a framework that adds to it. */
export interface NodeRequest extends IncomingMessage {
  /** What a body parser left. */
  readonly body?: unknown
  /** The path before a router cut its mount point off. */
  readonly originalUrl?: string
}

/** Makes a listener for `http.createServer`. It answers every request, whatever the path. */
export function nodeListener<Events extends object>(
  receive: Receiver<Events>,
): (request: NodeRequest, response: ServerResponse) => Promise<void> {
  return async function webhook(request, response) {
    write(response, await receive.handle(fromNode(request)))
  }
}

/**
 * Takes a request of Node's in, by its raw headers and its unread stream.
 *
 * @throws {WebhookVerificationError} with `body-not-raw` where a parser was faster.
 */
export function fromNode(request: NodeRequest): IncomingWebhook {
  const { method = 'GET', rawHeaders, headers, body: parsed } = request
  if (!(parsed instanceof Uint8Array) && (request.readableEnded || (parsed !== undefined && parsed !== null)))
    refuseParsed()
  const scheme = 'encrypted' in request.socket && request.socket.encrypted === true ? 'https' : 'http'
  const url = `${scheme}://${headers.host ?? 'localhost'}${request.originalUrl ?? request.url ?? '/'}`
  // The stream is not destroyed when reading stops early: the answer still has to go out on its socket.
  const body = parsed instanceof Uint8Array ? parsed : request.iterator({ destroyOnReturn: false })
  return { method, url, headers: rawHeaders, body }
}

/** Writes an answer; after a refusal the rest of the body is not waited for. */
function write(response: ServerResponse, { status, headers, body }: Answer): void {
  if (status === 413) response.setHeader('connection', 'close')
  response.writeHead(status, headers).end(status === 204 ? undefined : body)
}
