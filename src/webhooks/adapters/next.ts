import type { Receiver } from '../receiver.ts'

/**
 * Makes the exports of a Next.js route handler: `export const { GET, POST } = nextRoute(receive)`.
 *
 * @see https://nextjs.org/docs/app/api-reference/file-conventions/route
 */
export function nextRoute<Events extends object>(
  receive: Receiver<Events>,
): Readonly<Record<'GET' | 'POST', (request: Request) => Promise<Response>>> {
  const handle = (request: Request): Promise<Response> => receive(request)
  return { GET: handle, POST: handle }
}
