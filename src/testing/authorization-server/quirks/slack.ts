/** Slack, as a client meets it. Emulated from its documentation, not recorded. */
import type { Quirk, Template } from '../quirk.ts'

const refusal: Quirk['refusal'] = {
  status: 200,
  body: { ok: false, error: '{error}' },
  codes: { invalid_grant: 'invalid_code', invalid_client: 'bad_client_secret', invalid_request: 'invalid_arguments' },
  refreshCodes: { invalid_grant: 'invalid_refresh_token' },
}
const common: Pick<Quirk, 'origin' | 'paths' | 'authorize' | 'pkce' | 'accessTokenMs'> = {
  origin: 'https://slack.com',
  paths: { authorize: '/oauth/v2/authorize', token: '/api/oauth.v2.access' },
  authorize: { scopeSeparator: ',', iss: false },
  // Unless the app was made a public client's. @see https://docs.slack.dev/authentication/using-pkce
  pkce: 'refused',
  accessTokenMs: 12 * 3_600_000,
}
const team: Readonly<Record<string, Template>> = {
  app_id: 'A0KRD7HC3',
  team: { name: 'Team', id: 'T9TK3CUKW' },
  enterprise: null,
  is_enterprise_install: false,
}

const refreshed: Template = {
  ok: true,
  access_token: '{access_token}',
  token_type: '{token_type}',
  scope: '{scope_commas}',
  expires_in: '{expires_in}',
  refresh_token: '{refresh_token}',
  ...team,
}

/** A bot's token, and a user's in `authed_user`; both rotate; refusals have status 200 and `ok: false`. */
export const slack: Quirk = {
  see: 'https://docs.slack.dev/reference/methods/oauth.v2.access',
  ...common,
  answer: {
    tokenType: 'bot',
    companion: 'user',
    body: {
      ok: true,
      access_token: '{access_token}',
      token_type: '{token_type}',
      scope: '{scope_commas}',
      bot_user_id: 'U0KRQLJ9H',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      ...team,
      authed_user: {
        id: '{subject}',
        scope: '{scope_commas}',
        access_token: '{user.access_token}',
        token_type: 'user',
        expires_in: '{expires_in}',
        refresh_token: '{user.refresh_token}',
      },
    },
    refreshed,
  },
  refusal,
}

/** An installation for a user only: all tokens are in `authed_user`. */
export const slackUser: Quirk = {
  see: 'https://docs.slack.dev/reference/methods/oauth.v2.access',
  ...common,
  answer: {
    tokenType: 'user',
    body: {
      ok: true,
      ...team,
      authed_user: {
        id: '{subject}',
        scope: '{scope_commas}',
        access_token: '{access_token}',
        token_type: 'user',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
      },
    },
    refreshed,
  },
  refusal,
}
