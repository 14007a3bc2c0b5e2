import {
  Connector,
  graphqlConnection,
  link,
  path,
  type Call,
  type CallOptions,
  type Fields,
  type Pages,
  type PlainOptions,
  type RouteParameters,
  type VendorProfile,
} from 'hawser'
import * as documents from './documents.ts'
import type {
  ListRestCustomers,
  ListRestOrders,
  Listed,
  MetafieldChange,
  NewCustomer,
  NewProduct,
  NewWebhook,
  OrderChange,
  ProductChange,
  Searched,
} from './parameters.ts'
import { shopify, standardLimits } from './profile.ts'
import type {
  Answer,
  BulkOperation,
  Changed,
  Customer,
  Metafield,
  Order,
  Product,
  RestCustomer,
  RestOrder,
  RestShop,
  Shop,
  WebhookSubscription,
} from './types.ts'

export { shopify, standardLimits }
export type * from './parameters.ts'
export type * from './types.ts'
export type * from './webhooks.ts'

const graphql = '/graphql.json'
const defaultFirst = 50

// "Mutations: 10 points". @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits#cost-calculation
const mutationCost = 10

/**
 * A client for the Admin API of one shop: `new Shopify({ auth, tenant: { shop: 'acme' } })`. Every method takes the options of a
 * call last.
 *
 * Answers have GraphQL's own shape: `const { data } = await shopify.products.get(id)`. An answer with `errors` is an error.
 *
 * @see https://shopify.dev/docs/api/admin-graphql
 */
export class Shopify extends Connector {
  static override readonly profile: VendorProfile = shopify

  readonly shop = {
    get: (options?: PlainOptions): Call<Answer<'shop', Shop>> => this.query(documents.shop, {}, options),
  }

  readonly products = {
    list: (variables: Searched = {}, options?: PlainOptions): Pages<Product> =>
      this.list<Product>(documents.products.list, 'products', variables, options),
    get: (id: string, options?: PlainOptions): Call<Answer<'product', Product | null>> =>
      this.query(documents.products.get, { id }, options),
    create: (product: NewProduct, options?: PlainOptions): Call<Changed<'productCreate', 'product', Product>> =>
      this.mutate(documents.products.create, { product }, options),
    update: (product: ProductChange, options?: PlainOptions): Call<Changed<'productUpdate', 'product', Product>> =>
      this.mutate(documents.products.update, { product }, options),
    delete: (id: string, options?: PlainOptions): Call<Changed<'productDelete', 'deletedProductId', string>> =>
      this.mutate(documents.products.delete, { input: { id } }, options),
  }

  readonly orders = {
    /** Those of the last 60 days, unless the app has the scope `read_all_orders`. */
    list: (variables: Searched = {}, options?: PlainOptions): Pages<Order> =>
      this.list<Order>(documents.orders.list, 'orders', variables, options),
    get: (id: string, options?: PlainOptions): Call<Answer<'order', Order | null>> =>
      this.query(documents.orders.get, { id }, options),
    update: (input: OrderChange, options?: PlainOptions): Call<Changed<'orderUpdate', 'order', Order>> =>
      this.mutate(documents.orders.update, { input }, options),
  }

  readonly customers = {
    list: (variables: Searched = {}, options?: PlainOptions): Pages<Customer> =>
      this.list<Customer>(documents.customers.list, 'customers', variables, options),
    get: (id: string, options?: PlainOptions): Call<Answer<'customer', Customer | null>> =>
      this.query(documents.customers.get, { id }, options),
    create: (input: NewCustomer, options?: PlainOptions): Call<Changed<'customerCreate', 'customer', Customer>> =>
      this.mutate(documents.customers.create, { input }, options),
  }

  readonly metafields = {
    /** Sets 25 at most, all or none. */
    set: (
      metafields: readonly MetafieldChange[],
      options?: PlainOptions,
    ): Call<Changed<'metafieldsSet', 'metafields', readonly Metafield[]>> =>
      this.mutate(documents.metafieldsSet, { metafields }, options),
  }

  readonly webhooks = {
    list: (variables: Listed = {}, options?: PlainOptions): Pages<WebhookSubscription> =>
      this.list<WebhookSubscription>(documents.webhooks.list, 'webhookSubscriptions', variables, options),
    /** `topic` in capitals: `ORDERS_CREATE`. The privacy topics are subscribed to in the app's configuration only. */
    create: (
      topic: string,
      webhookSubscription: NewWebhook,
      options?: PlainOptions,
    ): Call<Changed<'webhookSubscriptionCreate', 'webhookSubscription', WebhookSubscription>> =>
      this.mutate(documents.webhooks.create, { topic, webhookSubscription }, options),
    delete: (
      id: string,
      options?: PlainOptions,
    ): Call<Changed<'webhookSubscriptionDelete', 'deletedWebhookSubscriptionId', string>> =>
      this.mutate(documents.webhooks.delete, { id }, options),
  }

  /** Reads of any size, which Shopify does by itself. @see https://shopify.dev/docs/api/usage/bulk-operations/queries */
  readonly bulk = {
    /** Starts one. */
    run: (
      query: string,
      options?: PlainOptions,
    ): Call<Changed<'bulkOperationRunQuery', 'bulkOperation', BulkOperation>> =>
      this.mutate(documents.bulk.run, { query }, options),
    /** Tells how it stands, and at last in `url` where the result is; ask again, or wait for the topic `bulk_operations/finish`. */
    get: (id: string, options?: PlainOptions): Call<Answer<'node', BulkOperation | null>> =>
      this.query(documents.bulk.get, { id }, options),
    cancel: (
      id: string,
      options?: PlainOptions,
    ): Call<Changed<'bulkOperationCancel', 'bulkOperation', BulkOperation>> =>
      this.mutate(documents.bulk.cancel, { id }, options),
  }

  /** The older API, which gets nothing new. @see https://shopify.dev/docs/api/admin-rest */
  readonly rest = {
    shop: (options?: PlainOptions): Call<{ readonly shop: RestShop }> =>
      this.http.get<{ readonly shop: RestShop }>('/shop.json', options),
    orders: (query: ListRestOrders = {}, options?: PlainOptions): Pages<RestOrder> =>
      this.#links<RestOrder>('/orders.json', 'orders', query, options),
    order: (id: number, options?: PlainOptions): Call<{ readonly order: RestOrder }> =>
      this.http.get<{ readonly order: RestOrder }>(path`/orders/${{ id }}.json`, options),
    customers: (query: ListRestCustomers = {}, options?: PlainOptions): Pages<RestCustomer> =>
      this.#links<RestCustomer>('/customers.json', 'customers', query, options),
  }

  /** Asks anything of GraphQL. May be sent again, so it is not for mutations. `cost` in `options` says what it will cost. */
  query<T>(query: string, variables: object = {}, options?: PlainOptions): Call<T> {
    return this.http.post<T>(graphql, { ...options, json: { query, variables }, idempotent: true })
  }

  /** Changes anything by GraphQL. Is sent again only where it was certainly not done. */
  mutate<T>(query: string, variables: object = {}, options?: PlainOptions): Call<T> {
    return this.http.post<T>(graphql, { cost: mutationCost, ...options, json: { query, variables } })
  }

  /**
   * Lists the `nodes` of any GraphQL connection: `query` takes `$first` and `$after`, `root` is where it is below `data`.
   *
   * @see https://shopify.dev/docs/api/usage/pagination-graphql
   */
  list<T>(query: string, root: string, variables: Listed = {}, options?: PlainOptions): Pages<T> {
    const { first = defaultFirst } = variables
    const json = { query, variables: { ...variables, first } }
    return this.http.paginate<T>(graphql, { cost: first + 2, ...options, json, page: graphqlConnection({ root }) })
  }

  /** Calls any REST endpoint by its route: `request('GET /products/{id}/images.json', { id })`. */
  request<T = unknown>(route: string, parameters?: RouteParameters, options?: CallOptions<T>): Call<T> {
    return this.http.request<T>(route, parameters, options)
  }

  /** With a `page_info` Shopify takes no other filters, which its links are made for. @see https://shopify.dev/docs/api/usage/pagination-rest */
  #links<T>(path: string, items: string, query: Fields, options: PlainOptions | undefined): Pages<T> {
    const { limit = 250, ...others } = query
    return this.http.paginate<T>(path, { ...options, query: { limit, ...others }, page: link({ items }) })
  }
}
