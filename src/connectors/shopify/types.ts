// What the methods ask for of each object. Ids are Shopify's global ones: `gid://shopify/Product/1`.

/** What GraphQL answers: the value below the name of what was asked for, and the cost. */
export interface Answer<Name extends string, T> {
  readonly data: { readonly [name in Name]: T }
  readonly extensions?: { readonly cost?: Cost }
}

/** @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits */
export interface Cost {
  readonly requestedQueryCost: number
  /** `null` where the call was refused. */
  readonly actualQueryCost: number | null
  readonly throttleStatus: {
    readonly maximumAvailable: number
    readonly currentlyAvailable: number
    /** Points that come back each second. */
    readonly restoreRate: number
  }
}

/** What a mutation answers. Where it was not done, `userErrors` says why, and the object is `null`. */
export type Changed<Mutation extends string, Name extends string, T> = Answer<
  Mutation,
  { readonly [name in Name]: T | null } & { readonly userErrors: readonly UserError[] }
>

/** Wrong input. @see https://shopify.dev/docs/api/admin-graphql/latest/objects/UserError */
export interface UserError {
  readonly field: readonly string[] | null
  readonly message: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Shop */
export interface Shop {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly myshopifyDomain: string
  readonly primaryDomain: { readonly host: string; readonly url: string }
  readonly currencyCode: string
  readonly ianaTimezone: string
  readonly plan: { readonly publicDisplayName: string; readonly shopifyPlus: boolean }
}

interface Dated {
  readonly id: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Product */
export interface Product extends Dated {
  readonly title: string
  readonly handle: string
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'DRAFT' | 'UNLISTED'
  readonly vendor: string
  readonly productType: string
  readonly tags: readonly string[]
  readonly totalInventory: number
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Order */
export interface Order extends Dated {
  /** As people know it: `#1001`. */
  readonly name: string
  readonly email: string | null
  readonly note: string | null
  readonly tags: readonly string[]
  readonly test: boolean
  readonly displayFinancialStatus: string | null
  readonly displayFulfillmentStatus: string
  readonly totalPriceSet: { readonly shopMoney: { readonly amount: string; readonly currencyCode: string } }
  readonly customer: { readonly id: string } | null
  readonly cancelledAt: string | null
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Customer */
export interface Customer extends Dated {
  readonly displayName: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly defaultEmailAddress: { readonly emailAddress: string } | null
  readonly tags: readonly string[]
  /** A number as text. */
  readonly numberOfOrders: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Metafield */
export interface Metafield {
  readonly id: string
  readonly namespace: string
  readonly key: string
  readonly value: string
  readonly type: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/WebhookSubscription */
export interface WebhookSubscription {
  readonly id: string
  /** In capitals: `ORDERS_CREATE`. */
  readonly topic: string
  readonly uri: string
  readonly format: string
  readonly createdAt: string
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/BulkOperation */
export interface BulkOperation {
  readonly id: string
  readonly status: 'CANCELED' | 'CANCELING' | 'COMPLETED' | 'CREATED' | 'EXPIRED' | 'FAILED' | 'RUNNING'
  readonly type: 'MUTATION' | 'QUERY'
  readonly errorCode: string | null
  /** Numbers as texts. */
  readonly objectCount: string
  readonly rootObjectCount: string
  readonly fileSize: string | null
  /** Where the result is, as JSONL, for seven days; `null` until it is complete, and where there is nothing in it. */
  readonly url: string | null
  readonly partialDataUrl: string | null
  readonly createdAt: string
  readonly completedAt: string | null
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/shop */
export interface RestShop {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly myshopify_domain: string
  readonly domain: string
  readonly currency: string
  readonly iana_timezone: string
  readonly plan_name: string
}

interface RestDated {
  readonly id: number
  readonly admin_graphql_api_id: string
  readonly created_at: string
  readonly updated_at: string
  readonly email: string | null
  readonly note: string | null
  /** With commas between them. */
  readonly tags: string
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/order */
export interface RestOrder extends RestDated {
  readonly name: string
  readonly currency: string
  readonly total_price: string
  readonly financial_status: string | null
  readonly fulfillment_status: string | null
  readonly cancelled_at: string | null
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/customer */
export interface RestCustomer extends RestDated {
  readonly first_name: string | null
  readonly last_name: string | null
  readonly orders_count: number
}
