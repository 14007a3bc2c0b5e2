import { createHmac } from 'node:crypto'
import type { Client } from './clients.ts'
import { checkSingle, type Incoming } from './incoming.ts'
import type { Settings } from './options.ts'
import { Refusal, attempt, refuse } from './refusal.ts'
import { askedScope, includesScope } from './scope.ts'
import type { AuthorizationRequest, ServerState } from './state.ts'

/** How long a code is good. Milliseconds. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 */
const codeMs = 60_000

/** Asks the user, who answers at once, and sends the browser back to the client. */
export function authorizeEndpoint(state: ServerState, incoming: Incoming): Response {
  const found = attempt(() => findRequest(state, incoming.parameters))
  // Who cannot be trusted with a redirect gets a page.
  if (found instanceof Refusal) return new Response(`${found.code}: ${found.message}`, { status: 400 })
  const { parameters, target } = found
  const answer = attempt(() => ask(state, understand(state.settings, parameters, target)))
  const { answers = {}, iss = true, says, hmac } = state.settings.quirk.authorize ?? {}
  const fields = {
    ...says,
    ...(answer instanceof Refusal ? { error: answer.code, error_description: answer.message } : answer),
    state: parameters.get('state'),
    iss: iss ? incoming.issuer : null,
  }
  const back = new URL(target.redirectUri)
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) back.searchParams.set(answers[name] ?? name, value)
  }
  if (hmac !== undefined) back.searchParams.set(hmac, signature(back.searchParams, target.client))
  return new Response(null, { status: 302, headers: { location: back.href } })
}

/** @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant#step-3-validate-authorization-code */
function signature(parameters: URLSearchParams, { secret = '' }: Client): string {
  const sorted = new URLSearchParams(parameters)
  sorted.sort()
  return createHmac('sha256', secret).update(String(sorted)).digest('hex')
}

/** Where the browser goes back to. */
type Target = Pick<AuthorizationRequest, 'client' | 'redirectUri' | 'redirectUriNamed'>

function findRequest(
  { settings, pushed, runtime }: ServerState,
  sent: URLSearchParams,
): { readonly parameters: URLSearchParams; readonly target: Target } {
  const client = settings.clients.get(sent.get('client_id') ?? '') ?? refuse('invalid_client', 'The client is unknown.')
  const uri = sent.get('request_uri')
  if (uri === null) {
    if (settings.requirePushedRequests) refuse('invalid_request', 'The request must be pushed first.')
    return { parameters: sent, target: redirectTarget(client, sent) }
  }
  const found = pushed.get(uri)
  if (found?.clientId !== client.id || runtime.now() >= found.expiresAt) {
    return refuse('invalid_request', 'request_uri is unknown, used, expired or of another client.')
  }
  pushed.delete(uri)
  return { parameters: found.parameters, target: redirectTarget(client, found.parameters) }
}

/** Finds out where the browser goes back to, which is registered. @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1 */
export function redirectTarget(client: Client, parameters: URLSearchParams): Target {
  const [only, ...others] = client.redirectUris
  const named = parameters.get('redirect_uri')
  if (named !== null && !client.redirectUris.includes(named))
    refuse('invalid_request', 'redirect_uri is not registered.')
  const redirectUri = named ?? (others.length === 0 ? only : undefined)
  if (redirectUri === undefined) return refuse('invalid_request', 'redirect_uri is missing.')
  return { client, redirectUri, redirectUriNamed: named !== null }
}

/** Reads what a client asks for, and refuses what it may not ask. */
export function understand(settings: Settings, parameters: URLSearchParams, target: Target): AuthorizationRequest {
  checkSingle(parameters)
  if (parameters.get('response_type') !== 'code') refuse('unsupported_response_type', 'response_type is `code`.')
  const scope = askedScope(settings, parameters.get('scope'), settings.quirk.authorize?.scopeSeparator)
  return {
    ...target,
    scope,
    codeChallenge: codeChallenge(settings, parameters),
    nonce: parameters.get('nonce') ?? undefined,
    jkt: parameters.get('dpop_jkt') ?? undefined,
    offline: isOffline(settings, parameters, scope),
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.4.1 */
function codeChallenge({ quirk: { pkce = 'required' } }: Settings, parameters: URLSearchParams): string | undefined {
  const challenge = parameters.get('code_challenge') ?? undefined
  if (pkce === 'refused') {
    return challenge === undefined ? undefined : refuse('invalid_request', 'code_challenge is unknown here.')
  }
  if (challenge === undefined && pkce === 'optional') return undefined
  // Without a method it would be `plain`. @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
  if (challenge === undefined || parameters.get('code_challenge_method') !== 'S256') {
    return refuse('invalid_request', 'A code_challenge with the method S256 is required.')
  }
  return challenge
}

/** Tells whether a request asks for a refresh token in the way of the vendor. */
export function isOffline({ quirk: { offline } }: Settings, parameters: URLSearchParams, scope: string): boolean {
  if (!offline) return true
  return 'scope' in offline ? includesScope(scope, offline.scope) : parameters.get(offline.parameter) === offline.value
}

function ask({ decision, codes, runtime }: ServerState, asked: AuthorizationRequest): Record<string, string> {
  if (!decision.approved) return { error: decision.error }
  const { subject, scope = asked.scope } = decision
  const code = `code-${runtime.uuid()}`
  codes.set(code, { asked, subject, scope, expiresAt: runtime.now() + codeMs })
  return { code }
}
