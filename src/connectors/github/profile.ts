import {
  costBody,
  proven,
  readAll,
  refusalWhen,
  statusWhen,
  xRateLimit,
  type HttpRequest,
  type HttpResponse,
  type Limit,
  type OAuthVendor,
  type QuotaReader,
  type QuotaReading,
  type VendorProfile,
} from 'hawser'

// The resources that are counted per minute; all others are counted per hour.
// @see https://docs.github.com/en/rest/search/search#rate-limit
const minuteMs = 60_000
const hourMs = 3_600_000

/**
 * Secondary limits on requests that make content, in any stretch as long: by which minute or hour GitHub counts is not documented.
 * The primary limits differ by the credential, and answers tell them.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const contentLimits: readonly Limit[] = [
  { name: 'content-minute', limit: 80, windowMs: minuteMs, kind: 'sliding', counts: 'writes' },
  { name: 'content-hour', limit: 500, windowMs: hourMs, kind: 'sliding', counts: 'writes' },
]

// "Wait for at least one minute before retrying", where a secondary limit names no time.
const secondaryLimitMs = 60_000

/** Apps of both kinds. @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps */
const oauth: OAuthVendor = {
  authorizeUrl: 'https://github.com/login/oauth/authorize',
  tokenUrl: 'https://github.com/login/oauth/access_token',
  deviceUrl: 'https://github.com/login/device/code',
  clientAuthentication: 'body',
  // Errors come with status 200. @see https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
  errorCodes: {
    bad_refresh_token: 'invalid_grant',
    bad_verification_code: 'invalid_grant',
    incorrect_client_credentials: 'invalid_client',
    incorrect_device_code: 'invalid_grant',
  },
  // A refresh ends both tokens before it. @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
  rotation: 'strict',
}

/** GitHub's REST API. */
export const github: VendorProfile = {
  name: 'github',
  baseUrl: 'https://api.github.com',
  // Release assets are uploaded here. @see https://docs.github.com/en/rest/releases/assets#upload-a-release-asset
  origins: ['https://uploads.github.com'],
  // @see https://docs.github.com/en/rest/about-the-rest-api/api-versions
  version: { header: 'x-github-api-version', value: '2022-11-28' },
  // @see https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#accept
  headers: { accept: 'application/vnd.github+json' },
  // @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
  maxConcurrent: 100,
  // Archives and job logs answer with a signed link to a storage host.
  // @see https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-zip
  redirectElsewhere: 'anonymous',
  oauth,
  quota: { limits: contentLimits, reader: quotaReader(), family: resourceOf },
  // Every credential may ask it, an installation's too, and it is free.
  // @see https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user
  probe: { route: 'GET /rate_limit' },
  status: graphqlStatus,
  errors: {
    // @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    message: (body) => body?.message ?? body?.errors?.[0]?.message,
    code: (body) => body?.errors?.[0]?.code ?? body?.errors?.[0]?.type ?? body?.errors?.[0]?.extensions?.code,
    requestId: 'x-github-request-id',
  },
}

// What a query may not have is told by a type, and a query that is none by where it is wrong.
const refusedByType = statusWhen({
  field: 'errors.0.type',
  code: 'errors.0.type',
  statuses: {
    FORBIDDEN: 403,
    INSUFFICIENT_SCOPES: 403,
    NOT_FOUND: 404,
    // Documented is the longer one, answered is either. @see https://github.com/octokit/plugin-throttling.js/issues/824
    RATE_LIMIT: 403,
    RATE_LIMITED: 403,
    UNPROCESSABLE: 422,
  },
})
const wrongQuery = statusWhen({ field: 'errors.0.locations', code: 'errors.0.extensions.code', statuses: {} })
// GitHub's own trouble, such as a query that took too long, tells nothing but a message.
const ownTrouble = statusWhen({ field: 'errors.0.message', code: 'errors.0.type', statuses: {}, otherwise: 500 })
// What REST lists with a success has a kind. @see https://docs.github.com/en/rest/repos/repos#list-codeowners-errors
const listedByRest = statusWhen({ field: 'errors.0.kind', code: 'errors.0.kind', statuses: {} })

/** GraphQL fails with status 200. @see https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api */
function graphqlStatus(response: HttpResponse): number | undefined {
  // A server of one's own that keeps no limits names no resource.
  const { 'x-ratelimit-resource': resource = 'graphql' } = response.headers
  if (resource !== 'graphql' || listedByRest(response) !== undefined) return undefined
  return refusedByType(response) ?? wrongQuery(response) ?? ownTrouble(response)
}

/** Which resource a call is counted in. @see https://docs.github.com/en/rest/rate-limit/rate-limit */
function resourceOf({ operation }: HttpRequest): string {
  if (operation.includes('/search/code')) return 'code_search'
  if (operation.includes('/search/')) return 'search'
  return operation.includes('/graphql') ? 'graphql' : 'core'
}

/**
 * The primary limit stands in `x-ratelimit-*`, for each resource, with its reset in epoch seconds. At it, an answer is a 403 or a
 * 429 with nothing remaining. At a secondary limit the message tells it, or `retry-after` does, or nothing but a 429.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function quotaReader(): QuotaReader {
  const status = [403, 429]
  const primary = { 'x-ratelimit-limit': '5000', 'x-ratelimit-resource': 'core', 'x-ratelimit-reset': '1893459600' }
  const core = { name: 'core', limit: 5000, resetsAtVendor: 1_893_459_600_000, precisionMs: 1000, windowMs: hourMs }
  return proven(
    readAll(
      xRateLimit({
        windowHeader: 'x-ratelimit-resource',
        window: 'core',
        reset: 'epoch-seconds',
        windowMs: { core: hourMs, graphql: hourMs, search: minuteMs, code_search: minuteMs },
      }),
      // In GraphQL with nothing but its message, which is no status.
      refusalWhen({
        status: [...status, 500],
        body: 'secondary rate limit',
        window: 'secondary',
        pauseMs: secondaryLimitMs,
      }),
      // Something may remain: less than the query would cost.
      refusalWhen({ status, body: /"type": ?"RATE_LIMIT(?:ED)?"/, window: 'graphql' }),
      refusalWhen({ status, header: { name: 'x-ratelimit-remaining', is: '0' } }),
      refusalWhen({ status, header: { name: 'retry-after', is: /./ }, window: 'secondary' }),
      refusalWhen({ window: 'secondary', pauseMs: secondaryLimitMs }),
      unchangedIsFree,
      // Where a query asks for it: `rateLimit { cost }`. @see https://docs.github.com/en/graphql/reference/objects#ratelimit
      costBody({ cost: 'data.rateLimit.cost' }),
    ),
    {
      headers: { ...primary, 'x-ratelimit-remaining': '4987', 'x-ratelimit-used': '13' },
      reads: { windows: [{ ...core, remaining: 4987 }] },
    },
    {
      headers: { ...primary, 'x-ratelimit-remaining': '4987' },
      body: { data: { rateLimit: { cost: 12 } } },
      reads: { windows: [{ ...core, remaining: 4987 }], cost: 12 },
    },
    {
      status: 304,
      headers: { ...primary, 'x-ratelimit-remaining': '4987' },
      reads: { windows: [{ ...core, remaining: 4987 }], cost: 0 },
    },
    {
      status: 403,
      headers: { ...primary, 'x-ratelimit-remaining': '0' },
      body: { message: 'API rate limit exceeded for user ID 1.' },
      reads: { windows: [{ ...core, remaining: 0 }], refusal: {} },
    },
    {
      status: 403,
      headers: {},
      body: { message: 'You have exceeded a secondary rate limit.' },
      reads: { refusal: { window: 'secondary', retryAfterMs: secondaryLimitMs } },
    },
    { status: 429, headers: {}, reads: { refusal: { window: 'secondary', retryAfterMs: secondaryLimitMs } } },
    {
      status: 403,
      headers: { ...primary, 'x-ratelimit-remaining': '4', 'x-ratelimit-resource': 'graphql' },
      body: {
        errors: [{ type: 'RATE_LIMIT', code: 'graphql_rate_limit', message: 'API rate limit already exceeded.' }],
      },
      reads: { windows: [{ ...core, name: 'graphql', remaining: 4 }], refusal: { window: 'graphql' } },
    },
  )
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate */
function unchangedIsFree({ status }: HttpResponse): QuotaReading | undefined {
  return status === 304 ? { cost: 0 } : undefined
}
