/** Vendors of platforms, each as a client meets it. Emulated from their documentation, not recorded. */
import type { Quirk, VendorCodes } from '../quirk.ts'

const hour = 3_600_000
const day = 24 * hour

/** Refusals have status 200, with codes of its own; answers are forms unless JSON is asked for. */
export const github: Quirk = {
  see: 'https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens',
  origin: 'https://github.com',
  paths: {
    authorize: '/login/oauth/authorize',
    token: '/login/oauth/access_token',
    deviceAuthorization: '/login/device/code',
    device: '/login/device',
  },
  pkce: 'optional',
  accessTokenMs: 8 * hour,
  refreshTokenMs: 183 * day,
  authorize: { iss: false },
  answer: {
    format: 'form-unless-json',
    body: {
      access_token: '{access_token}',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      refresh_token_expires_in: '{refresh_expires_in}',
      scope: '{scope_commas}',
      token_type: 'bearer',
    },
  },
  refusal: {
    status: 200,
    format: 'form-unless-json',
    codes: { invalid_grant: 'bad_verification_code', invalid_client: 'incorrect_client_credentials' },
    refreshCodes: { invalid_grant: 'bad_refresh_token' },
    body: {
      error: '{error}',
      error_description: '{error_description}',
      error_uri:
        'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/',
    },
  },
}

/** No `token_type`. */
export const linkedin: Quirk = {
  see: 'https://github.com/panva/openid-client/issues/826',
  origin: 'https://www.linkedin.com',
  paths: { authorize: '/oauth/v2/authorization', token: '/oauth/v2/accessToken' },
  pkce: 'optional',
  accessTokenMs: 60 * day,
  refreshTokenMs: 365 * day,
  authorize: { iss: false },
  token: { authentication: ['client_secret_post'] },
  answer: {
    body: {
      access_token: '{access_token}',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      refresh_token_expires_in: '{refresh_expires_in}',
      scope: '{scope_commas}',
    },
  },
}

/** `scope` is a list; refusals say what is wrong in words. */
export const twitch: Quirk = {
  see: 'https://dev.twitch.tv/docs/authentication/refresh-tokens/',
  origin: 'https://id.twitch.tv',
  paths: { authorize: '/oauth2/authorize', token: '/oauth2/token', revoke: '/oauth2/revoke' },
  pkce: 'optional',
  accessTokenMs: 4 * hour,
  authorize: { iss: false },
  token: { authentication: ['client_secret_post'] },
  answer: {
    body: {
      access_token: '{access_token}',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      scope: '{scope_list}',
      token_type: 'bearer',
      id_token: '{id_token}',
    },
  },
  refusal: { status: 400, body: { error: 'Bad Request', status: 400, message: '{error_description}' } },
}

/** Tokens are in `data`, the client's id is its `client_key`. */
export const tiktok: Quirk = {
  see: 'https://developers.tiktok.com/doc/legacy-user-access-guide',
  origin: 'https://open-api.tiktok.com',
  paths: {
    authorize: '/platform/oauth/connect',
    token: '/oauth/access_token/',
    refresh: '/oauth/refresh_token/',
    revoke: '/oauth/revoke/',
  },
  pkce: 'optional',
  accessTokenMs: day,
  refreshTokenMs: 365 * day,
  authorize: { names: { client_id: 'client_key' }, scopeSeparator: ',', iss: false },
  token: { names: { client_id: 'client_key' }, body: 'query', authentication: ['client_secret_post', 'none'] },
  answer: {
    body: {
      data: {
        open_id: '{subject}',
        scope: '{scope_commas}',
        access_token: '{access_token}',
        expires_in: '{expires_in}',
        refresh_token: '{refresh_token}',
        refresh_expires_in: '{refresh_expires_in}',
        captcha: '',
        desc_url: '',
        description: '',
        error_code: 0,
      },
      message: 'success',
    },
  },
  refusal: {
    status: 200,
    codes: { invalid_grant: 10007, invalid_client: 10003, invalid_request: 10002 },
    body: {
      data: { captcha: '', desc_url: '', description: '{error_description}', error_code: '{error}' },
      message: 'error',
    },
  },
}

const facebookCodes: VendorCodes = { invalid_grant: 190, invalid_client: 101, invalid_request: 100 }

/** Token requests are a GET; `error` is an object with a number; no refresh token. */
export const facebook: Quirk = {
  see: 'https://developers.facebook.com/docs/graph-api/guides/error-handling',
  origin: 'https://graph.facebook.com',
  paths: { authorize: '/dialog/oauth', token: '/oauth/access_token' },
  pkce: 'optional',
  accessTokenMs: 60 * day,
  authorize: { scopeSeparator: ',', iss: false },
  token: { body: 'query', method: 'GET' },
  answer: { body: { access_token: '{access_token}', token_type: 'bearer', expires_in: '{expires_in}' } },
  refusal: {
    status: 400,
    codes: facebookCodes,
    body: {
      error: {
        message: '{error_description}',
        type: 'OAuthException',
        code: '{error}',
        fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUvW',
      },
    },
  },
}

/** A refresh token for `access_type=offline` only, which stays; a refresh gives none. */
export const google: Quirk = {
  see: 'https://developers.google.com/identity/protocols/oauth2/web-server#offline',
  origin: 'https://oauth2.googleapis.com',
  paths: { authorize: '/o/oauth2/v2/auth', deviceAuthorization: '/device/code' },
  pkce: 'optional',
  rotation: 'reusable',
  offline: { parameter: 'access_type', value: 'offline' },
  authorize: { iss: false },
}

/** Token requests are a GET with `appid` and `secret`; refusals have status 200 and a number; no `token_type`. */
export const wechat: Quirk = {
  see: 'https://developers.weixin.qq.com/doc/offiaccount/en/OA_Web_Apps/Wechat_webpage_authorization.html',
  origin: 'https://api.weixin.qq.com',
  paths: {
    authorize: '/connect/oauth2/authorize',
    token: '/sns/oauth2/access_token',
    refresh: '/sns/oauth2/refresh_token',
  },
  pkce: 'optional',
  accessTokenMs: 2 * hour,
  rotation: 'reusable',
  authorize: { names: { client_id: 'appid' }, scopeSeparator: ',', iss: false },
  token: {
    names: { client_id: 'appid', client_secret: 'secret' },
    body: 'query',
    method: 'GET',
    // A refresh there comes without the secret.
    authentication: ['client_secret_post', 'none'],
  },
  answer: {
    body: {
      access_token: '{access_token}',
      expires_in: '{expires_in}',
      refresh_token: '{refresh_token}',
      openid: '{subject}',
      scope: '{scope_commas}',
    },
  },
  refusal: {
    status: 200,
    codes: { invalid_grant: 40029, invalid_client: 40125, invalid_request: 41008 },
    refreshCodes: { invalid_grant: 40030 },
    body: { errcode: '{error}', errmsg: '{error_description}' },
  },
}
