import type { RestCustomer, RestOrder, RestShop } from './types.ts'

/** What a webhook holds of anything: its ids. */
export interface WebhookObject {
  readonly id: number
  readonly admin_graphql_api_id: string
}

/** @see https://shopify.dev/docs/api/admin-rest/latest/resources/product */
export interface ProductPayload extends WebhookObject {
  readonly title: string
  readonly handle: string
  readonly status: string
  readonly vendor: string
  readonly product_type: string
  readonly tags: string
  readonly created_at: string
  readonly updated_at: string
}

/** @see https://shopify.dev/changelog/new-customer-s-webhook-and-changes-to-existing-customer-s-webhooks-payload */
export type CustomerPayload = Omit<RestCustomer, 'orders_count' | 'tags'>

interface OfShop {
  readonly shop_id: number
  /** `acme.myshopify.com` */
  readonly shop_domain: string
}

interface Person {
  readonly id: number
  readonly email: string | null
  readonly phone: string | null
}

/** A customer asks what is kept of them: answer within 30 days. @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance#customers-data_request */
export interface CustomerDataRequest extends OfShop {
  readonly customer: Person
  readonly orders_requested: readonly number[]
  readonly data_request: { readonly id: number }
}

/** A customer is to be forgotten. @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance#customers-redact */
export interface CustomerRedaction extends OfShop {
  readonly customer: Person
  readonly orders_to_redact: readonly number[]
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/enums/WebhookSubscriptionTopic */
export interface BulkOperationFinished {
  readonly admin_graphql_api_id: string
  readonly status: string
  readonly type: string
  readonly error_code: string | null
  readonly created_at: string
  readonly completed_at: string | null
}

/**
 * The most used topics, for `receiver<ShopifyEvents>(sources.shopify, …)` of `hawser/webhooks`; `*` hears all. Every app in the App
 * Store must take the first three, and answer 401 to a wrong signature, which the receiver does.
 *
 * @see https://shopify.dev/docs/apps/build/compliance/privacy-law-compliance
 * @see https://shopify.dev/docs/api/webhooks
 */
export interface ShopifyEvents {
  readonly 'customers/data_request': CustomerDataRequest
  readonly 'customers/redact': CustomerRedaction
  /** 48 hours after the app was uninstalled. */
  readonly 'shop/redact': OfShop
  readonly 'app/uninstalled': RestShop
  readonly 'app/scopes_update': { readonly previous: readonly string[]; readonly current: readonly string[] }
  readonly 'shop/update': RestShop
  readonly 'orders/create': RestOrder
  readonly 'orders/updated': RestOrder
  readonly 'orders/paid': RestOrder
  readonly 'orders/cancelled': RestOrder
  readonly 'orders/fulfilled': RestOrder
  readonly 'products/create': ProductPayload
  readonly 'products/update': ProductPayload
  readonly 'products/delete': { readonly id: number }
  readonly 'customers/create': CustomerPayload
  readonly 'customers/update': CustomerPayload
  readonly 'inventory_levels/update': {
    readonly inventory_item_id: number
    readonly location_id: number
    readonly available: number | null
  }
  readonly 'bulk_operations/finish': BulkOperationFinished
  readonly '*': unknown
}
