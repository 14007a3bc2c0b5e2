import type { Invoice, Price, Subscription, SubscriptionItem } from 'hawser/stripe'
import { refuse, type FailureReply, type Reply } from '../simulators/reply.ts'
import { invalid, missing, noSuch } from './errors.ts'
import { flag, group, list, metadata, text, whole } from './fields.ts'
import { below, common, happened, newId, seconds, type Asked, type Handler } from './ground.ts'
import { listed } from './lists.ts'

/** The routes of subscriptions and their invoices. @see https://docs.stripe.com/api/subscriptions */
export const subscriptionRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/subscriptions': (asked) => {
    const { input, collections } = asked
    const customer = text(input['customer'])
    if (customer === null) return missing('customer')
    if (!collections.customers.get(customer, below(asked))) return noSuch('customer', customer, 'customer')
    const items = itemsOf(asked, [])
    if ('failure' in items) return items
    if (items.length === 0) return missing('items')
    const made = newSubscription(asked, customer, items)
    const invoice = newInvoice(asked, made)
    collections.invoices.insert(invoice, below(asked))
    const subscription = { ...made, latest_invoice: invoice.id }
    collections.subscriptions.insert(subscription, below(asked))
    happened(asked, 'customer.subscription.created', subscription)
    happened(asked, invoice.status === 'paid' ? 'invoice.paid' : 'invoice.finalized', invoice)
    return { json: subscription }
  },
  'GET /v1/subscriptions': (asked) =>
    listed(asked, asked.collections.subscriptions, {
      customer: ({ customer }) => customer,
      status: ({ status }) => status,
    }),
  'GET /v1/subscriptions/{id}': (asked) => withSubscription(asked, (found) => ({ json: found })),
  'POST /v1/subscriptions/{id}': (asked) =>
    withSubscription(asked, (before) => {
      const { input } = asked
      if (before.status === 'canceled') {
        return refuse(400, 'A canceled subscription can only update its cancellation_details and metadata.')
      }
      const items = itemsOf(asked, before.items.data)
      if ('failure' in items) return items
      const trial = input['trial_end']
      const trialEnd = trial === undefined ? before.trial_end : trial === 'now' ? null : (whole(trial) ?? null)
      const after = {
        ...before,
        items: { ...before.items, data: items },
        trial_end: trialEnd,
        metadata: metadata(input['metadata'], before.metadata),
        ...(input['cancel_at'] !== undefined && { cancel_at: whole(input['cancel_at']) ?? null }),
        ...(input['cancel_at_period_end'] !== undefined && {
          cancel_at_period_end: flag(input['cancel_at_period_end']),
        }),
      }
      return replaced(asked, after, 'updated')
    }),
  'DELETE /v1/subscriptions/{id}': (asked) =>
    withSubscription(asked, (before) => {
      const at = seconds(asked.now)
      if (before.status === 'canceled') return noSuch('subscription', before.id)
      return replaced(asked, { ...before, status: 'canceled', canceled_at: at, ended_at: at }, 'deleted')
    }),
  'GET /v1/invoices': (asked) =>
    listed(asked, asked.collections.invoices, {
      customer: ({ customer }) => customer,
      status: ({ status }) => status,
      subscription: (invoice) => subscriptionOf(asked, invoice),
    }),
}

function withSubscription(asked: Asked, then: (found: Subscription) => Reply): Reply {
  const { id = '' } = asked.params
  const found = asked.collections.subscriptions.get(id, below(asked))
  return found ? then(found) : noSuch('subscription', id)
}

function replaced(asked: Asked, subscription: Subscription, action: 'updated' | 'deleted'): Reply {
  asked.collections.subscriptions.replace(subscription.id, subscription, below(asked))
  happened(asked, `customer.subscription.${action}`, subscription)
  return { json: subscription }
}

function subscriptionOf(asked: Asked, { id }: Invoice): string | undefined {
  return asked.collections.subscriptions.all(below(asked)).find(({ latest_invoice }) => latest_invoice === id)?.id
}

/** Lays the items that were sent over those that are there: by id they change, `deleted` ends them, others are new. */
function itemsOf(asked: Asked, before: readonly SubscriptionItem[]): readonly SubscriptionItem[] | FailureReply {
  let items = before
  for (const [at, given] of list(asked.input['items']).map(group).entries()) {
    const [id, named] = [text(given['id']), text(given['price'])]
    const known = items.find((item) => item.id === id)
    if (id !== null && !known) return noSuch('subscription_item', id, `items[${at}][id]`)
    const price = named === null ? known?.price : asked.collections.prices.get(named, below(asked))
    if (!price) return named === null ? missing(`items[${at}][price]`) : noSuch('price', named, `items[${at}][price]`)
    if (!price.recurring) return invalid(`items[${at}][price]`, 'The price is not recurring.', 'parameter_invalid')
    const quantity = whole(given['quantity']) ?? known?.quantity ?? 1
    const item = { ...(known ?? newItem(asked, price, at)), price, quantity }
    const others = items.filter((other) => other !== known)
    items = flag(given['deleted']) ? others : [...others, item]
  }
  return items
}

const daysOf: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 }

function newItem(asked: Asked, price: Price, nth: number): SubscriptionItem {
  const start = seconds(asked.now)
  const days = (daysOf[price.recurring?.interval ?? 'month'] ?? 30) * (price.recurring?.interval_count ?? 1)
  return {
    id: newId('si', asked, nth),
    object: 'subscription_item',
    price,
    current_period_start: start,
    current_period_end: start + days * 86_400,
  }
}

function newSubscription(asked: Asked, customer: string, items: readonly SubscriptionItem[]): Subscription {
  const { input, now } = asked
  const days = whole(input['trial_period_days'])
  const trialEnd = days === undefined ? whole(input['trial_end']) : seconds(now) + days * 86_400
  const unpaid = input['payment_behavior'] === 'default_incomplete' ? 'incomplete' : 'active'
  const id = newId('sub', asked)
  return {
    id,
    object: 'subscription',
    customer,
    status: trialEnd === undefined ? unpaid : 'trialing',
    items: { object: 'list', data: items, has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    currency: items[0]?.price.currency ?? 'usd',
    cancel_at: null,
    cancel_at_period_end: flag(input['cancel_at_period_end']),
    canceled_at: null,
    trial_end: trialEnd ?? null,
    ended_at: null,
    ...common(asked),
  }
}

function newInvoice(asked: Asked, { customer, status, currency, items }: Subscription): Invoice {
  const due = items.data.reduce((sum, { price, quantity = 1 }) => sum + (price.unit_amount ?? 0) * quantity, 0)
  const total = status === 'trialing' ? 0 : due
  const open = status === 'incomplete'
  return {
    id: newId('in', asked),
    object: 'invoice',
    number: `SIM-${asked.sequence.toString().padStart(4, '0')}`,
    customer,
    customer_email: null,
    status: open ? 'open' : 'paid',
    currency,
    amount_due: total,
    amount_paid: open ? 0 : total,
    amount_remaining: open ? total : 0,
    total,
    attempt_count: open ? 0 : 1,
    next_payment_attempt: null,
    billing_reason: 'subscription_create',
    ...common(asked),
    metadata: {},
  }
}
