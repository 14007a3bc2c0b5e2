import type { BulkOperation, Customer, Metafield, Order, Product, Shop, WebhookSubscription } from 'hawser/shopify'

/** What a simulated shop keeps, as GraphQL shows it. Ids are global ones: `gid://shopify/Product/1`. */
export interface ShopifyRecords {
  readonly products: Product
  readonly orders: Order
  readonly customers: Customer
  readonly metafields: Metafield
  readonly webhooks: WebhookSubscription
  readonly bulkOperations: BulkOperation
}

/** Writes a global id. */
export function gid(type: string, number: number): string {
  return `gid://shopify/${type}/${number}`
}

/** Gives the number of a global id, which REST calls the id. */
export function numberOf(id: string): number {
  return Number(id.split('/').at(-1))
}

export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}

export function newShop(name: string): Shop {
  return {
    id: gid('Shop', 1),
    name,
    email: `owner@${name}.example`,
    myshopifyDomain: `${name}.myshopify.com`,
    primaryDomain: { host: `${name}.myshopify.com`, url: `https://${name}.myshopify.com` },
    currencyCode: 'EUR',
    ianaTimezone: 'Europe/Berlin',
    plan: { publicDisplayName: 'Basic', shopifyPlus: false },
  }
}

export function newProduct(title: string, number: number, now: number): Product {
  return {
    id: gid('Product', number),
    title,
    handle: title.toLowerCase().replaceAll(/\W+/g, '-'),
    status: 'ACTIVE',
    vendor: '',
    productType: '',
    tags: [],
    totalInventory: 0,
    createdAt: timestamp(now),
    updatedAt: timestamp(now),
  }
}

export function newOrder(number: number, now: number): Order {
  return {
    id: gid('Order', number),
    name: `#${1000 + number}`,
    email: null,
    note: null,
    tags: [],
    test: false,
    displayFinancialStatus: 'PAID',
    displayFulfillmentStatus: 'UNFULFILLED',
    totalPriceSet: { shopMoney: { amount: '10.0', currencyCode: 'EUR' } },
    customer: null,
    cancelledAt: null,
    createdAt: timestamp(now),
    updatedAt: timestamp(now),
  }
}

export function newCustomer(number: number, now: number): Customer {
  return {
    id: gid('Customer', number),
    displayName: '',
    firstName: null,
    lastName: null,
    defaultEmailAddress: null,
    tags: [],
    numberOfOrders: '0',
    createdAt: timestamp(now),
    updatedAt: timestamp(now),
  }
}
