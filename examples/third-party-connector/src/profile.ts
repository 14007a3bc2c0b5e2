import { proven, xRateLimit, type VendorProfile } from 'hawser'

/** The facts about the ferry line. A real connector names the vendor's page beside each. */
export const ferryProfile: VendorProfile = {
  name: 'ferry',
  baseUrl: 'https://api.ferry.example/v2',
  version: { header: 'ferry-version', value: '2030-01-01' },
  idempotency: { header: 'Idempotency-Key' },
  quota: {
    limits: [{ name: 'minute', limit: 100, windowMs: 60_000 }],
    reader: proven(xRateLimit({ reset: 'delta-seconds', window: 'minute' }), {
      headers: { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '41', 'x-ratelimit-reset': '30' },
      reads: { windows: [{ name: 'minute', limit: 100, remaining: 41, resetsInMs: 30_000, precisionMs: 1000 }] },
    }),
  },
  errors: {
    message: (body) => body?.error?.text,
    code: (body) => body?.error?.code,
    requestId: 'ferry-request-id',
  },
  probe: { route: 'GET /ports', identity: 'home' },
}
