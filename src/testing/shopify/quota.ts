import { standardLimits } from 'hawser/shopify'
import type { LimitState } from '../limits/meter.ts'
import type { QuotaRefusal, VendorQuota } from '../limits/vendor-quota.ts'
import type { Input, RouteRequest } from '../simulators/definition.ts'

const mutationCost = 10

/**
 * The limits of a shop: 40 calls of REST, 2000 points of GraphQL, full again in 20 seconds.
 *
 * @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits
 */
export const shopifyQuota: Partial<VendorQuota> = {
  limits: standardLimits,
  tell: (states) => {
    const rest = states.find(({ name }) => name === 'rest')
    return rest ? { 'x-shopify-shop-api-call-limit': `${rest.limit - rest.remaining}/${rest.limit}` } : {}
  },
  refuse: refusal,
  cost: ({ operation, body }) => (operation.endsWith('/graphql.json') ? requestedCost(inputOf(body)) : 1),
}

/** What a document costs at most: a mutation 10, a list 2 and one for each item, all else 1. */
function requestedCost({ query, variables }: Input): number {
  if (typeof query === 'string' && /^\s*mutation\b/.test(query)) return mutationCost
  const first: unknown = typeof variables === 'object' && variables !== null ? Reflect.get(variables, 'first') : 0
  return typeof first === 'number' && first > 0 ? first + 2 : 1
}

/** Gives back what the answer did not cost, and tells it. @see https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits */
export function costOf({ input, refund }: Pick<RouteRequest<object>, 'input' | 'refund'>, listed?: number): object {
  const requestedQueryCost = requestedCost(input)
  const actualQueryCost = listed === undefined ? requestedQueryCost : Math.min(requestedQueryCost, listed + 2)
  const states = refund(requestedQueryCost - actualQueryCost)
  const throttleStatus = statusOf(states.find(({ name }) => name === 'graphql'))
  return { cost: { requestedQueryCost, actualQueryCost, ...(throttleStatus && { throttleStatus }) } }
}

function statusOf(state: LimitState | undefined): object | undefined {
  return (
    state && {
      maximumAvailable: state.limit,
      currentlyAvailable: state.remaining,
      restoreRate: restoreRate(state),
    }
  )
}

function restoreRate({ limit, windowMs }: LimitState): number {
  return limit / (windowMs / 1000)
}

/** GraphQL refuses with status 200, REST with 429 and decimal seconds. */
function refusal({ limit, retryAfterMs }: QuotaRefusal): Response {
  if (limit.name === 'graphql') {
    const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }]
    const requestedQueryCost = Math.ceil(limit.remaining + (retryAfterMs / 1000) * restoreRate(limit))
    const cost = { requestedQueryCost, actualQueryCost: null, throttleStatus: statusOf(limit) }
    return Response.json({ errors, extensions: { cost } })
  }
  const errors = 'Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.'
  const headers = { 'retry-after': (Math.ceil(retryAfterMs / 100) / 10).toFixed(1) }
  return Response.json({ errors }, { status: 429, headers })
}

function inputOf(body: unknown): Input {
  try {
    const text = body instanceof Uint8Array ? Buffer.from(body).toString() : body
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : undefined
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
