import type { Customer, Order, RestCustomer, RestOrder } from 'hawser/shopify'
import type { RouteHandler, RouteRequest } from '../simulators/definition.ts'
import { refuse, type Reply } from '../simulators/reply.ts'
import { newShop, numberOf, type ShopifyRecords } from './records.ts'

/** The routes of REST. @see https://shopify.dev/docs/api/admin-rest */
export function restRoutes(shop: string): Readonly<Record<string, RouteHandler<ShopifyRecords>>> {
  return {
    'GET /shop.json': () => {
      const { id, name, email, myshopifyDomain, primaryDomain, currencyCode, ianaTimezone } = newShop(shop)
      const domains = { myshopify_domain: myshopifyDomain, domain: primaryDomain.host }
      const money = { currency: currencyCode, iana_timezone: ianaTimezone, plan_name: 'basic' }
      return { json: { shop: { id: numberOf(id), name, email, ...domains, ...money } } }
    },
    'GET /orders.json': (asked) => page(asked, 'orders', asked.collections.orders.all().map(restOrder)),
    'GET /orders/{file}': ({ params, collections }) => {
      const id = Number(params['file']?.replace(/\.json$/, ''))
      const found = collections.orders.all().find((order) => numberOf(order.id) === id)
      return found ? { json: { order: restOrder(found) } } : refuse(404, 'Not Found')
    },
    'GET /customers.json': (asked) => page(asked, 'customers', asked.collections.customers.all().map(restCustomer)),
  }
}

/** With a `page_info` no other filter is taken. @see https://shopify.dev/docs/api/usage/pagination-rest */
function page(
  { url, query }: RouteRequest<ShopifyRecords>,
  name: string,
  items: readonly { readonly id: number }[],
): Reply {
  const info = query.get('page_info')
  const more = [...query.keys()].some((key) => !['page_info', 'limit', 'fields'].includes(key))
  if (info !== null && more) return refuse(400, 'Invalid value: page_info does not go with other filters')
  const since = Number(info === null ? (query.get('since_id') ?? 0) : Buffer.from(info, 'base64url').toString())
  if (Number.isNaN(since)) return refuse(400, 'Invalid value.')
  const size = Math.min(Number(query.get('limit') ?? 50), 250)
  const rest = items.filter(({ id }) => id > since)
  const cut = rest.slice(0, size)
  const next = new URL(url.pathname, url)
  next.searchParams.set('limit', String(size))
  next.searchParams.set('page_info', Buffer.from(String(cut.at(-1)?.id)).toString('base64url'))
  return { json: { [name]: cut }, headers: rest.length > size ? { link: `<${next.href}>; rel="next"` } : {} }
}

function restOrder(order: Order): RestOrder {
  const { amount, currencyCode } = order.totalPriceSet.shopMoney
  return {
    ...ids(order),
    name: order.name,
    email: order.email,
    note: order.note,
    currency: currencyCode,
    total_price: amount,
    financial_status: order.displayFinancialStatus?.toLowerCase() ?? null,
    fulfillment_status: order.displayFulfillmentStatus === 'FULFILLED' ? 'fulfilled' : null,
    cancelled_at: order.cancelledAt,
  }
}

function restCustomer(customer: Customer): RestCustomer {
  return {
    ...ids(customer),
    email: customer.defaultEmailAddress?.emailAddress ?? null,
    note: null,
    first_name: customer.firstName,
    last_name: customer.lastName,
    orders_count: Number(customer.numberOfOrders),
  }
}

type Ids = Pick<RestOrder, 'id' | 'admin_graphql_api_id' | 'created_at' | 'updated_at' | 'tags'>

function ids({ id, createdAt, updatedAt, tags }: Order | Customer): Ids {
  return {
    id: numberOf(id),
    admin_graphql_api_id: id,
    created_at: createdAt,
    updated_at: updatedAt,
    tags: tags.join(', '),
  }
}
