import type { Incoming } from './incoming.ts'
import { Refusal, attempt, refuse } from './refusal.ts'
import type { AuthorizationRequest, ServerState } from './state.ts'

/** How long a code is good. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 */
const codeMs = 60_000

/** Asks the user, who answers at once, and sends the browser back to the client. */
export function authorizeEndpoint(state: ServerState, { parameters, issuer }: Incoming): Response {
  const target = attempt(() => redirectTarget(state, parameters))
  // Whoever cannot be trusted with a redirect gets a page.
  if (target instanceof Refusal) return new Response(`${target.code}: ${target.message}`, { status: 400 })
  const back = new URL(target.redirectUri)
  const put = (fields: Record<string, string | null>): void => {
    for (const [name, value] of Object.entries(fields)) if (value !== null) back.searchParams.set(name, value)
  }
  const answer = attempt(() => consent(state, parameters, target))
  put(answer instanceof Refusal ? { error: answer.code, error_description: answer.message } : answer)
  put({ state: parameters.get('state'), iss: issuer })
  return new Response(null, { status: 302, headers: { location: back.href } })
}

type Target = Pick<AuthorizationRequest, 'client' | 'redirectUri' | 'redirectUriNamed'>

function redirectTarget(state: ServerState, parameters: URLSearchParams): Target {
  const client = state.settings.clients.get(parameters.get('client_id') ?? '')
  if (!client) return refuse('invalid_client', 'The client is unknown.')
  const { redirectUris = ['https://app.test/callback'] } = client
  const named = parameters.get('redirect_uri')
  if (named !== null && !redirectUris.includes(named)) refuse('invalid_request', 'redirect_uri is not registered.')
  const redirectUri = named ?? (redirectUris.length === 1 ? redirectUris[0] : undefined)
  if (redirectUri === undefined) return refuse('invalid_request', 'redirect_uri is missing.')
  return { client, redirectUri, redirectUriNamed: named !== null }
}

function consent(state: ServerState, parameters: URLSearchParams, target: Target): Record<string, string> {
  const { decision, runtime, codes } = state
  if (parameters.get('response_type') !== 'code') refuse('unsupported_response_type', 'response_type is `code`.')
  const codeChallenge = parameters.get('code_challenge') ?? ''
  // Without a method it would be `plain`. @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
  if (codeChallenge === '' || parameters.get('code_challenge_method') !== 'S256') {
    refuse('invalid_request', 'A code_challenge with the method S256 is required.')
  }
  const scope = parameters.get('scope') ?? ''
  if (!decision.approved) return { error: decision.error }
  const code = `code-${runtime.uuid()}`
  codes.set(code, {
    asked: { ...target, scope, codeChallenge, nonce: parameters.get('nonce') ?? undefined },
    subject: decision.subject,
    scope: decision.scope ?? scope,
    expiresAt: runtime.now() + codeMs,
  })
  return { code }
}
