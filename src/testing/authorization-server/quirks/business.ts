/** Vendors of business software, each as a client meets it. Emulated from their documentation, not recorded. */
import { standardAnswer as standard } from '../dialect.ts'
import type { Quirk } from '../quirk.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** No `expires_in`; tells where the API is; a refresh token stays. */
export const salesforce: Quirk = {
  see: 'https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm',
  origin: 'https://login.salesforce.com',
  paths: {
    authorize: '/services/oauth2/authorize',
    token: '/services/oauth2/token',
    revoke: '/services/oauth2/revoke',
    introspect: '/services/oauth2/introspect',
  },
  pkce: 'optional',
  rotation: 'reusable',
  authorize: { iss: false },
  answer: {
    body: {
      access_token: '{access_token}',
      refresh_token: '{refresh_token}',
      signature: 'SSSbLO/gBhmmyNUvN18ODBDFYHzakxOMgqYtu+hDPsc=',
      scope: '{scope}',
      id_token: '{id_token}',
      instance_url: 'https://example.my.salesforce.com',
      id: '{origin}/id/00Dx0000000BV7zEAG/{subject}',
      token_type: '{token_type}',
      issued_at: '{issued_at_ms}',
    },
  },
}

/** Tokens never expire, which it says as `expires_in: 0`; no `token_type`, no refresh token, `scope: null`. */
export const mailchimp: Quirk = {
  see: 'https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/',
  origin: 'https://login.mailchimp.com',
  paths: { authorize: '/oauth2/authorize', token: '/oauth2/token' },
  pkce: 'optional',
  authorize: { iss: false },
  accessTokenMs: Number.POSITIVE_INFINITY,
  answer: { body: { access_token: '{access_token}', expires_in: 0, scope: null } },
}

/** No `token_type`; a used refresh token is good until what replaced it is used; callbacks name the shop and are signed. */
export const shopify: Quirk = {
  see: 'https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens',
  origin: 'https://example.myshopify.com',
  paths: { authorize: '/admin/oauth/authorize', token: '/admin/oauth/access_token' },
  pkce: 'optional',
  rotation: 'until-first-use',
  accessTokenMs: 60 * minute,
  refreshTokenMs: 90 * day,
  authorize: { scopeSeparator: ',', iss: false, says: { shop: 'example.myshopify.com' }, hmac: 'hmac' },
  token: { authentication: ['client_secret_post'] },
  answer: {
    body: {
      access_token: '{access_token}',
      scope: '{scope_commas}',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      refresh_token_expires_in: '{refresh_expires_in}',
    },
  },
}

/** Token requests are JSON with Basic; tokens do not expire. */
export const notion: Quirk = {
  see: 'https://developers.notion.com/docs/authorization',
  origin: 'https://api.notion.com',
  paths: { authorize: '/v1/oauth/authorize', token: '/v1/oauth/token' },
  pkce: 'optional',
  authorize: { iss: false },
  accessTokenMs: Number.POSITIVE_INFINITY,
  token: { body: 'json', authentication: ['client_secret_basic', 'raw_basic'] },
  answer: {
    body: {
      access_token: '{access_token}',
      token_type: 'bearer',
      bot_id: 'bot-{subject}',
      workspace_id: 'workspace-1',
      workspace_name: 'Workspace',
      owner: { workspace: true },
      refresh_token: '{refresh_token}',
    },
  },
}

/** `expires_in` in milliseconds. */
export const fiserv: Quirk = {
  see: 'https://github.com/NangoHQ/nango/blob/master/packages/providers/providers.yaml',
  pkce: 'optional',
  answer: { body: { ...standard, expires_in: '{expires_in_ms}' } },
}

/** Status 201. */
export const crowdstrike: Quirk = {
  see: 'https://github.com/panva/openid-client/issues/666',
  origin: 'https://api.crowdstrike.com',
  paths: { token: '/oauth2/token', revoke: '/oauth2/revoke' },
  accessTokenMs: 30 * minute,
  answer: {
    status: 201,
    body: { access_token: '{access_token}', expires_in: '{expires_in}', token_type: 'bearer' },
  },
  refusal: { body: { meta: { query_time: 0 }, errors: [{ code: 403, message: '{error_description}' }] }, status: 403 },
}

/** The code comes back as `spapi_oauth_code`; the authorize endpoint takes an application id. */
export const amazonSellers: Quirk = {
  see: 'https://developer-docs.amazon.com/sp-api/docs/website-authorization-workflow',
  origin: 'https://api.amazon.com',
  paths: { authorize: '/apps/authorize/consent', token: '/auth/o2/token' },
  pkce: 'optional',
  rotation: 'reusable',
  authorize: { names: { client_id: 'application_id' }, answers: { code: 'spapi_oauth_code' }, iss: false },
  answer: { body: { ...standard, token_type: 'bearer' } },
}

/** Version 1 of Microsoft's endpoint: numbers are texts. */
export const microsoftV1: Quirk = {
  see: 'https://learn.microsoft.com/en-us/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code',
  origin: 'https://login.microsoftonline.com',
  paths: { authorize: '/common/oauth2/authorize', token: '/common/oauth2/token' },
  pkce: 'optional',
  rotation: 'reusable',
  answer: {
    body: { ...standard, expires_in: '{expires_in_text}', expires_on: '{expires_at_text}', resource: '{origin}/' },
  },
}

/** Version 2 of Microsoft's endpoint, asked as `common`: id tokens are of the user's tenant. */
export const entra: Quirk = {
  see: 'https://learn.microsoft.com/en-us/entra/identity-platform/access-tokens#multitenant-applications',
  origin: 'https://login.microsoftonline.com',
  paths: {
    authorize: '/common/oauth2/v2.0/authorize',
    token: '/common/oauth2/v2.0/token',
    deviceAuthorization: '/common/oauth2/v2.0/devicecode',
    jwks: '/common/discovery/v2.0/keys',
  },
  pkce: 'optional',
  offline: { scope: 'offline_access' },
  authorize: { iss: false },
  answer: {
    body: { ...standard, ext_expires_in: '{expires_in}' },
    idTokenIssuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0',
  },
}
