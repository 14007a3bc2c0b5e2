import assert from 'node:assert/strict'
import { bearer, isHawserError } from 'hawser'
import { Stripe, type StripeEvents } from 'hawser/stripe'
import { mockVendor, stripeSimulator } from 'hawser/testing'
import { receiver, sources } from 'hawser/webhooks'

// A shop takes payments through Stripe, over real sockets, while connections break. No payment is made twice.
// node --import tsx examples/stripe/main.ts

const secrets = ['whsec_of_the_example']
const paid: string[] = []
const receive = receiver<StripeEvents>(sources.stripe, { secrets, now: () => vendor.clock.now }).on(
  'payment_intent.succeeded',
  ({ payload }) => paid.push(payload.data.object.id),
)
const vendor = mockVendor(stripeSimulator(), { front: 'loopback', webhooks: { to: receive, secrets } })
const stripe = new Stripe({ auth: bearer('sk_test_of_the_example'), ...vendor.options })
console.log('connection:', await stripe.check())

const customer = await stripe.customers.create({ email: 'ann@harbour.example', metadata: { order: '7' } })

// The vendor does the work, and its answer is lost. The key tells it that the second attempt is the same payment.
vendor.fault({ kind: 'reset', processed: true })
const order = { amount: 4_900, currency: 'eur', customer: customer.id, payment_method: 'pm_card_visa', confirm: true }
const payment = await stripe.paymentIntents.create({ ...order, expand: ['latest_charge'] })
const attempts = vendor.journal.to('POST /v1/payment_intents').length
console.log(`${payment.status} after ${attempts} attempts, under ${vendor.journal.keys().size - 1} key`)
assert.equal((await stripe.events.list({ type: 'charge.succeeded' }).toArray({ limit: 10 })).length, 1)

const declined = { ...order, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }
const refusal: unknown = await stripe.paymentIntents.create(declined).catch((error: unknown) => error)
assert.ok(isHawserError(refusal) && refusal.code === 'HTTP_STATUS')
console.log('declined:', refusal.status, refusal.vendorCode)

// A key of the shop's own: started again tomorrow, the program refunds nothing twice.
for (const run of [1, 2]) {
  const { data, response } = await stripe.refunds
    .create({ payment_intent: payment.id, amount: 900 }, { idempotencyKey: 'refund-of-order-7' })
    .withResponse()
  console.log(`run ${run}: ${data.id}, replayed: ${response.headers['idempotent-replayed'] ?? 'false'}`)
}
const [pending] = (await stripe.balance.get()).pending
assert.deepEqual(pending, { amount: 4_000, currency: 'eur' })

const [event] = await stripe.events.list({ type: 'payment_intent.succeeded' }).toArray({ limit: 1 })
const [taken] = await vendor.deliver('payment_intent.succeeded', { payload: { ...event } })
const [forged] = await vendor.deliver('payment_intent.succeeded', { payload: { ...event }, as: 'tampered' })
console.log('webhook:', taken?.status, 'forged:', forged?.status)
assert.deepEqual([taken?.status, forged?.status, paid], [200, 401, [payment.id]])

stripe.close()
vendor[Symbol.dispose]()
