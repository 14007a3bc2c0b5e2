import { ConfigurationError, InvalidRequestError, OAuthError } from '../errors.ts'
import { learnClock } from '../http/clock-offset.ts'
import { oneText } from '../http/one-text.ts'
import { withHeader } from '../http/headers.ts'
import { checkPatterns, isOwn, originOf } from '../http/origins.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { fieldAt, parseJson } from '../json-value.ts'
import type { Runtime } from '../runtime.ts'
import type { Credential } from './credential.ts'
import type { TokenSource } from './token-source.ts'
import { mainToken, type Tokens } from './tokens.ts'

/** Puts a token on a request; for proofs of possession and headers of a vendor's own. */
export type Attach = (request: HttpRequest, tokens: Tokens, runtime: Runtime) => HttpRequest | Promise<HttpRequest>

/** Options of {@link tokenCredential}. */
export interface TokenCredentialOptions {
  /** Which of the connection's tokens. @default 'main' */
  readonly token?: string
  /** @default `Authorization: Bearer …` */
  readonly attach?: Attach
  /** Hosts that a token answer may name as the address of the API; each from `^` to `$`. @default none */
  readonly hosts?: readonly RegExp[] | undefined
  /** Which answers, beside a 401, say that the token is no longer good. */
  readonly refused?: ((response: HttpResponse) => boolean) | undefined
}

const none: readonly RegExp[] = []

/** Makes the credential of a connection: a fresh token on each request, and a newer one where it is refused. */
export function tokenCredential(source: TokenSource, options?: TokenCredentialOptions): Credential {
  const { token = mainToken, attach = attachBearer, hosts = none, refused } = options ?? {}
  checkPatterns('hosts', hosts)

  const credential: TokenCredential = {
    kind: oneText(`oauth, ${source.kind}`),
    source,
    token,
    attach,
    hosts,
    apply,
    refused: refused ? (response) => isUnauthorized(response) || refused(response) : isUnauthorized,
    renew,
    observe,
  }
  return credential
}

/**
 * A credential whose functions are the same for all connections, each of which would keep 240 bytes of its own. They find the rest
 * beside them, also where it was spread into another: `{ ...credential, apply }`.
 */
interface TokenCredential extends Credential {
  readonly source: TokenSource
  readonly token: string
  readonly attach: Attach
  readonly hosts: readonly RegExp[]
}

function apply(this: TokenCredential, request: HttpRequest, runtime: Runtime): HttpRequest | Promise<HttpRequest> {
  const { source, token, attach, hosts } = this
  const tokens = source.token(token, runtime)
  const { connection } = source
  if (!(tokens instanceof Promise))
    return attached(attach(addressed(request, tokens, hosts, connection), tokens, runtime), tokens)
  return tokens.then((later) => attached(attach(addressed(request, later, hosts, connection), later, runtime), later))
}

/** Names the token first of the secrets, by which `renew` knows the one that was refused: an attachment of the user's own may not. */
function attached(
  request: HttpRequest | Promise<HttpRequest>,
  { accessToken }: Tokens,
): HttpRequest | Promise<HttpRequest> {
  if (request instanceof Promise) return request.then((later) => named(later, accessToken))
  return named(request, accessToken)
}

function named(request: HttpRequest, accessToken: string): HttpRequest {
  const { secrets = [] } = request
  return secrets[0] === accessToken ? request : { ...request, secrets: [accessToken, ...secrets] }
}

function renew(this: TokenCredential, refused: HttpRequest, runtime: Runtime): Promise<boolean> {
  return this.source.renew(this.token, refused.secrets?.[0] ?? '', runtime)
}

function observe(
  this: TokenCredential,
  response: HttpResponse,
  request: HttpRequest,
  sentAt: number,
  receivedAt: number,
): void {
  learnClock(this.source.clock, response, request, sentAt, receivedAt)
}

function isUnauthorized({ status }: HttpResponse): boolean {
  return status === 401
}

/** Sends `Authorization: Bearer …`. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function attachBearer(request: HttpRequest, { accessToken }: Tokens): HttpRequest {
  const headers = withHeader(request.headers, 'authorization', `Bearer ${accessToken}`)
  return { ...request, headers, secrets: [accessToken] }
}

/** Sends a request to the address that came with the tokens, which is checked first: whoever wrote the answer chose it. */
function addressed(
  request: HttpRequest,
  { baseUrl }: Tokens,
  hosts: readonly RegExp[],
  connection: string,
): HttpRequest {
  if (baseUrl === undefined) return request
  if (hosts.length === 0)
    throw new ConfigurationError('A token answer named an address, and the profile has no `hosts` to check it with.')
  const own = { origins: [], hosts }
  if (!isOwn(own, baseUrl)) {
    const message = `The tokens of the connection \`${connection}\` name the address ${originOf(baseUrl)}, which is not one of the profile’s \`hosts\`. Nothing was sent.`
    throw new OAuthError(message, { failure: 'protocol', connection })
  }
  const { url } = request
  const origin = originOf(baseUrl)
  if (url.startsWith(`${origin}/`)) return request
  // A link to another customer's host is none of this connection's.
  if (isOwn(own, url)) {
    throw new InvalidRequestError(`${request.operation}: the address is not that of the connection \`${connection}\`.`)
  }
  return { ...request, url: origin + url.slice(originOf(url).length) }
}

/** Tells whether a JSON answer holds one of a vendor's words for a token that is no longer good. */
export function refusedByBody(path: string, values: readonly string[]): (response: HttpResponse) => boolean {
  return ({ body }) => {
    // Most answers hold none of the words, and are not parsed for them.
    if (!(body instanceof Uint8Array)) return false
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    if (!values.some((value) => text.includes(value))) return false
    const told = fieldAt(parseJson(text.toString()), path)
    return values.some((value) => value === told)
  }
}
