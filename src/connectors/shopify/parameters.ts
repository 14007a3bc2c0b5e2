// What the methods take: type aliases and not interfaces, since only those are assignable to the fields of a query. What is not
// here goes by `query`, `mutate` and `request`.

/** What a GraphQL list takes. */
export type Listed = {
  /** How many a page holds, 1 to 250; a page costs by it. @default 50 */
  readonly first?: number
}

/** @see https://shopify.dev/docs/api/usage/search-syntax */
export type Searched = Listed & {
  /** Such as `status:active created_at:>2026-01-01`. */
  readonly query?: string
}

type ProductFields = {
  readonly descriptionHtml?: string
  readonly handle?: string
  readonly status?: 'ACTIVE' | 'ARCHIVED' | 'DRAFT'
  readonly vendor?: string
  readonly productType?: string
  readonly tags?: readonly string[]
  readonly metafields?: readonly NewMetafield[]
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/ProductCreateInput */
export type NewProduct = ProductFields & { readonly title: string }

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/ProductUpdateInput */
export type ProductChange = ProductFields & { readonly id: string; readonly title?: string }

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/OrderInput */
export type OrderChange = {
  readonly id: string
  readonly email?: string
  readonly note?: string
  readonly tags?: readonly string[]
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/CustomerInput */
export type NewCustomer = {
  readonly email?: string
  readonly phone?: string
  readonly firstName?: string
  readonly lastName?: string
  readonly note?: string
  readonly tags?: readonly string[]
}

type NewMetafield = {
  readonly namespace?: string
  readonly key: string
  readonly value: string
  readonly type?: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/MetafieldsSetInput */
export type MetafieldChange = NewMetafield & { readonly ownerId: string }

/** @see https://shopify.dev/docs/api/admin-graphql/latest/input-objects/WebhookSubscriptionInput */
export type NewWebhook = {
  /** An https address, or one of Amazon EventBridge or Google Pub/Sub. */
  readonly uri: string
  readonly filter?: string
  readonly includeFields?: readonly string[]
}

type ListRest = {
  /** How many a page holds, 1 to 250. @default 250 */
  readonly limit?: number
  /** The names of fields, to get no others. */
  readonly fields?: readonly string[]
  readonly since_id?: number
  readonly created_at_min?: Date | string
  readonly updated_at_min?: Date | string
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/order#get-orders */
export type ListRestOrders = ListRest & {
  /** @default 'open' */
  readonly status?: 'any' | 'cancelled' | 'closed' | 'open'
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/customer#get-customers */
export type ListRestCustomers = ListRest
