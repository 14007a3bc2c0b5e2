import { proven, xRateLimit, type VendorProfile } from 'hawser'

/**
 * The facts about Acme, each with the page that says so.
 *
 * All of them are examples so far. Replace them one by one, and leave out what the vendor does not have.
 */
export const acmeProfile: VendorProfile = {
  name: 'acme',
  // @see https://docs.acme.example/
  baseUrl: 'https://api.acme.example/v1',
  // @see https://docs.acme.example/versions
  version: { header: 'acme-version', value: '2030-01-01' },
  // @see https://docs.acme.example/idempotency
  idempotency: { header: 'Idempotency-Key' },
  // @see https://docs.acme.example/rate-limits
  quota: {
    limits: [{ name: 'minute', limit: 100, windowMs: 60_000 }],
    // The sample is an answer as the vendor's page shows it, and what it means there.
    reader: proven(xRateLimit({ reset: 'delta-seconds', window: 'minute' }), {
      headers: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '30' },
      reads: { windows: [{ name: 'minute', limit: 100, remaining: 41, resetsInMs: 30_000, precisionMs: 1000 }] },
    }),
  },
  // @see https://docs.acme.example/errors
  errors: {
    message: (body) => body?.error?.message,
    code: (body) => body?.error?.code,
    requestId: 'acme-request-id',
  },
  // The cheapest read that every credential may make. @see https://docs.acme.example/account
  probe: { route: 'GET /account', identity: 'id' },
}
