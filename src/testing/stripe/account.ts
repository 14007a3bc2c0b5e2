import type { CheckoutSession, WebhookEndpoint } from 'hawser/stripe'
import { missing, noSuch } from './errors.ts'
import { group, list, text, whole } from './fields.ts'
import { accountOf, below, common, newId, seconds, type Asked, type Handler } from './ground.ts'
import { listed } from './lists.ts'

const daySeconds = 86_400

/** The routes of the account: itself, its checkouts, events, webhook endpoints, and one of version 2. */
export const accountRoutes: Readonly<Record<string, Handler>> = {
  'GET /v1/account': (asked) => ({ json: { id: accountOf(asked), object: 'account', charges_enabled: true } }),
  'POST /v1/checkout/sessions': (asked) => {
    if (text(asked.input['mode']) === null) return missing('mode')
    const session = newCheckout(asked)
    return { json: asked.collections.checkoutSessions.insert(session, below(asked)) }
  },
  'GET /v1/checkout/sessions/{id}': (asked) => {
    const { id = '' } = asked.params
    const found = asked.collections.checkoutSessions.get(id, below(asked))
    return found ? { json: found } : noSuch('checkout.session', id)
  },
  'GET /v1/events': (asked) =>
    listed(asked, asked.collections.events, { type: ({ type }) => type, types: ({ type }) => type }),
  'POST /v1/webhook_endpoints': (asked) => {
    const { input, headers, collections } = asked
    const url = text(input['url'])
    if (url === null) return missing('url')
    if (list(input['enabled_events']).length === 0) return missing('enabled_events')
    const { livemode, created } = common(asked)
    const endpoint: WebhookEndpoint = {
      id: newId('we', asked),
      object: 'webhook_endpoint',
      url,
      status: 'enabled',
      enabled_events: list(input['enabled_events']).map(String),
      api_version: headers['stripe-version'] ?? null,
      livemode,
      created,
    }
    collections.webhookEndpoints.insert(endpoint, below(asked))
    // Told once, and not kept.
    return { json: { ...endpoint, secret: `whsec_${newId('simulated', asked)}` } }
  },
  // @see https://docs.stripe.com/api/v2/billing/meter-event/create
  'POST /v2/billing/meter_events': (asked) => {
    const { event_name, payload } = asked.input
    if (typeof event_name !== 'string') return missing('event_name')
    const at = new Date(asked.now).toISOString()
    const { livemode } = common(asked)
    const event = { object: 'v2.billing.meter_event', identifier: newId('meter', asked), event_name, payload, livemode }
    return { json: { ...event, created: at, timestamp: at } }
  },
}

function newCheckout(asked: Asked): CheckoutSession {
  const { input, collections, now } = asked
  const id = newId('cs', asked)
  const lines = list(input['line_items']).map(group)
  const priced = lines.map(({ price, price_data, quantity }) => {
    const known = collections.prices.get(String(price), below(asked))
    const { unit_amount, currency } = known ?? group(price_data)
    return { amount: Number(unit_amount ?? 0) * (whole(quantity) ?? 1), currency: text(currency) }
  })
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    mode: String(input['mode']),
    status: 'open',
    payment_status: input['mode'] === 'setup' ? 'no_payment_required' : 'unpaid',
    url: `https://checkout.stripe.com/c/pay/${id}`,
    amount_total: lines.length === 0 ? null : priced.reduce((sum, { amount }) => sum + amount, 0),
    currency: priced[0]?.currency ?? null,
    customer: text(input['customer']),
    customer_details: null,
    client_reference_id: text(input['client_reference_id']),
    payment_intent: null,
    subscription: null,
    expires_at: whole(input['expires_at']) ?? seconds(now) + daySeconds,
    ...common(asked),
  }
  return session
}
