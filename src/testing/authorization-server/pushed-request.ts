import { redirectTarget, understand } from './authorize.ts'
import { authenticateClient } from './client-authentication.ts'
import { verifyProof } from './dpop.ts'
import type { Incoming } from './incoming.ts'
import { refuse } from './refusal.ts'
import type { ServerState } from './state.ts'

/** How long a pushed request waits for the browser. Seconds. */
const expiresInSeconds = 60

/** Keeps an authorization request for the browser that comes with its name. @see https://www.rfc-editor.org/rfc/rfc9126#section-2 */
export function pushedRequestEndpoint(state: ServerState, incoming: Incoming): Response {
  const { settings, runtime, pushed } = state
  const { request } = incoming
  const parameters = new URLSearchParams(incoming.parameters)
  const client = authenticateClient(state, incoming)
  if (parameters.has('request_uri')) refuse('invalid_request', 'A pushed request has no request_uri.')
  // A proof binds the code to its key. @see https://www.rfc-editor.org/rfc/rfc9449#section-10.1
  const jkt = verifyProof(state, request)
  if (jkt !== undefined) {
    if ((parameters.get('dpop_jkt') ?? jkt) !== jkt) refuse('invalid_dpop_proof', 'dpop_jkt is another key.')
    parameters.set('dpop_jkt', jkt)
  }
  understand(settings, parameters, redirectTarget(client, parameters))
  const uri = `urn:ietf:params:oauth:request_uri:${runtime.uuid()}`
  pushed.set(uri, { clientId: client.id, parameters, expiresAt: runtime.now() + expiresInSeconds * 1000 })
  return Response.json({ request_uri: uri, expires_in: expiresInSeconds }, { status: 201 })
}
