import { InvalidRequestError } from '../errors.ts'
import { bounded } from '../http/bounded.ts'
import { isOwn, type OwnOrigins } from '../http/origins.ts'
import { described, type Policy } from '../http/policy.ts'
import { secretsRedactor } from '../http/redact.ts'
import { isReplayable, type HttpRequest } from '../http/request.ts'
import { discard, type HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'
import type { Credential } from './credential.ts'

/** Options of {@link authenticate}: the credential, and the only places that get it. */
export interface AuthenticateOptions extends OwnOrigins {
  readonly credential: Credential
}

/**
 * Adds the credential to each request for the vendor's own origins, and sends a request whose credential was refused once
 * more where there is a newer one. A 403 is an answer: it says that the credential is known and not enough.
 *
 * @throws {InvalidRequestError} for any other origin, before anything is sent
 */
export function authenticate(options: AuthenticateOptions): Policy {
  const { credential, origins, hosts } = options
  const own = { origins, hosts }
  const refused = (response: HttpResponse): boolean => credential.refused?.(response) ?? response.status === 401

  function applied(request: HttpRequest, runtime: Runtime): HttpRequest | Promise<HttpRequest> {
    const sent = credential.apply(request, runtime)
    return sent instanceof Promise ? bounded(sent, request, runtime) : sent
  }

  return described({ name: 'authenticate', credential: credential.kind, origins }, (next, runtime) => {
    /** Shows an answer to a credential that wants to know the vendor's clock or nonces, and gives it on. */
    function seen(request: HttpRequest, sentAt: number, response: HttpResponse): HttpResponse {
      credential.observe?.(response, request, sentAt, runtime.now())
      return response
    }

    return async function authenticate(request) {
      if (request.anonymous) return next(request)
      if (!isOwn(own, request.url)) {
        throw new InvalidRequestError(
          `${request.operation}: the credential is not for this origin; it is for ${origins.join(', ')}.`,
        )
      }
      const added = applied(request, runtime)
      const first = added instanceof Promise ? await added : added
      const response = seen(first, runtime.now(), await next(first))
      if (!refused(response) || !credential.renew || !isReplayable(request.body))
        return guarded(response, request, first)

      const renewed = await bounded(credential.renew(first, runtime), request, runtime)
      runtime.emit?.({ type: 'renew', operation: request.operation, at: runtime.now(), renewed })
      if (!renewed) return guarded(response, request, first)
      discard(response)
      const second = await applied(request, runtime)
      return guarded(seen(second, runtime.now(), await next(second)), request, second)
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
