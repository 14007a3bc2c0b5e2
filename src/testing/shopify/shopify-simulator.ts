import { checkOptions } from 'hawser'
import { shopify } from 'hawser/shopify'
import { sources } from 'hawser/webhooks'
import { defineSimulator } from '../simulators/define-simulator.ts'
import type { RouteRequest, SimulatorOptions, VendorSimulator } from '../simulators/definition.ts'
import { refuse, type Reply, type SimulatedFailure } from '../simulators/reply.ts'
import { graphqlRoute } from './graphql.ts'
import { shopifyQuota } from './quota.ts'
import { newOrder, newProduct, type ShopifyRecords } from './records.ts'
import { restRoutes } from './rest.ts'

/** Options of {@link shopifySimulator}. */
export interface ShopifySimulatorOptions extends SimulatorOptions {
  /** The shop's name, as in `{ tenant: { shop } }`. @default 'acme' */
  readonly shop?: string
  /** The titles of its products. @default none */
  readonly products?: readonly string[]
  /** How many orders it has. @default 0 */
  readonly orders?: number
  /** The tokens that it takes. @default any */
  readonly tokens?: readonly string[]
}

// What comes by requests is numbered from 1.
const seededFrom = 1_000_000

/**
 * Simulates the Admin API of one shop, as far as `hawser/shopify` has methods for it: products, orders, customers, metafields,
 * webhook subscriptions and bulk operations, with its pages, errors in answers of status 200, costs and both buckets.
 *
 * @throws {ConfigurationError} where an option is unknown, or the shop's name is none
 * @see https://shopify.dev/docs/api/admin-graphql
 */
export function shopifySimulator(options: ShopifySimulatorOptions = {}): VendorSimulator<ShopifyRecords> {
  checkOptions('shopifySimulator', options, ['shop', 'products', 'orders', 'tokens', 'quota'])
  const { shop = 'acme', products = [], orders = 0, tokens, ...rest } = options
  const simulator = defineSimulator<ShopifyRecords>({
    profile: shopify,
    tenant: { shop },
    collections: {
      products: { id: 'id' },
      orders: { id: 'id' },
      customers: { id: 'id' },
      metafields: { id: 'id' },
      webhooks: { id: 'id' },
      bulkOperations: { id: 'id' },
    },
    routes: { 'POST /graphql.json': graphqlRoute(shop), ...restRoutes(shop) },
    errors: shopifyError,
    authorize: (asked) => authorize(asked, tokens),
    quota: shopifyQuota,
    webhooks: sources.shopify,
  })(rest)
  for (const [at, title] of products.entries()) {
    simulator.collections.products.insert(newProduct(title, seededFrom + at, 0))
  }
  for (let at = 0; at < orders; at++) simulator.collections.orders.insert(newOrder(seededFrom + at, 0))
  return simulator
}

/** REST says a text; GraphQL says a list, with codes. */
function shopifyError({ message, code }: SimulatedFailure): unknown {
  return { errors: code === undefined ? message : [{ message, extensions: { code } }] }
}

function authorize(
  { headers }: RouteRequest<ShopifyRecords>,
  tokens: readonly string[] | undefined,
): Reply | undefined {
  const token = headers['x-shopify-access-token']
  const known = token !== undefined && (tokens?.includes(token) ?? true)
  const message = '[API] Invalid API key or access token (unrecognized login or wrong password)'
  return known ? undefined : refuse(401, message)
}
