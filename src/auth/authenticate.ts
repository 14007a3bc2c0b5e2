import { InvalidRequestError } from '../errors.ts'
import { described, type Policy } from '../http/policy.ts'
import { isReplayable, type HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Credential } from './credential.ts'

/** Options of {@link authenticate}. */
export interface AuthenticateOptions {
  readonly credential: Credential
  /** The only origins that get the credential, such as `https://api.github.com`. */
  readonly origins: readonly string[]
}

/**
 * Adds the credential to each request for the vendor's own origins, and sends a request that was answered with 401 once
 * more where there is a newer credential. A 403 is an answer: it says that the credential is known and not enough.
 *
 * @throws {InvalidRequestError} for any other origin, before anything is sent
 */
export function authenticate(options: AuthenticateOptions): Policy {
  const { credential, origins } = options
  // With the slash, `https://api.example.com.evil.org` does not begin like `https://api.example.com`.
  const prefixes = origins.map((origin) => `${origin}/`)
  return described({ name: 'authenticate', credential: credential.kind, origins }, (next, runtime) => {
    return async function authenticate(request) {
      if (request.anonymous) return next(request)
      if (!prefixes.some((prefix) => request.url.startsWith(prefix))) {
        throw new InvalidRequestError(
          `${request.operation}: the credential is not for this origin; it is for ${origins.join(', ')}.`,
        )
      }
      const first = await credential.apply(request)
      const response = await next(first)
      if (response.status !== 401 || !credential.renew || !isReplayable(request.body))
        return withoutEcho(response, request, first)

      const renewed = await credential.renew(first)
      runtime.emit?.({ type: 'renew', operation: request.operation, at: runtime.now(), renewed })
      if (!renewed) return withoutEcho(response, request, first)
      const second = await credential.apply(request)
      return withoutEcho(await next(second), request, second)
    }
  })
}

/** Blanks the credential in a failure that repeats it ("invalid key sk-…"), before it can reach an error's text or body. */
function withoutEcho(response: HttpResponse, plain: HttpRequest, sent: HttpRequest): HttpResponse {
  if (response.status < 400 || !(response.body instanceof Uint8Array) || response.body.length === 0) return response
  const secrets = Object.entries(sent.headers)
    .filter(([name, value]) => plain.headers[name] !== value)
    .flatMap(([, value]) => value.split(' '))
  if (sent.url !== plain.url) secrets.push(...new URL(sent.url).searchParams.values())
  const body = Buffer.from(response.body.buffer, response.body.byteOffset, response.body.byteLength)
  const echoed = secrets.filter((secret) => secret.length >= 8 && body.includes(secret))
  if (echoed.length === 0) return response
  const text = echoed.reduce((all, secret) => all.replaceAll(secret, '[redacted]'), body.toString())
  return { ...response, body: Buffer.from(text) }
}
