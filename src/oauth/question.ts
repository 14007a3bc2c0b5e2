import type { JSONWebKeySet } from 'jose'
import { bodyText, type ClockOffset, type HttpResponse, type OAuthVendor, type Runtime, type TokenHook } from 'hawser'
import type { Addresses } from './addresses.ts'
import { decodeBody, type AnswerBody } from './answer-body.ts'
import type { OAuthClient, ProveClient } from './client-authentication.ts'
import type { ControlPlane } from './control-plane.ts'
import type { Dpop } from './dpop.ts'
import { refused, unanswered, type FailurePlace } from './failures.ts'
import type { Kept } from './kept.ts'
import { refusalOf } from './refusal.ts'
import type { Repeat } from './repeat.ts'
import { sentSecrets } from './sent-secrets.ts'
import { shapeFormRequest, shapeTokenRequest, type ShapedRequest } from './shape-request.ts'

/** An authorization server, and this program as its client. */
export interface Server {
  /** The profile's name. */
  readonly vendor: string
  readonly oauth: OAuthVendor
  /** What a callback has to say, with the tenant's names filled in. */
  readonly callbackParameters: Readonly<Record<string, string>>
  readonly client: OAuthClient
  readonly prove: ProveClient
  readonly plane: ControlPlane
  readonly dpop?: Dpop | undefined
  /** The thumbprint of the certificate that connections are made with. */
  readonly certificate?: string | undefined
  /** The public keys that it signs with. */
  readonly keys: Kept<JSONWebKeySet>
  addresses(runtime: Runtime): Promise<Addresses>
}

/** Names the key or certificate that this program proves with every token request. */
export async function boundTo({ dpop, certificate }: Server): Promise<string | undefined> {
  return (await dpop?.thumbprint()) ?? certificate
}

/** What every question to a server has. */
export interface Asking {
  /** Such as `POST token (refresh_token)`. */
  readonly operation: string
  readonly repeat: Repeat
  readonly runtime: Runtime
  /** The server's clock. */
  readonly clock: ClockOffset
  /** Milliseconds since the Unix epoch. */
  readonly deadline?: number | undefined
  /** The token endpoint is spoken to in the vendor's way; it may have another address for refreshes. */
  readonly to: 'token' | 'refresh' | 'other'
  /** Sent over what openid-client makes of the question. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  readonly hook?: TokenHook | undefined
}

/** A question as openid-client puts it. */
export interface Question extends Asking {
  readonly url: string
  readonly body: URLSearchParams
  readonly accept: string
  readonly issuer: string
}

/** An answer that refuses nothing. */
export interface Heard {
  /** The body as it came. */
  readonly raw: string
  readonly body: AnswerBody | undefined
  /** When it was asked for. Milliseconds since the Unix epoch. */
  readonly askedAt: number
  readonly place: FailurePlace
}

/**
 * Puts a question to a server, in the vendor's way and with the client's proof on it.
 *
 * @throws {OAuthError} for an answer that refuses, or that did not come
 */
export async function put(server: Server, question: Question): Promise<Heard> {
  const { operation, repeat, runtime, clock, deadline, hook, url } = question
  const secrets = sentSecrets()
  const place: FailurePlace = { vendor: server.vendor, operation, redact: secrets.redact }
  let askedAt = runtime.now()
  let proof: string | undefined
  const make = async (): Promise<Made> => {
    const made = await proven(server, question)
    secrets.note(made.parameters, made.request.headers)
    askedAt = runtime.now()
    proof = made.request.headers['dpop']
    return made
  }
  const asksForMore = (response: HttpResponse): boolean => asksForNonce(server.dpop, url, response, proof)
  const send = (request: () => Promise<ShapedRequest>): Promise<HttpResponse> =>
    server.plane({ operation, repeat, runtime, deadline, clock, request, asksForMore })

  try {
    const response = hook ? await hooked(hook, await make(), send) : await send(async () => (await make()).request)
    return heardIn(response, { oauth: server.oauth, place, askedAt, now: runtime.now() })
  } catch (error) {
    throw unanswered(error, place)
  }
}

/** What an answer is heard with. */
export interface Hearing {
  readonly oauth: OAuthVendor
  readonly place: FailurePlace
  readonly askedAt: number
  readonly now: number
}

/**
 * Takes an answer that refuses nothing.
 *
 * @throws {OAuthError} for one that refuses
 */
export function heardIn(response: HttpResponse, { oauth, place, askedAt, now }: Hearing): Heard {
  const { status, headers } = response
  const raw = bodyText(response)
  const body = decodeBody(raw)
  const refusal = refusalOf({ status, headers, body }, oauth, now)
  if (refusal) throw refused(refusal, place)
  return { raw, body, askedAt, place }
}

/** A request, and the parameters on it by the names of RFC 6749. */
interface Made {
  readonly request: ShapedRequest
  readonly parameters: URLSearchParams
}

async function proven({ oauth, prove, dpop }: Server, question: Question): Promise<Made> {
  const { url, body, accept, issuer, runtime, clock, to } = question
  const parameters = new URLSearchParams(body)
  for (const [name, value] of Object.entries(question.parameters ?? {})) parameters.set(name, value)
  const headers = new Headers({ accept, 'user-agent': 'hawser' })
  await prove({ parameters, headers, audience: oauth.assertionAudience ?? issuer, runtime, clock })
  const shape = to === 'other' ? shapeFormRequest : shapeTokenRequest
  const request = shape({ url, parameters, headers }, oauth)
  if (!dpop || to === 'other') return { request, parameters }
  const proof = await dpop.proof({ method: request.method, url: request.url, runtime, clock })
  return { request: { ...request, headers: { ...request.headers, dpop: proof } }, parameters }
}

function hooked(
  hook: TokenHook,
  { request, parameters }: Made,
  send: (request: () => Promise<ShapedRequest>) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  return hook({ ...request, parameters: Object.fromEntries(parameters) }, (own) => send(async () => own))
}

/** @see https://www.rfc-editor.org/rfc/rfc9449#section-8 */
function asksForNonce(dpop: Dpop | undefined, url: string, response: HttpResponse, proof: string | undefined): boolean {
  return dpop?.learn(url, response.headers, proof) === true && bodyText(response).includes('use_dpop_nonce')
}
