import type * as OpenidClient from 'openid-client'
import type { Addresses } from './addresses.ts'
import { unaccepted } from './failures.ts'
import { askOverHttp, loadOpenidClient } from './libraries.ts'
import { put, type Asking, type Heard, type Server } from './question.ts'

/** What openid-client is made to ask. */
export type Ask<T> = (library: typeof OpenidClient, configuration: OpenidClient.Configuration) => Promise<T>

/** Says an answer as the RFC has it. */
export type Retell = (heard: Heard) => Response

/**
 * Has openid-client ask one thing, sends it the vendor's way, and hands openid-client the answer in the form that it accepts.
 *
 * @throws {OAuthError} whose `failure` says what to do
 */
export async function converse<T>(server: Server, asking: Asking, ask: Ask<T>, retell: Retell = asJson): Promise<T> {
  const library = await loadOpenidClient()
  const addresses = await server.addresses(asking.runtime)
  // It adds no proof of the client: that is made for each attempt, further down. A configuration takes 12 µs to make.
  const configuration = new library.Configuration(metadataOf(addresses, asking), server.client.id, undefined, () => {})
  askOverHttp(library)(configuration)
  // Its time limit runs on the process's clock; the control plane has one on the runtime's.
  configuration.timeout = 0
  let failure: { readonly error: unknown } | undefined
  configuration[library.customFetch] = async (url, { body, headers: { accept = '*/*' } }) => {
    try {
      const asked = body instanceof URLSearchParams ? body : new URLSearchParams()
      return retell(await put(server, { ...asking, url, body: asked, accept, issuer: addresses.issuer }))
    } catch (error) {
      failure = { error }
      throw error
    }
  }
  try {
    return await ask(library, configuration)
  } catch (error) {
    if (failure) throw failure.error
    throw unaccepted(error, { ...asking, vendor: server.vendor })
  }
}

function asJson({ raw }: Heard): Response {
  return new Response(raw, { headers: { 'content-type': 'application/json' } })
}

/** Under the names that openid-client knows; what is not there is left out. */
function metadataOf(addresses: Addresses, { to }: Asking): { issuer: string; [name: string]: string | boolean } {
  const known = {
    authorization_endpoint: addresses.authorize,
    token_endpoint: to === 'refresh' ? addresses.refresh : addresses.token,
    revocation_endpoint: addresses.revoke,
    introspection_endpoint: addresses.introspect,
    device_authorization_endpoint: addresses.device,
    pushed_authorization_request_endpoint: addresses.par,
    authorization_response_iss_parameter_supported: addresses.alwaysNamesIssuer,
  }
  const told = Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { issuer: addresses.issuer, ...Object.fromEntries(told) }
}
