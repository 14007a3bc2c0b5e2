import { InvalidRequestError } from '../errors.ts'
import { bounded } from '../http/bounded.ts'
import { described, type Policy } from '../http/policy.ts'
import { secretsRedactor } from '../http/redact.ts'
import { isReplayable, type HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'
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
  function applied(request: HttpRequest, runtime: Runtime): HttpRequest | Promise<HttpRequest> {
    const sent = credential.apply(request)
    return sent instanceof Promise ? bounded(sent, request, runtime) : sent
  }

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
      const first = await applied(request, runtime)
      const response = await next(first)
      if (response.status !== 401 || !credential.renew || !isReplayable(request.body))
        return guarded(response, request, first)

      const renewed = await bounded(credential.renew(first), request, runtime)
      runtime.emit?.({ type: 'renew', operation: request.operation, at: runtime.now(), renewed })
      if (!renewed) return guarded(response, request, first)
      discard(response)
      const second = await applied(request, runtime)
      return guarded(await next(second), request, second)
    }
  })
}

/** Lets whoever reads a failure blank the credential in it: vendors repeat what they refuse ("invalid key sk-…"). */
function guarded(response: HttpResponse, plain: HttpRequest, sent: HttpRequest): HttpResponse {
  if (response.status < 400) return response
  const secrets = sent.secrets ?? addedTo(plain, sent)
  return secrets.length === 0 ? response : { ...response, redact: secretsRedactor(secrets) }
}

/** What a credential that names no secrets has put into headers. */
function addedTo(plain: HttpRequest, sent: HttpRequest): readonly string[] {
  const added = Object.entries(sent.headers).filter(([name, value]) => plain.headers[name] !== value)
  return added.flatMap(([, value]) => [value, ...value.split(' ')])
}
