/** Vendors that keep to the RFCs, and differ in what becomes of a refresh token. */
import type { Quirk } from '../quirk.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** A used refresh token is good for thirty minutes more. */
export const xero: Quirk = {
  see: 'https://developer.xero.com/faq/oauth2',
  origin: 'https://identity.xero.com',
  paths: { token: '/connect/token', authorize: '/identity/connect/authorize', revoke: '/connect/revocation' },
  pkce: 'optional',
  rotation: { kind: 'grace', graceMs: 30 * minute },
  accessTokenMs: 30 * minute,
  refreshTokenMs: 60 * day,
  offline: { scope: 'offline_access' },
}

/** A used refresh token is good for ten minutes more; the access token before a refresh ends at once. */
export const atlassian: Quirk = {
  see: 'https://community.developer.atlassian.com/t/the-old-access-token-will-be-revoked-during-the-refresh-token-exchange/83103',
  origin: 'https://auth.atlassian.com',
  paths: { token: '/oauth/token' },
  pkce: 'optional',
  rotation: { kind: 'grace', graceMs: 10 * minute },
  refreshEndsAccessTokens: true,
  refreshTokenMs: 90 * day,
  offline: { scope: 'offline_access' },
}

/** A leeway that the tenant sets; a token older than the last one ends the family. */
export const auth0: Quirk = {
  see: 'https://support.auth0.com/center/s/article/Refresh-token-leeway',
  paths: { token: '/oauth/token', revoke: '/oauth/revoke', deviceAuthorization: '/oauth/device/code' },
  rotation: { kind: 'grace', graceMs: minute },
  accessTokenMs: day,
  offline: { scope: 'offline_access' },
}

/** A leeway of thirty seconds. */
export const okta: Quirk = {
  see: 'https://developer.okta.com/docs/guides/refresh-tokens/main/#refresh-token-rotation',
  paths: {
    authorize: '/oauth2/v1/authorize',
    token: '/oauth2/v1/token',
    revoke: '/oauth2/v1/revoke',
    introspect: '/oauth2/v1/introspect',
    jwks: '/oauth2/v1/keys',
  },
  rotation: { kind: 'grace', graceMs: 30_000 },
  offline: { scope: 'offline_access' },
}

/** Doorkeeper's rule: a used refresh token is good until the access token that replaced its own is used. */
export const gitlab: Quirk = {
  see: 'https://github.com/doorkeeper-gem/doorkeeper/blob/main/lib/doorkeeper/oauth/refresh_token_request.rb',
  origin: 'https://gitlab.com',
  paths: {
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    revoke: '/oauth/revoke',
    introspect: '/oauth/introspect',
    deviceAuthorization: '/oauth/authorize_device',
  },
  pkce: 'optional',
  rotation: 'until-first-use',
  accessTokenMs: 120 * minute,
}
