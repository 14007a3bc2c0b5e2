import type { ServerResponse } from 'node:http'
import type { Receiver } from '../receiver.ts'
import { nodeListener, type NodeRequest } from './node.ts'

/**
 * Makes a handler for Express 4 and 5: `app.post('/webhooks/github', expressHandler(receive))`, before `express.json()` or
 * behind `express.raw({ type: '*\/*' })`. A body that was parsed goes to the error handler as `body-not-raw`.
 */
export function expressHandler<Events extends object>(
  receive: Receiver<Events>,
): (request: NodeRequest, response: ServerResponse, next: (error?: unknown) => void) => Promise<void> {
  const listen = nodeListener(receive)
  return async function webhook(request, response, next) {
    try {
      await listen(request, response)
    } catch (error) {
      next(error)
    }
  }
}
