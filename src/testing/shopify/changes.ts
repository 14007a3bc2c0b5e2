import type { Customer, Metafield, Order, Product, WebhookSubscription } from 'hawser/shopify'
import { wrong, type Asked, type Field } from './field.ts'
import { gid, newCustomer, newProduct, timestamp } from './records.ts'

/** The mutations of a shop's objects. @see https://shopify.dev/docs/api/admin-graphql/latest */
export const changeFields: Readonly<Record<string, Field>> = {
  productCreate: (asked) => {
    const input = inputOf(asked, 'product')
    const { title } = input
    if (typeof title !== 'string' || title === '') return wrong('product', ['title'], "Title can't be blank")
    const product = { ...newProduct(title, asked.sequence, asked.now), ...known(input, productFields) }
    return { product: asked.collections.products.insert(product), userErrors: [] }
  },
  productUpdate: (asked) => {
    const input = inputOf(asked, 'product')
    const found = asked.collections.products.get(String(input['id']))
    if (!found) return wrong('product', ['id'], 'Product does not exist')
    const product: Product = { ...found, ...known(input, productFields), updatedAt: timestamp(asked.now) }
    return { product: asked.collections.products.replace(found.id, product), userErrors: [] }
  },
  productDelete: (asked) => {
    const id = String(inputOf(asked, 'input')['id'])
    const done = asked.collections.products.remove(id)
    return done ? { deletedProductId: id, userErrors: [] } : wrong('deletedProductId', ['id'], 'Product does not exist')
  },
  orderUpdate: (asked) => {
    const input = inputOf(asked, 'input')
    const found = asked.collections.orders.get(String(input['id']))
    if (!found) return wrong('order', ['id'], 'Order does not exist')
    const order: Order = { ...found, ...known(input, ['email', 'note', 'tags']), updatedAt: timestamp(asked.now) }
    return { order: asked.collections.orders.replace(found.id, order), userErrors: [] }
  },
  customerCreate: (asked) => {
    const input = inputOf(asked, 'input')
    const { email, firstName = null, lastName = null } = input
    const named = [firstName, lastName].flatMap((part) => (typeof part === 'string' ? [part] : [])).join(' ')
    if (named === '' && email === undefined && input['phone'] === undefined) {
      return wrong('customer', null, 'Customer must have a name, phone number or email address')
    }
    const customer: Customer = {
      ...newCustomer(asked.sequence, asked.now),
      ...known(input, ['firstName', 'lastName', 'tags']),
      displayName: named === '' ? String(email) : named,
      defaultEmailAddress: typeof email === 'string' ? { emailAddress: email } : null,
    }
    return { customer: asked.collections.customers.insert(customer), userErrors: [] }
  },
  metafieldsSet: (asked) => {
    const { metafields } = asked.variables
    const given: readonly unknown[] = Array.isArray(metafields) ? metafields : []
    return { metafields: given.map((one, at) => setMetafield(asked, one, at)), userErrors: [] }
  },
  webhookSubscriptionCreate: (asked) => {
    const uri = inputOf(asked, 'webhookSubscription')['uri']
    if (typeof uri !== 'string' || !uri.includes(':')) {
      return wrong('webhookSubscription', ['webhookSubscription', 'uri'], 'Address is invalid')
    }
    const webhook: WebhookSubscription = {
      id: gid('WebhookSubscription', asked.sequence),
      topic: String(asked.variables['topic']),
      uri,
      format: 'JSON',
      createdAt: timestamp(asked.now),
    }
    return { webhookSubscription: asked.collections.webhooks.insert(webhook), userErrors: [] }
  },
  webhookSubscriptionDelete: ({ collections, variables }) => {
    const id = String(variables['id'])
    return collections.webhooks.remove(id)
      ? { deletedWebhookSubscriptionId: id, userErrors: [] }
      : wrong('deletedWebhookSubscriptionId', ['id'], 'Webhook subscription does not exist')
  },
}

const productFields = ['title', 'handle', 'status', 'vendor', 'productType', 'tags']

function inputOf({ variables }: Asked, name: string): Readonly<Record<string, unknown>> {
  const input = variables[name]
  return typeof input === 'object' && input !== null ? { ...input } : {}
}

function known(input: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(input).filter(([name]) => names.includes(name)))
}

function setMetafield({ collections, sequence }: Asked, given: unknown, at: number): Metafield {
  const {
    ownerId,
    namespace = 'app',
    key,
    value,
    type,
  }: Readonly<Record<string, unknown>> = typeof given === 'object' && given !== null ? { ...given } : {}
  const below = { owner: String(ownerId) }
  const place = { namespace: String(namespace), key: String(key) }
  const before = collections.metafields
    .all(below)
    .find((one) => one.namespace === place.namespace && one.key === place.key)
  const id = before?.id ?? gid('Metafield', sequence * 100 + at)
  const kind = typeof type === 'string' ? type : (before?.type ?? 'single_line_text_field')
  const metafield = { id, ...place, value: String(value), type: kind }
  return collections.metafields.replace(id, metafield, below) ?? collections.metafields.insert(metafield, below)
}
