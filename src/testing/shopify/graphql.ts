import type { RouteHandler } from '../simulators/definition.ts'
import { refuse } from '../simulators/reply.ts'
import { bulkFields } from './bulk.ts'
import { changeFields } from './changes.ts'
import type { Asked, Field } from './field.ts'
import { costOf } from './quota.ts'
import { newShop, type ShopifyRecords } from './records.ts'

const fields: Readonly<Record<string, Field>> = {
  shop: ({ shop }) => newShop(shop),
  products: (asked) => pageOf(asked, asked.collections.products.all()),
  orders: (asked) => pageOf(asked, asked.collections.orders.all()),
  customers: (asked) => pageOf(asked, asked.collections.customers.all()),
  webhookSubscriptions: (asked) => pageOf(asked, asked.collections.webhooks.all()),
  product: ({ collections, variables }) => collections.products.get(String(variables['id'])) ?? null,
  order: ({ collections, variables }) => collections.orders.get(String(variables['id'])) ?? null,
  customer: ({ collections, variables }) => collections.customers.get(String(variables['id'])) ?? null,
  ...changeFields,
  ...bulkFields,
}

/**
 * Answers a document by its first field, with the whole object, whatever it selects of it. Arguments are read where they are
 * variables, by the names that `hawser/shopify` gives them.
 */
export function graphqlRoute(shop: string): RouteHandler<ShopifyRecords> {
  return ({ collections, now, sequence, ...request }) => {
    const { query, variables } = request.input
    const name = typeof query === 'string' ? (/\{\s*(?:\w+\s*:\s*)?(\w+)/.exec(withoutHead(query))?.[1] ?? '') : ''
    const answer = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!answer) return refuse(200, `Field '${name}' doesn't exist on type 'QueryRoot'`, 'undefinedField')
    const given = typeof variables === 'object' && variables !== null ? { ...variables } : {}
    const value = answer({ collections, now, sequence, shop, variables: given })
    return { json: { data: { [name]: value }, extensions: costOf(request, countOf(value)) } }
  }
}

/** The names and types of variables may hold braces too. */
function withoutHead(query: string): string {
  return query.replace(/^\s*(?:query|mutation)\b[^({]*\([^)]*\)/, '')
}

function countOf(value: unknown): number | undefined {
  const nodes: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'nodes') : undefined
  return Array.isArray(nodes) ? nodes.length : undefined
}

/** Cuts a page. Its last one has a cursor too. @see https://shopify.dev/docs/api/usage/pagination-graphql */
function pageOf({ variables }: Asked, all: readonly { readonly id: string }[]): object {
  const { first, after, query } = variables
  const found = all.filter((item) => matches(item, typeof query === 'string' ? query : ''))
  const seen = typeof after === 'string' ? Buffer.from(after, 'base64url').toString() : undefined
  const from = seen === undefined ? 0 : found.findIndex(({ id }) => id === seen) + 1
  const size = typeof first === 'number' ? Math.min(first, 250) : 50
  const nodes = found.slice(from, from + size)
  const last = nodes.at(-1)?.id
  const endCursor = last === undefined ? null : Buffer.from(last).toString('base64url')
  return { nodes, pageInfo: { hasNextPage: from + size < found.length, endCursor } }
}

/** Understands `field:value` with spaces between. @see https://shopify.dev/docs/api/usage/search-syntax */
function matches(item: object, query: string): boolean {
  const terms = query.split(/\s+/).flatMap((term) => (term.includes(':') ? [term.split(':')] : []))
  return terms.every(([name = '', wanted = '']) => {
    const value: unknown = Reflect.get(item, name === 'tag' ? 'tags' : name)
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value]
    return texts.some((text) => String(text).toLowerCase() === wanted.toLowerCase())
  })
}
