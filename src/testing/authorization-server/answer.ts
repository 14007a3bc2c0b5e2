import { nonce } from './dpop.ts'
import { render, standardAnswer, standardRefusal, write, type Values } from './dialect.ts'
import type { Incoming } from './incoming.ts'
import type { Issued } from './issue.ts'
import type { Refusal } from './refusal.ts'
import type { ServerState } from './state.ts'

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** Says which tokens were given out. */
export function issuedAnswer(state: ServerState, incoming: Incoming, issued: Issued): Response {
  const { quirk, dpop } = state.settings
  const { body = standardAnswer, refreshed = body, status = 200, type, format } = quirk.answer ?? {}
  const template = isRefresh(incoming) ? refreshed : body
  const headers = { ...uncached, ...(dpop.nonce && { 'dpop-nonce': nonce(state) }) }
  const asForm = isForm(format, incoming)
  return write(render(template, valuesOf(state, incoming, issued)), { status, headers, type, asForm })
}

/** Says why there are none. */
export function refusedAnswer(state: ServerState, incoming: Incoming, { code, message, headers }: Refusal): Response {
  const { body = standardRefusal, challenge, type, format, ...refusal } = state.settings.quirk.refusal ?? {}
  const { status = code === 'invalid_client' ? 401 : 400 } = refusal
  const codes = { ...refusal.codes, ...(isRefresh(incoming) && refusal.refreshCodes) }
  const values: Values = { error: () => codes[code] ?? code, error_description: () => message }
  const challenged = challenge === undefined ? {} : { 'www-authenticate': String(render(challenge, values)) }
  const asForm = isForm(format, incoming)
  return write(render(body, values), { status, headers: { ...uncached, ...headers, ...challenged }, type, asForm })
}

function isRefresh({ parameters }: Incoming): boolean {
  return parameters.get('grant_type') === 'refresh_token'
}

function isForm(format: 'json' | 'form-unless-json' | undefined, { request }: Incoming): boolean {
  return format === 'form-unless-json' && !/\bjson\b/.test(request.headers.get('accept') ?? '')
}

/** All that a vendor's answer may speak of. */
function valuesOf(state: ServerState, { issuer }: Incoming, issued: Issued): Values {
  const { ledger, runtime, settings } = state
  const { accessToken, tokenType, expiresIn, refreshToken, scope, idToken, issuedTokenType, grant } = issued
  const companion = settings.quirk.answer?.companion
  const opened = companion && ledger.open({ ...grant, tokenType: companion })
  return {
    access_token: () => accessToken,
    token_type: () =>
      tokenType === 'DPoP' ? tokenType : (grant.tokenType ?? settings.quirk.answer?.tokenType ?? tokenType),
    issued_token_type: () => issuedTokenType,
    expires_in: () => expiresIn,
    expires_in_text: () => expiresIn?.toString(),
    expires_in_ms: () => expiresIn && expiresIn * 1000,
    expires_at_text: () => expiresIn && String(Math.floor(runtime.now() / 1000) + expiresIn),
    issued_at_ms: () => String(runtime.now()),
    refresh_token: () => refreshToken,
    refresh_expires_in: () => (Number.isFinite(settings.refreshTokenMs) ? settings.refreshTokenMs / 1000 : undefined),
    scope: () => scope || undefined,
    scope_list: () => scope.split(' ').filter((one) => one !== ''),
    scope_commas: () => scope.replaceAll(' ', ','),
    id_token: () => idToken,
    subject: () => grant.subject,
    client_id: () => grant.clientId,
    origin: () => issuer,
    'user.access_token': () => opened && ledger.issue('access', opened).value,
    'user.refresh_token': () => opened && ledger.issue('refresh', opened).value,
  }
}
