/** One deviation each, in what the server wants to be asked. */
import type { Quirk } from '../quirk.ts'

const tokenRequest = 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3'

/** Token requests are JSON. */
export const jsonRequests: Quirk = { see: tokenRequest, token: { body: 'json' } }

/** Token requests are a POST with everything, the secret too, in the query. */
export const queryRequests: Quirk = { see: tokenRequest, token: { body: 'query' } }

/** Token requests are a GET. */
export const getRequests: Quirk = { see: tokenRequest, token: { body: 'query', method: 'GET' } }

/** Token requests are XML, one element for each parameter. */
export const xmlRequests: Quirk = { see: tokenRequest, token: { body: 'xml' } }

/** Basic with the id and the secret as they are, not encoded as a form. @see https://github.com/panva/openid-client/issues/258 */
export const rawBasic: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1',
  token: { authentication: ['raw_basic'] },
}

/** The secret is taken from a header only. */
export const basicOnly: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1',
  token: { authentication: ['client_secret_basic'] },
}

/** Parameters have other names, here and at the authorize endpoint. */
export const renamedParameters: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1',
  authorize: { names: { client_id: 'app_id', redirect_uri: 'redirect_url' } },
  token: { names: { client_id: 'app_id', client_secret: 'app_secret', code: 'auth_code' } },
}

/** The code comes back under another name. */
export const renamedCode: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  authorize: { answers: { code: 'auth_code' } },
}

/** Scopes are separated by commas. */
export const commaScopes: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-3.3',
  authorize: { scopeSeparator: ',' },
  answer: { body: { access_token: '{access_token}', token_type: '{token_type}', scope: '{scope_commas}' } },
}

/** Scopes are separated by a plus that is not a space. */
export const plusScopes: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-3.3',
  authorize: { scopeSeparator: '+' },
}

/** Refresh tokens are taken at an address of their own. */
export const refreshElsewhere: Quirk = {
  see: 'https://www.rfc-editor.org/rfc/rfc6749#section-6',
  paths: { refresh: '/token/refresh' },
}

/** A `code_challenge` is refused. */
export const noPkce: Quirk = { see: 'https://www.rfc-editor.org/rfc/rfc7636#section-5', pkce: 'refused' }

/** There is a refresh token for the scope `offline_access` only. */
export const offlineScope: Quirk = {
  see: 'https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess',
  offline: { scope: 'offline_access' },
}
