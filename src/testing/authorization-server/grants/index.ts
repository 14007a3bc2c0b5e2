import type { GrantHandler } from '../issue.ts'
import { authorizationCode } from './authorization-code.ts'
import { clientCredentials } from './client-credentials.ts'
import { refreshToken } from './refresh-token.ts'

/** What the token endpoint does for each `grant_type`. */
export const grants: Readonly<Record<string, GrantHandler>> = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  client_credentials: clientCredentials,
}
