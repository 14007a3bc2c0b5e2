import {
  Connector,
  cursor,
  path,
  type Call,
  type CallOptions,
  type Pages,
  type PlainOptions,
  type RouteParameters,
  type VendorProfile,
} from 'hawser'
import { acmeProfile } from './profile.ts'
import type { Account, Item, ListItems, NewItem } from './types.ts'

export { acmeProfile }
export { acmeWebhooks } from './webhooks.ts'
export type * from './types.ts'
export type * from './webhooks.ts'

/** A client for Acme's API. Every method takes the options of a call last. */
export class Acme extends Connector {
  static override readonly profile: VendorProfile = acmeProfile

  readonly account = {
    get: (options?: PlainOptions): Call<Account> => this.http.get<Account>('/account', options),
  }

  readonly items = {
    get: (id: string, options?: PlainOptions): Call<Item> => this.http.get<Item>(path`/items/${{ id }}`, options),
    list: (query: ListItems = {}, options?: PlainOptions): Pages<Item> =>
      this.http.paginate<Item>('/items', {
        ...options,
        query: { ...query },
        page: cursor({ param: 'cursor', items: 'items', next: 'next_cursor' }),
      }),
    create: (json: NewItem, options?: PlainOptions): Call<Item> => this.http.post<Item>('/items', { ...options, json }),
    delete: (id: string, options?: PlainOptions): Call<unknown> => this.http.delete(path`/items/${{ id }}`, options),
  }

  /** Calls any endpoint by its route: `request('POST /items/{id}/copy', { id })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }
}
