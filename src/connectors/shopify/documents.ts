// The GraphQL that the methods send, in the version of the profile. What a type in `types.ts` has, its document asks for.

type Documents<Names extends string> = Readonly<Record<Names, string>>

const errors = 'userErrors { field message }'
const page = 'pageInfo { hasNextPage endCursor }'
const money = 'shopMoney { amount currencyCode }'
const product = 'id title handle status vendor productType tags totalInventory createdAt updatedAt'
const order = `id name email note tags test displayFinancialStatus displayFulfillmentStatus totalPriceSet { ${money} } customer { id } cancelledAt createdAt updatedAt`
const customer =
  'id displayName firstName lastName defaultEmailAddress { emailAddress } tags numberOfOrders createdAt updatedAt'
const webhook = 'id topic uri format createdAt'
const operation =
  'id status type errorCode objectCount rootObjectCount fileSize url partialDataUrl createdAt completedAt'

const listed = (root: string, fields: string): string =>
  `query($first: Int!, $after: String, $query: String) { ${root}(first: $first, after: $after, query: $query) { nodes { ${fields} } ${page} } }`

export const shop = `{ shop { id name email myshopifyDomain primaryDomain { host url } currencyCode ianaTimezone plan { publicDisplayName shopifyPlus } } }`

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Product */
export const products: Documents<'list' | 'get' | 'create' | 'update' | 'delete'> = {
  list: listed('products', product),
  get: `query($id: ID!) { product(id: $id) { ${product} } }`,
  create: `mutation($product: ProductCreateInput!) { productCreate(product: $product) { product { ${product} } ${errors} } }`,
  update: `mutation($product: ProductUpdateInput!) { productUpdate(product: $product) { product { ${product} } ${errors} } }`,
  delete: `mutation($input: ProductDeleteInput!) { productDelete(input: $input) { deletedProductId ${errors} } }`,
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Order */
export const orders: Documents<'list' | 'get' | 'update'> = {
  list: listed('orders', order),
  get: `query($id: ID!) { order(id: $id) { ${order} } }`,
  update: `mutation($input: OrderInput!) { orderUpdate(input: $input) { order { ${order} } ${errors} } }`,
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/Customer */
export const customers: Documents<'list' | 'get' | 'create'> = {
  list: listed('customers', customer),
  get: `query($id: ID!) { customer(id: $id) { ${customer} } }`,
  create: `mutation($input: CustomerInput!) { customerCreate(input: $input) { customer { ${customer} } ${errors} } }`,
}

/** @see https://shopify.dev/docs/api/admin-graphql/latest/mutations/metafieldsSet */
export const metafieldsSet: string = `mutation($metafields: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $metafields) { metafields { id namespace key value type } ${errors} } }`

/** @see https://shopify.dev/docs/api/admin-graphql/latest/objects/WebhookSubscription */
export const webhooks: Documents<'list' | 'create' | 'delete'> = {
  list: `query($first: Int!, $after: String) { webhookSubscriptions(first: $first, after: $after) { nodes { ${webhook} } ${page} } }`,
  create: `mutation($topic: WebhookSubscriptionTopic!, $webhookSubscription: WebhookSubscriptionInput!) { webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhookSubscription) { webhookSubscription { ${webhook} } ${errors} } }`,
  delete: `mutation($id: ID!) { webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId ${errors} } }`,
}

/** @see https://shopify.dev/docs/api/usage/bulk-operations/queries */
export const bulk: Documents<'run' | 'get' | 'cancel'> = {
  run: `mutation($query: String!) { bulkOperationRunQuery(query: $query) { bulkOperation { ${operation} } ${errors} } }`,
  get: `query($id: ID!) { node(id: $id) { ... on BulkOperation { ${operation} } } }`,
  cancel: `mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { ${operation} } ${errors} } }`,
}
