import type { Receiver } from '../receiver.ts'

/** What is used of Hono's context. */
export interface HonoContext {
  readonly req: { readonly raw: Request }
}

/** Makes a handler for Hono: `app.post('/webhooks/github', honoHandler(receive))`. */
export function honoHandler<Events extends object>(
  receive: Receiver<Events>,
): (context: HonoContext) => Promise<Response> {
  return function webhook({ req }) {
    return receive(req.raw)
  }
}
