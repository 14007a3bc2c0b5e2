import {
  costBody,
  proven,
  readAll,
  statusWhen,
  usedOfMax,
  type HttpRequest,
  type Limit,
  type OAuthVendor,
  type QuotaReader,
  type VendorProfile,
} from 'hawser'

// Both buckets leak away within 20 seconds, whatever the shop's plan: 40 by 2, 2000 by 100.
const bucketMs = 20_000
const dayMs = 24 * 3_600_000
const callLimit = 'x-shopify-shop-api-call-limit'

/**
 * The limits of an app in a shop of the plan with the least. What answers tell goes before them.
 *
 * @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
 * @see https://shopify.dev/docs/api/admin-rest/usage/rate-limits
 */
export const standardLimits: readonly Limit[] = [
  { name: 'rest', limit: 40, windowMs: bucketMs, kind: 'token-bucket', families: ['rest'] },
  { name: 'graphql', limit: 2000, windowMs: bucketMs, kind: 'token-bucket', families: ['graphql'] },
]

/** @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant */
const oauth: OAuthVendor = {
  authorizeUrl: 'https://{shop}.myshopify.com/admin/oauth/authorize',
  tokenUrl: 'https://{shop}.myshopify.com/admin/oauth/access_token',
  clientAuthentication: 'body',
  scopeSeparator: ',',
  // @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant#step-3-validate-authorization-code
  callbackHmac: 'hmac',
  callbackParameters: { shop: '{shop}.myshopify.com' },
  // Asks for a token that expires; a refresh has no use for it, and ignores it.
  // @see https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens
  // @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2
  tokenParameters: { expiring: '1' },
  // @see https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens
  rotation: 'until-first-use',
  refreshLifetimeMs: 90 * dayMs,
  // @see https://shopify.dev/docs/api/admin-graphql#authentication
  tokenHeader: { name: 'X-Shopify-Access-Token' },
}

/** Shopify's Admin API, of one shop. */
export const shopify: VendorProfile = {
  name: 'shopify',
  baseUrl: 'https://{shop}.myshopify.com/admin/api/{version}',
  // The name before `.myshopify.com`; a dot or a slash would lead the token to another host.
  tenant: { shop: /^[a-z0-9][a-z0-9-]*$/ },
  // @see https://shopify.dev/docs/api/usage/versioning
  version: { value: '2026-07' },
  arrays: 'comma',
  oauth,
  quota: { limits: standardLimits, reader: quotaReader(), family: apiOf },
  // GraphQL fails with status 200. @see https://shopify.dev/docs/api/admin-graphql#status_and_error_codes
  status: statusWhen({
    field: 'errors.0',
    code: 'errors.0.extensions.code',
    // A missing scope is denied access, though Shopify likens it to a 401: no other token would have more.
    statuses: { ACCESS_DENIED: 403, SHOP_INACTIVE: 423, THROTTLED: 429, INTERNAL_SERVER_ERROR: 500 },
  }),
  errors: {
    // REST says a text, or texts by field. @see https://shopify.dev/docs/api/usage/response-codes
    message: (body) => body?.errors?.[0]?.message ?? body?.errors,
    code: (body) => body?.errors?.[0]?.extensions?.code,
    requestId: 'x-request-id',
  },
  // @see https://shopify.dev/docs/api/admin-rest/latest/resources/shop
  probe: { route: 'GET /shop.json', identity: 'shop.myshopify_domain' },
}

/** REST counts calls, GraphQL counts what they cost. */
function apiOf({ operation }: HttpRequest): string {
  return operation.endsWith('/graphql.json') ? 'graphql' : 'rest'
}

/**
 * REST tells its bucket in a header, GraphQL in the body. What a query asked for beyond its cost is given back.
 *
 * @see https://shopify.dev/docs/api/admin-rest/usage/rate-limits
 * @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
 */
function quotaReader(): QuotaReader {
  const status = 'extensions.cost.throttleStatus'
  const throttleStatus = { maximumAvailable: 2000, currentlyAvailable: 118, restoreRate: 100 }
  const graphql = {
    name: 'graphql',
    limit: 2000,
    remaining: 118,
    windowMs: bucketMs,
    kind: 'token-bucket' as const,
  }
  return proven(
    readAll(
      usedOfMax({ header: callLimit, window: 'rest', windowMs: bucketMs, kind: 'token-bucket' }),
      costBody({
        window: 'graphql',
        cost: 'extensions.cost.actualQueryCost',
        requested: 'extensions.cost.requestedQueryCost',
        limit: `${status}.maximumAvailable`,
        remaining: `${status}.currentlyAvailable`,
        restorePerSecond: `${status}.restoreRate`,
      }),
    ),
    {
      headers: { [callLimit]: '32/40' },
      reads: { windows: [{ name: 'rest', limit: 40, remaining: 8, windowMs: bucketMs, kind: 'token-bucket' }] },
    },
    {
      headers: {},
      body: { data: {}, extensions: { cost: { requestedQueryCost: 52, actualQueryCost: 12, throttleStatus } } },
      reads: { windows: [graphql], cost: 12 },
    },
    {
      status: 429,
      headers: {},
      body: {
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: { cost: { requestedQueryCost: 318, actualQueryCost: null, throttleStatus } },
      },
      reads: { windows: [graphql], refusal: { window: 'graphql', retryAfterMs: 2000 } },
    },
  )
}
