import type { Price, Product } from 'hawser/stripe'
import type { Input } from '../simulators/definition.ts'
import { refuse, type Reply } from '../simulators/reply.ts'
import { missing, noSuch } from './errors.ts'
import { group, list, text, whole } from './fields.ts'
import { below, common, happened, newId, type Asked, type Handler } from './ground.ts'
import { listed } from './lists.ts'

/** The routes of products and prices. @see https://docs.stripe.com/api/products */
export const catalogueRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/products': (asked) => {
    const { input, collections } = asked
    if (text(input['name']) === null) return missing('name')
    const id = text(input['id']) ?? newId('prod', asked)
    if (collections.products.get(id, below(asked)))
      return refuse(400, 'Product already exists.', 'resource_already_exists')
    const first = input['default_price_data']
    const price = first === undefined ? undefined : newPrice(asked, group(first), id)
    if (price) collections.prices.insert(price, below(asked))
    const product = collections.products.insert(newProduct(asked, id, input, price?.id ?? null), below(asked))
    happened(asked, 'product.created', product)
    return { json: product }
  },
  'GET /v1/products': (asked) =>
    listed(asked, asked.collections.products, { active: ({ active }) => active, ids: ({ id }) => id }),
  'POST /v1/prices': (asked): Reply => {
    const { input, collections } = asked
    if (text(input['currency']) === null) return missing('currency')
    const named = text(input['product'])
    if (named === null && input['product_data'] === undefined) return missing('product')
    if (named !== null && !collections.products.get(named, below(asked))) return noSuch('product', named, 'product')
    const made =
      named === null ? newProduct(asked, newId('prod', asked), group(input['product_data']), null) : undefined
    if (made) collections.products.insert(made, below(asked))
    const price = newPrice(asked, input, named ?? made?.id ?? '')
    collections.prices.insert(price, below(asked))
    happened(asked, 'price.created', price)
    return { json: price }
  },
  'GET /v1/prices': (asked) =>
    listed(asked, asked.collections.prices, {
      active: ({ active }) => active,
      product: ({ product }) => product,
      type: ({ type }) => type,
      lookup_keys: ({ lookup_key }) => lookup_key,
    }),
}

function newProduct(asked: Asked, id: string, input: Input, price: string | null): Product {
  return {
    id,
    object: 'product',
    name: String(input['name']),
    active: input['active'] !== 'false',
    description: text(input['description']),
    default_price: price,
    images: list(input['images']).map(String),
    ...common(asked),
  }
}

function newPrice(asked: Asked, input: Input, product: string): Price {
  const { interval, interval_count } = group(input['recurring'])
  const recurring =
    input['recurring'] === undefined ? null : { interval: String(interval), interval_count: whole(interval_count) ?? 1 }
  return {
    id: newId('price', asked),
    object: 'price',
    active: true,
    currency: String(input['currency']).toLowerCase(),
    unit_amount: whole(input['unit_amount']) ?? null,
    type: recurring ? 'recurring' : 'one_time',
    recurring,
    product,
    nickname: text(input['nickname']),
    lookup_key: text(input['lookup_key']),
    ...common(asked),
  }
}
