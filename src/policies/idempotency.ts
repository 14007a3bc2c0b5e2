import { checkOptions } from '../check.ts'
import { InvalidRequestError, isHawserError } from '../errors.ts'
import { withHeader } from '../http/headers.ts'
import { described, type Policy } from '../http/policy.ts'

/** How a vendor recognises a repeated write. */
export interface IdempotencyOptions {
  /** The request header, such as `Idempotency-Key`. */
  readonly header: string
  /** The methods for which the vendor honours it. @default `['POST']` */
  readonly methods?: readonly string[]
  /** @default 255 */
  readonly maxLength?: number
}

/**
 * Gives every write one key, the same on every attempt, so that a repeated write is done once.
 *
 * A caller's own key is sent as it is. Only for vendors that honour the header: anywhere else a key would promise what
 * nobody keeps.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header
 * @throws {InvalidRequestError} where a caller's key is empty, too long or not printable ASCII
 */
export function idempotency(options: IdempotencyOptions): Policy {
  checkOptions('idempotency', options, ['header', 'methods', 'maxLength'])
  const { methods = ['POST'], maxLength = 255 } = options
  const header = options.header.toLowerCase()
  return described({ name: 'idempotency', header, methods }, (next, runtime) => {
    return async function idempotency(request) {
      if (!methods.includes(request.method)) return next(request)
      const idempotencyKey = request.idempotencyKey ?? request.headers[header] ?? runtime.uuid()
      if (!/^[\x21-\x7e]+$/.test(idempotencyKey) || idempotencyKey.length > maxLength) {
        const message = `${request.operation}: \`idempotencyKey\` is 1 to ${maxLength} printable ASCII characters without spaces.`
        throw new InvalidRequestError(message)
      }
      const headers = withHeader(request.headers, header, idempotencyKey)
      try {
        const response = await next({ ...request, headers, idempotencyKey, idempotent: true })
        // No spread, see `withHeader`.
        return Object.assign({}, response, { idempotencyKey })
      } catch (error) {
        // The caller may want to send the same write again later, under the same key.
        if (isHawserError(error)) error.add({ idempotencyKey })
        throw error
      }
    }
  })
}
