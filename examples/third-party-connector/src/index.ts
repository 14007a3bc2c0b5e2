// The whole connector: facts about the vendor, types, methods.
import { Connector, cursor, path, proven, xRateLimit, type Call, type Pages, type VendorProfile } from 'hawser'
import { sources, type WebhookSource } from 'hawser/webhooks'

export interface Sailing {
  readonly id: string
  readonly from: string
  readonly to: string
}

export interface Booking {
  readonly id: string
  readonly sailing: string
  readonly cars: number
}

// A real connector names the vendor's page beside each fact.
export const ferry: VendorProfile = {
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
}

export const ferryWebhooks: WebhookSource = sources.standardWebhooks

export class Ferry extends Connector {
  static override readonly profile: VendorProfile = ferry

  readonly sailings = {
    get: (id: string): Call<Sailing> => this.http.get<Sailing>(path`/sailings/${{ id }}`),
    list: (query: { readonly from?: string; readonly limit?: number } = {}): Pages<Sailing> =>
      this.http.paginate<Sailing>('/sailings', {
        query,
        page: cursor({ param: 'cursor', items: 'sailings', next: 'next_cursor' }),
      }),
  }
  readonly bookings = {
    create: (booking: { readonly sailing: string; readonly cars: number }): Call<Booking> =>
      this.http.post<Booking>('/bookings', { json: booking }),
  }
}
