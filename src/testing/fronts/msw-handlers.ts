import type { RequestHandler } from 'msw'
import { ConfigurationError } from 'hawser'

/** A handler of MSW's own, such as `http.get('https://vendor.test/status', …)`. */
export interface MswHandler {
  run(args: object): unknown
}

/**
 * Asks handlers of MSW's own for an answer, without its server.
 *
 * @throws {ConfigurationError} where one is no handler
 */
export function mswHandlers(handlers: readonly MswHandler[]): (request: Request) => Promise<Response | undefined> {
  const known = handlers.filter(isHandler)
  if (known.length < handlers.length) throw new ConfigurationError('`handlers` are what `http.get(…)` of MSW returns.')
  return async (request) => {
    const { getResponse } = await import('msw')
    return getResponse(known, request)
  }
}

/** By its shape: a test may load another copy of MSW than this module does. */
function isHandler(value: MswHandler): value is MswHandler & RequestHandler {
  return typeof value?.run === 'function' && 'info' in value
}
