import type { Receiver } from '../receiver.ts'
import { fromNode, type NodeRequest } from './node.ts'

/** What is used of Koa's context. */
export interface KoaContext {
  readonly req: NodeRequest
  status: number
  body: unknown
  set(headers: Record<string, string>): void
}

/** Makes a middleware for Koa, to stand before any body parser. It answers every request that reaches it. */
export function koaMiddleware<Events extends object>(
  receive: Receiver<Events>,
): (context: KoaContext) => Promise<void> {
  return async function webhook(context) {
    const { status, headers, body } = await receive.handle(fromNode(context.req))
    context.status = status
    context.body = status === 204 ? null : body
    context.set({ ...headers, ...(status === 413 && { connection: 'close' }) })
  }
}
