import type { BulkOperation } from 'hawser/shopify'
import { wrong, type Asked, type Field } from './field.ts'
import { gid, timestamp } from './records.ts'

/** How long a bulk operation runs. Virtual milliseconds. */
const runsMs = 3000

/** Bulk operations, one at a time. @see https://shopify.dev/docs/api/usage/bulk-operations/queries */
export const bulkFields: Readonly<Record<string, Field>> = {
  bulkOperationRunQuery: (asked) => {
    const running = asked.collections.bulkOperations.all().some(({ id }) => stateOf(asked, id)?.status === 'RUNNING')
    if (running)
      return wrong('bulkOperation', null, 'A bulk query operation for this app and shop is already in progress')
    const operation: BulkOperation = {
      id: gid('BulkOperation', asked.sequence),
      status: 'CREATED',
      type: 'QUERY',
      errorCode: null,
      objectCount: '0',
      rootObjectCount: '0',
      fileSize: null,
      url: null,
      partialDataUrl: null,
      createdAt: timestamp(asked.now),
      completedAt: null,
    }
    return { bulkOperation: asked.collections.bulkOperations.insert(operation), userErrors: [] }
  },
  node: (asked) => stateOf(asked, String(asked.variables['id'])) ?? null,
  bulkOperationCancel: (asked) => {
    const found = stateOf(asked, String(asked.variables['id']))
    if (!found) return wrong('bulkOperation', ['id'], 'Bulk operation does not exist')
    if (found.status !== 'RUNNING')
      return wrong('bulkOperation', null, 'A bulk operation cannot be canceled when it is done')
    const bulkOperation = asked.collections.bulkOperations.replace(found.id, { ...found, status: 'CANCELED' })
    return { bulkOperation, userErrors: [] }
  },
}

/** How an operation stands by now: it counts the products, whatever its query asks for. */
function stateOf({ collections, now }: Asked, id: string): BulkOperation | undefined {
  const operation = collections.bulkOperations.get(id)
  if (operation?.status !== 'CREATED') return operation
  const completed = Date.parse(operation.createdAt) + runsMs
  if (now < completed) return { ...operation, status: 'RUNNING' }
  const count = String(collections.products.all().length)
  return {
    ...operation,
    status: 'COMPLETED',
    objectCount: count,
    rootObjectCount: count,
    fileSize: '1024',
    url: `https://storage.googleapis.com/shopify-tiers-assets/bulk-${id.split('/').at(-1)}.jsonl`,
    completedAt: timestamp(completed),
  }
}
