import { InvalidRequestError, type HttpRequest } from 'hawser'

/**
 * Gives the body of a request as it can be hashed: text, bytes, or the empty text where there is none.
 *
 * `otherwise` says what the caller can do instead of sending text or bytes.
 *
 * @throws {InvalidRequestError} where the body is a stream, or opens one: reading it would use it up or cost a second read
 */
export function hashable({ body = '', operation }: HttpRequest, otherwise = ''): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  throw new InvalidRequestError(
    `${operation}: the signature covers the body, and a stream (\`multipart\` is one) cannot be hashed before it is sent. Send text or bytes${otherwise}.`,
  )
}
