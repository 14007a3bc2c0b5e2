import { retryAfterMs, type HttpResponse, type Throttle, type VendorProfile } from 'hawser'

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
  throttled,
  errors: {
    // @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    message: (body) => body?.message,
    code: (body) => body?.errors?.[0]?.code,
    requestId: 'x-github-request-id',
  },
}

// "Wait for at least one minute before retrying", where a secondary limit names no time.
const secondaryLimitMs = 60_000

/**
 * A throttle of GitHub's is a 403 or a 429: at the primary limit with nothing remaining until `x-ratelimit-reset`, at a
 * secondary limit with `retry-after` or none at all.
 *
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function throttled({ status, headers, body }: HttpResponse, now: number): Throttle | undefined {
  if (status !== 403 && status !== 429) return undefined
  const waitMs = retryAfterMs(headers, now)
  if (waitMs !== undefined) return { retryAfterMs: waitMs }
  if (headers['x-ratelimit-remaining'] === '0') {
    const localTime = Date.parse(headers['date'] ?? '') || now
    return { retryAfterMs: Math.max(0, Number(headers['x-ratelimit-reset']) * 1000 - localTime) }
  }
  const secondary = body instanceof Uint8Array && Buffer.from(body).includes('secondary rate limit')
  return status === 429 || secondary ? { retryAfterMs: secondaryLimitMs } : undefined
}
