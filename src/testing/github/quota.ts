import { xRateLimitHeaders } from '../limits/dialects.ts'
import { retryAfterSeconds, type QuotaRefusal, type VendorQuota } from '../limits/vendor-quota.ts'
import type { RouteHandler } from '../simulators/definition.ts'
import { githubError } from './errors.ts'
import type { GitHubRecords } from './records.ts'

const minuteMs = 60_000
const hourMs = 3_600_000

const writes = ['POST', 'PATCH', 'PUT', 'DELETE']

/**
 * GitHub's limits for a signed-in user.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 * @see https://docs.github.com/en/rest/search/search#rate-limit
 */
export const githubQuota: Partial<VendorQuota> = {
  limits: [
    { name: 'core', limit: 5000, windowMs: hourMs, kind: 'first-call', families: ['core'] },
    { name: 'search', limit: 30, windowMs: minuteMs, kind: 'first-call', families: ['search'] },
    { name: 'code_search', limit: 10, windowMs: minuteMs, kind: 'first-call', families: ['code_search'] },
    // Secondary limits: points in a minute, and content that notifies people.
    {
      name: 'points',
      limit: 900,
      windowMs: minuteMs,
      secondary: true,
      costs: Object.fromEntries(writes.map((method) => [method, 5])),
    },
    { name: 'content-minute', limit: 80, windowMs: minuteMs, secondary: true, counts: 'writes' },
    { name: 'content-hour', limit: 500, windowMs: hourMs, secondary: true, counts: 'writes' },
  ],
  tell: xRateLimitHeaders({
    reset: 'epoch-seconds',
    windowHeader: 'x-ratelimit-resource',
    usedHeader: 'x-ratelimit-used',
  }),
  refuse: refusal,
  // Asking for it costs nothing. @see https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user
  cost: ({ operation }) => (operation === 'GET /rate_limit' ? 0 : 1),
}

/** Answers how the limits stand. @see https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user */
export const rateLimit: RouteHandler<GitHubRecords> = ({ limits }) => {
  const resources = Object.fromEntries(
    limits.map(({ name, limit, remaining, resetsAt }) => [
      name,
      { limit, used: limit - remaining, remaining, reset: Math.ceil(resetsAt / 1000) },
    ]),
  )
  return { json: { resources, rate: resources['core'] } }
}

/** At the primary limit the headers say it all; at a secondary one the message and `retry-after` do. */
function refusal(refused: QuotaRefusal): Response {
  const message = refused.secondary
    ? 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
    : 'API rate limit exceeded.'
  const headers = refused.secondary ? { 'retry-after': String(retryAfterSeconds(refused)) } : {}
  return Response.json(githubError({ status: 403, message }), { status: 403, headers })
}
