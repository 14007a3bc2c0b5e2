import { ConfigurationError } from 'hawser'

/** Answers a request that was caught; `undefined` leaves it to others. */
export type Answer = (request: Request) => Promise<Response | undefined>

/** Puts MSW between the process and the network until closed. */
export interface Front {
  close(): void
}

/**
 * Starts MSW, which is loaded here and nowhere else.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export async function mswFront(answer: Answer, isOthers: (request: Request) => boolean): Promise<Front> {
  const [{ http }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')]).catch(() => {
    throw new ConfigurationError('`hawser/testing` needs MSW: `npm install --save-dev msw`.')
  })
  // One handler: MSW tries all of them in turn, and its list of routes would cost more than the call.
  const server = setupServer(http.all('*', ({ request }) => answer(request)))
  const onUnhandled = ({ method, url }: Request): void => {
    const request = new Request(url, { method })
    if (!isOthers(request)) throw unhandled(method, url)
  }
  // MSW 3 calls the option by another name and ignores the old one in silence.
  const options = { onUnhandledRequest: onUnhandled, onUnhandledFrame: onUnhandled }
  server.listen(options)
  return { close: () => server.close() }
}

/**
 * Makes the error for a request that nobody answers. MSW passes an error on as it is only where it has a `code` and an
 * `errno`; anything else becomes a status 500, which a client would retry.
 */
export function unhandled(method: string, url: string): Error {
  const { origin, pathname } = new URL(url)
  const message = `No simulator answers ${method} ${origin}${pathname}. Nothing was sent to the network.`
  return Object.assign(new Error(message), { code: 'UNHANDLED_REQUEST', errno: -1 })
}
