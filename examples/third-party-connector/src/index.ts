import { Connector, cursor, path, type Call, type Pages, type PlainOptions, type VendorProfile } from 'hawser'
import { ferryProfile } from './profile.ts'
import type { Booking, ListSailings, NewBooking, Sailing } from './types.ts'

export { ferryProfile }
export { ferryWebhooks } from './webhooks.ts'
export type * from './types.ts'
export type * from './webhooks.ts'

/** A client for the ferry line's API. Every method takes the options of a call last. */
export class Ferry extends Connector {
  static override readonly profile: VendorProfile = ferryProfile

  readonly sailings = {
    get: (id: string, options?: PlainOptions): Call<Sailing> =>
      this.http.get<Sailing>(path`/sailings/${{ id }}`, options),
    list: (query: ListSailings = {}, options?: PlainOptions): Pages<Sailing> =>
      this.http.paginate<Sailing>('/sailings', {
        ...options,
        query: { ...query },
        page: cursor({ param: 'cursor', items: 'sailings', next: 'next_cursor' }),
      }),
  }

  readonly bookings = {
    create: (json: NewBooking, options?: PlainOptions): Call<Booking> =>
      this.http.post<Booking>('/bookings', { ...options, json }),
  }
}
