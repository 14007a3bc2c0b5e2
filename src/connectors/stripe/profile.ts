import {
  proven,
  readAll,
  refusalWhen,
  type HttpRequest,
  type Limit,
  type QuotaReader,
  type VendorProfile,
} from 'hawser'

const searches = ['charges', 'customers', 'invoices', 'payment_intents', 'prices', 'products', 'subscriptions']

/** So many in any stretch of a second, whatever second the vendor counts by. */
function perSecond(name: string, limit: number, more: Partial<Limit> = {}): Limit {
  return { name, limit, windowMs: 1000, kind: 'sliding', ...more }
}

/**
 * The limits of an account in live mode. Those of single objects (one payment's updates, one subscription's invoices) are
 * not here: a refusal tells them, and holds up nobody else.
 *
 * @see https://docs.stripe.com/rate-limits#rate-limits
 */
export const liveLimits: readonly Limit[] = [
  perSecond('account', 100),
  perSecond('endpoint', 25, { scope: 'family' }),
  perSecond('search', 20, { families: searches.map((name) => `GET /v1/${name}/search`) }),
  perSecond('file reads', 20, { families: ['GET /v1/files', 'GET /v1/files/{}'] }),
  perSecond('file writes', 20, { families: ['POST https://files.stripe.com'] }),
  perSecond('payouts', 15, { families: ['POST /v1/payouts'] }),
]

/** The limits of a sandbox: `new Stripe({ auth, throttle: { limits: sandboxLimits } })`. */
export const sandboxLimits: readonly Limit[] = liveLimits.map((limit) =>
  limit.name === 'account' ? { ...limit, limit: 25 } : limit,
)

/** Stripe's API, version 1 by forms and version 2 by JSON. */
export const stripe: VendorProfile = {
  name: 'stripe',
  baseUrl: 'https://api.stripe.com',
  // @see https://docs.stripe.com/api/files/create and https://docs.stripe.com/api/v2/billing-meter-stream
  origins: ['https://files.stripe.com', 'https://meter-events.stripe.com'],
  // @see https://docs.stripe.com/api/versioning
  version: { header: 'stripe-version', value: '2026-10-28.endive' },
  // @see https://docs.stripe.com/api-v2-overview#key-differences
  forms: /^\/v1\//,
  // As the vendor's own SDK writes them: `items[0][price]=…`, and dates as seconds.
  // @see https://docs.stripe.com/api/subscriptions/create
  arrays: 'indices',
  dates: 'epoch-seconds',
  // @see https://docs.stripe.com/api/idempotent_requests
  idempotency: { header: 'Idempotency-Key', methods: ['POST'], maxLength: 255 },
  // A write under the same key that is still under way answers 409 to its repetition.
  // @see https://docs.stripe.com/api/errors
  transientStatuses: [409],
  // @see https://docs.stripe.com/error-low-level#stripe-should-retry
  retryHintHeader: 'stripe-should-retry',
  quota: { limits: liveLimits, reader: quotaReader(), family: endpointOf },
  errors: {
    // @see https://docs.stripe.com/api/errors
    message: (body) => body?.error?.message,
    code: (body) => body?.error?.code ?? body?.error?.type,
    // @see https://docs.stripe.com/api/request_ids
    requestId: 'request-id',
  },
  // @see https://docs.stripe.com/api/accounts/retrieve
  probe: { route: 'GET /v1/account', identity: 'id' },
}

/**
 * Which endpoint a call counts for: each operation by itself, whatever the id, written into the path or filled in. Ids hold a
 * digit or a capital, and no name of a path does but `v1`.
 *
 * @see https://docs.stripe.com/rate-limits#rate-limits
 */
function endpointOf({ operation }: HttpRequest): string {
  return operation.replace(/\/(?!v\d\/)[^/]*[\dA-Z{][^/]*/g, '/{}')
}

/**
 * No answer tells what remains. A refusal names the limiter in `stripe-rate-limited-reason`; a lock that could not be had in
 * time is a 429 without it, and is about one object.
 *
 * @see https://docs.stripe.com/rate-limits#handling-limiting-gracefully
 * @see https://docs.stripe.com/rate-limits#object-lock-timeouts
 */
function quotaReader(): QuotaReader {
  const name = 'stripe-rate-limited-reason'
  return proven(
    readAll(
      refusalWhen({ header: { name, is: 'global-rate' }, window: 'account' }),
      refusalWhen({ header: { name, is: 'endpoint-rate' }, window: 'endpoint' }),
      refusalWhen({ header: { name, is: /-concurrency$/ }, of: 'concurrency' }),
      refusalWhen({ header: { name, is: 'resource-specific' }, of: 'object' }),
      refusalWhen({ body: /"code": ?"lock_timeout"/, of: 'object' }),
      // Some endpoints say it with status 400. @see https://github.com/stripe/stripe-node/issues/2223
      refusalWhen({ status: 400, body: /"code": ?"rate_limit"/, of: 'object' }),
    ),
    { status: 429, headers: { [name]: 'global-rate' }, reads: { refusal: { window: 'account' } } },
    { status: 429, headers: { [name]: 'endpoint-concurrency' }, reads: { refusal: { of: 'concurrency' } } },
    { status: 429, headers: {}, body: { error: { code: 'lock_timeout' } }, reads: { refusal: { of: 'object' } } },
    { status: 400, headers: {}, body: { error: { code: 'rate_limit' } }, reads: { refusal: { of: 'object' } } },
  )
}
