import type { Receiver } from '../receiver.ts'
import { fromNode, type NodeRequest } from './node.ts'

/** What is used of a Fastify instance. */
export interface FastifyScope {
  removeAllContentTypeParsers(): void
  addContentTypeParser(
    type: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown
  all(path: string, handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>): unknown
}

interface FastifyRequest {
  readonly raw: NodeRequest
}

interface FastifyReply {
  code(status: number): FastifyReply
  headers(headers: Record<string, string>): FastifyReply
  send(body?: string): unknown
}

/**
 * Makes a Fastify plugin that answers on one path: `app.register(fastifyPlugin(receive, '/webhooks/github'))`.
 *
 * The plugin's own scope leaves the body unread; the parsers of all other routes stay as they are.
 */
export function fastifyPlugin<Events extends object>(
  receive: Receiver<Events>,
  path: string,
): (scope: FastifyScope) => Promise<void> {
  return async function webhook(scope) {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.all(path, async (request, reply) => {
      const { status, headers, body } = await receive.handle(fromNode(request.raw))
      const closing = status === 413 ? { connection: 'close' } : {}
      return reply
        .code(status)
        .headers({ ...headers, ...closing })
        .send(status === 204 ? undefined : body)
    })
  }
}
