import { InvalidRequestError } from '../errors.ts'
import { bounded } from '../http/bounded.ts'
import { isOwn, type OwnOrigins } from '../http/origins.ts'
import { begin, described, rejecting, sendBy, type Passage, type Policy } from '../http/policy.ts'
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
  const settings = { name: 'authenticate', credential: options.credential.kind, origins: options.origins }

  return described(settings, (next, runtime) => {
    return sendBy(sendWithCredential, { access: options, next, runtime })
  })
}

/** What one client's calls pass through. The functions of it take it: each that it had of its own would take 60 bytes of every client. */
interface Way extends Passage {
  readonly access: AuthenticateOptions
}

function sendWithCredential(this: Way, request: HttpRequest): Promise<HttpResponse> {
  return rejecting(enter, request, this)
}

function enter(request: HttpRequest, way: Way): Promise<HttpResponse> {
  const { access, next, runtime } = way
  if (request.anonymous) return next(request)
  if (!isOwn(access, request.url)) {
    const origins = access.origins.join(', ')
    throw new InvalidRequestError(`${request.operation}: the credential is not for this origin; it is for ${origins}.`)
  }
  const sent = applied(access.credential, request, runtime)
  return sent instanceof Promise ? sent.then((later) => carry(request, later, way)) : carry(request, sent, way)
}

/** Sends a request with the credential on it. `renewed`: it is the second and last time. */
function carry(plain: HttpRequest, sent: HttpRequest, way: Way, renewed = false): Promise<HttpResponse> {
  const { access, next, runtime } = way
  const { credential } = access
  const sentAt = runtime.now()
  return begin(next, sent).then((response) => {
    credential.observe?.(response, sent, sentAt, runtime.now())
    const final = renewed || !isRefused(credential, response) || !credential.renew || !isReplayable(plain.body)
    return final ? guarded(response, plain, sent) : again(plain, sent, response, way)
  })
}

async function again(plain: HttpRequest, sent: HttpRequest, refused: HttpResponse, way: Way): Promise<HttpResponse> {
  const { access, runtime } = way
  const { credential } = access
  const renewed = credential.renew ? await bounded(credential.renew(sent, runtime), plain, runtime) : false
  runtime.emit?.({ type: 'renew', operation: plain.operation, at: runtime.now(), renewed })
  if (!renewed) return guarded(refused, plain, sent)
  discard(refused)
  return carry(plain, await applied(credential, plain, runtime), way, true)
}

function applied(credential: Credential, request: HttpRequest, runtime: Runtime): HttpRequest | Promise<HttpRequest> {
  const sent = credential.apply(request, runtime)
  return sent instanceof Promise ? bounded(sent, request, runtime) : sent
}

function isRefused(credential: Credential, response: HttpResponse): boolean {
  return credential.refused?.(response) ?? response.status === 401
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
