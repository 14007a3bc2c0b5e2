import type { Issued } from './issue.ts'
import type { Refusal } from './refusal.ts'

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
const uncached = { 'cache-control': 'no-store', pragma: 'no-cache' }

/** Says which tokens were given out. */
export function issuedAnswer({ accessToken, tokenType, expiresIn, refreshToken, scope }: Issued): Response {
  const body = {
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresIn,
    refresh_token: refreshToken,
    scope: scope === '' ? undefined : scope,
  }
  return Response.json(body, { headers: uncached })
}

/** Says why there are none. @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export function refusedAnswer({ code, message, headers }: Refusal): Response {
  const status = code === 'invalid_client' ? 401 : 400
  return Response.json({ error: code, error_description: message }, { status, headers: { ...uncached, ...headers } })
}
