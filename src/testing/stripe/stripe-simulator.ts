import { checkOptions } from 'hawser'
import { stripe } from 'hawser/stripe'
import { sources } from 'hawser/webhooks'
import { defineSimulator } from '../simulators/define-simulator.ts'
import type { SimulatorOptions, VendorSimulator } from '../simulators/definition.ts'
import { refuse, type Reply } from '../simulators/reply.ts'
import { accountRoutes } from './account.ts'
import { catalogueRoutes } from './catalogue.ts'
import { customerRoutes } from './customers.ts'
import { stripeError } from './errors.ts'
import { accountOf, expanding, keyOf, ownAccount, type Asked } from './ground.ts'
import { paymentRoutes } from './payments.ts'
import { stripeQuota } from './quota.ts'
import type { StripeRecords } from './records.ts'
import { refundRoutes } from './refunds.ts'
import { searchRoutes } from './search.ts'
import { subscriptionRoutes } from './subscriptions.ts'

/** Options of {@link stripeSimulator}. */
export interface StripeSimulatorOptions extends SimulatorOptions {
  /** The keys that it takes. @default any */
  readonly keys?: readonly string[]
  /** The connected accounts that there are. @default whichever is asked for */
  readonly accounts?: readonly string[]
}

// The path of a search looks like one customer's, and is to be found first.
const routes = {
  ...searchRoutes,
  ...customerRoutes,
  ...paymentRoutes,
  ...refundRoutes,
  ...catalogueRoutes,
  ...subscriptionRoutes,
  ...accountRoutes,
}

/**
 * Simulates Stripe's API, as far as `hawser/stripe` has methods for it: its forms, `expand`, pages, searches, idempotency keys,
 * connected accounts, cards for tests, events, errors and limits (of live mode).
 *
 * @throws {ConfigurationError} where an option is unknown
 * @see https://docs.stripe.com/api
 */
export function stripeSimulator(options: StripeSimulatorOptions = {}): VendorSimulator<StripeRecords> {
  checkOptions('stripeSimulator', options, ['keys', 'accounts', 'quota'])
  const { keys, accounts, ...rest } = options
  return defineSimulator<StripeRecords>({
    profile: stripe,
    collections: {
      customers: { id: 'id' },
      paymentIntents: { id: 'id' },
      charges: { id: 'id' },
      refunds: { id: 'id' },
      products: { id: 'id' },
      prices: { id: 'id' },
      subscriptions: { id: 'id' },
      invoices: { id: 'id' },
      checkoutSessions: { id: 'id' },
      webhookEndpoints: { id: 'id' },
      events: { id: 'id' },
      deleted: { id: 'id' },
    },
    routes: Object.fromEntries(Object.entries(routes).map(([route, handle]) => [route, expanding(handle)])),
    errors: stripeError,
    authorize: (asked) => authorize(asked, keys, accounts),
    // @see https://docs.stripe.com/api/idempotent_requests
    idempotency: {
      reused: {
        status: 400,
        message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
        details: { type: 'idempotency_error' },
      },
      replayed: ['idempotent-replayed', 'true'],
      // What fails validation was not begun, and is not kept.
      keeps: (status) => status !== 400 && status !== 404,
      owner: (asked) => `${keyOf(asked)}\n${accountOf(asked)}`,
    },
    quota: stripeQuota,
    webhooks: sources.stripe,
  })(rest)
}

function authorize(
  asked: Asked,
  keys: readonly string[] | undefined,
  accounts: readonly string[] | undefined,
): Reply | undefined {
  const key = keyOf(asked)
  if (key === undefined) return refuse(401, 'You did not provide an API key.')
  if (keys && !keys.includes(key)) return refuse(401, 'Invalid API Key provided.')
  const account = accountOf(asked)
  if (account === ownAccount || !accounts || accounts.includes(account)) return undefined
  const message = `The provided key does not have access to account '${account}' (or that account does not exist).`
  return refuse(403, message, 'account_invalid')
}
