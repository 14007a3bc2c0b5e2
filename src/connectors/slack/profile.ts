import { sentField, statusWhen, type HttpRequest, type Limit, type OAuthVendor, type VendorProfile } from 'hawser'

const minuteMs = 60_000

/** So many calls of each method in a minute, whatever minute the vendor counts by. */
function tier(number: number, limit: number, families: readonly string[]): Limit {
  return { name: `tier ${number}`, limit, windowMs: minuteMs, kind: 'sliding', scope: 'family', families }
}

/**
 * The limits of an app in a workspace: each method by itself, by the tier in its page. A tier's figure is the least that Slack
 * promises.
 *
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
export const tierLimits: readonly Limit[] = [
  tier(2, 20, ['conversations.create', 'conversations.list', 'reactions.remove', 'users.list']),
  tier(3, 50, [
    'chat.delete',
    'chat.scheduleMessage',
    'chat.update',
    'conversations.history',
    'conversations.info',
    'conversations.invite',
    'conversations.join',
    'conversations.open',
    'conversations.replies',
    'reactions.add',
    'users.lookupByEmail',
  ]),
  tier(4, 100, [
    'chat.postEphemeral',
    'conversations.members',
    'files.completeUploadExternal',
    'files.getUploadURLExternal',
    'files.info',
    'users.info',
    'views.open',
  ]),
  // "One message per second per channel." @see https://docs.slack.dev/apis/web-api/rate-limits#posting-messages
  { name: 'channel', limit: 1, windowMs: 1000, kind: 'sliding', scope: 'object', families: ['chat.postMessage'] },
]

/**
 * The limits of an app that is sold outside of Slack's Marketplace, where it was installed since May 29, 2025:
 * `new Slack({ auth, throttle: { limits: … } })`. Such an app also gets 15 messages at most.
 *
 * @see https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
 */
export const nonMarketplaceLimits: readonly Limit[] = [
  ...tierLimits,
  { ...tier(1, 1, ['conversations.history', 'conversations.replies']), name: 'non-Marketplace' },
]

/** Apps with granular scopes: a bot's token, and a user's beside it. @see https://docs.slack.dev/authentication/installing-with-oauth */
const oauth: OAuthVendor = {
  authorizeUrl: 'https://slack.com/oauth/v2/authorize',
  tokenUrl: 'https://slack.com/api/oauth.v2.access',
  clientAuthentication: 'basic',
  scopeSeparator: ',',
  // Refused (`pkce_not_allowed`) unless the app was made a public client's, which cannot be undone.
  // @see https://docs.slack.dev/authentication/using-pkce
  pkce: false,
  tokens: { main: {}, user: { accessToken: 'authed_user.access_token' } },
  // Errors come with status 200, trouble of Slack's own too.
  // @see https://docs.slack.dev/reference/methods/oauth.v2.access#errors
  errorCodes: {
    bad_client_secret: 'invalid_client',
    code_already_used: 'invalid_grant',
    fatal_error: 'temporarily_unavailable',
    internal_error: 'temporarily_unavailable',
    invalid_client_id: 'invalid_client',
    invalid_code: 'invalid_grant',
    invalid_refresh_token: 'invalid_grant',
    ratelimited: 'slow_down',
    request_timeout: 'temporarily_unavailable',
    service_unavailable: 'temporarily_unavailable',
    team_added_to_org: 'temporarily_unavailable',
  },
  // A refresh ends both tokens before it. @see https://docs.slack.dev/authentication/using-token-rotation
  rotation: 'strict',
}

/** Slack's Web API. */
export const slack: VendorProfile = {
  name: 'slack',
  baseUrl: 'https://slack.com',
  // Files are sent there, and got from there. @see https://docs.slack.dev/messaging/working-with-files
  origins: ['https://files.slack.com'],
  arrays: 'comma',
  oauth,
  quota: { limits: tierLimits, family: methodOf, object: (request) => sentField(request, 'channel') },
  // @see https://docs.slack.dev/apis/web-api/#responses, and the errors in the page of each method
  status: statusWhen({
    field: 'ok',
    is: false,
    code: 'error',
    statuses: {
      account_inactive: 401,
      invalid_auth: 401,
      not_authed: 401,
      token_expired: 401,
      token_revoked: 401,
      access_denied: 403,
      accesslimited: 403,
      cant_delete_message: 403,
      cant_update_message: 403,
      ekm_access_denied: 403,
      missing_scope: 403,
      no_permission: 403,
      not_allowed_token_type: 403,
      not_in_channel: 403,
      restricted_action: 403,
      team_access_not_granted: 403,
      channel_not_found: 404,
      file_deleted: 404,
      file_not_found: 404,
      message_not_found: 404,
      no_reaction: 404,
      team_not_found: 404,
      thread_not_found: 404,
      user_not_found: 404,
      users_not_found: 404,
      // What was sent came in part only, or not at all.
      request_timeout: 408,
      already_in_channel: 409,
      already_reacted: 409,
      name_taken: 409,
      // `chat.postMessage` has a word of its own. @see https://docs.slack.dev/reference/methods/chat.postMessage#errors
      rate_limited: 429,
      ratelimited: 429,
      fatal_error: 500,
      internal_error: 500,
      org_login_required: 503,
      service_unavailable: 503,
      team_added_to_org: 503,
    },
  }),
  errors: {
    message: (body) => body?.response_metadata?.messages?.[0] ?? body?.error,
    code: (body) => body?.error,
    requestId: 'x-slack-req-id',
  },
  // @see https://docs.slack.dev/reference/methods/auth.test
  probe: { route: 'GET /api/auth.test', identity: 'user_id' },
}

/** `POST /api/chat.postMessage` is counted as `chat.postMessage`. */
function methodOf({ operation }: HttpRequest): string {
  return operation.split('/').at(-1) ?? ''
}
