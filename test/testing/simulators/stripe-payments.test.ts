import { expect, it } from 'vitest'
import { bearer, isHawserError } from 'hawser'
import { Stripe, type NewPaymentIntent, type PaymentIntent } from 'hawser/stripe'
import { mockVendor, stripeSimulator } from 'hawser/testing'

const start = (): Stripe =>
  new Stripe({ auth: bearer('sk_test_1'), ...mockVendor(stripeSimulator(), { front: 'memory' }).options })
const five = { amount: 500, currency: 'usd' }
const pay = (stripe: Stripe, more: Partial<NewPaymentIntent> = {}): PromiseLike<PaymentIntent> =>
  stripe.paymentIntents.create({ ...five, ...more })

const steps = {
  confirm: (stripe: Stripe, id: string) => stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }),
  decline: (stripe: Stripe, id: string) =>
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclined' }),
  ask: (stripe: Stripe, id: string) =>
    stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_authenticationRequired' }),
  capture: (stripe: Stripe, id: string) => stripe.paymentIntents.capture(id),
  cancel: (stripe: Stripe, id: string) => stripe.paymentIntents.cancel(id),
}

const hold = { capture_method: 'manual' } as const
const card = { payment_method: 'pm_card_visa' } as const
/** How to bring a payment into each status. */
const into: Readonly<Record<string, (stripe: Stripe) => PromiseLike<PaymentIntent>>> = {
  requires_payment_method: (stripe) => pay(stripe),
  requires_confirmation: (stripe) => pay(stripe, card),
  requires_action: (stripe) => pay(stripe, { payment_method: 'pm_card_authenticationRequired', confirm: true }),
  requires_capture: (stripe) => pay(stripe, { ...card, ...hold, confirm: true }),
  succeeded: (stripe) => pay(stripe, { ...card, confirm: true }),
  canceled: async (stripe) => stripe.paymentIntents.cancel((await pay(stripe)).id),
}

const refused = 'payment_intent_unexpected_state'
const ready = {
  confirm: 'succeeded',
  decline: 'card_declined',
  ask: 'requires_action',
  capture: refused,
  cancel: 'canceled',
}
const over = { confirm: refused, decline: refused, ask: refused, capture: refused, cancel: refused }
const edges: Readonly<Record<string, Readonly<Record<keyof typeof steps, string>>>> = {
  requires_payment_method: ready,
  requires_confirmation: ready,
  // The owner has answered by the next confirmation.
  requires_action: { ...ready, ask: 'succeeded' },
  requires_capture: { ...over, capture: 'succeeded', cancel: 'canceled' },
  succeeded: over,
  canceled: over,
}

it.each(Object.keys(edges))('takes a payment that is in `%s` where Stripe does', async (status) => {
  const stripe = start()
  for (const [name, step] of Object.entries(steps)) {
    const payment = await into[status]?.(stripe)
    expect(payment?.status).toBe(status)
    const after = await step(stripe, payment?.id ?? '').then(
      (next) => next.status,
      (error: unknown) => isHawserError(error) && error.code === 'HTTP_STATUS' && error.vendorCode,
    )
    expect([name, after]).toEqual([name, Reflect.get(edges[status] ?? {}, name)])
  }
})

it('holds the money until it is captured, all or a part of it', async () => {
  const stripe = start()
  const held = await pay(stripe, { ...card, ...hold, confirm: true, expand: ['latest_charge'] })
  expect(held).toMatchObject({
    amount_capturable: 500,
    amount_received: 0,
    latest_charge: { amount_captured: 0, paid: true },
  })
  await expect(stripe.paymentIntents.capture(held.id, { amount_to_capture: 501 })).rejects.toMatchObject({
    vendorCode: 'amount_too_large',
  })
  expect(await stripe.paymentIntents.capture(held.id, { amount_to_capture: 200 })).toMatchObject({
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: 200,
  })
  expect((await stripe.balance.get()).pending).toEqual([{ amount: 200, currency: 'usd' }])
})

it('keeps of a declined payment why, and takes another card', async () => {
  const stripe = start()
  const { id } = await pay(stripe)
  const method = 'pm_card_visa_chargeDeclinedInsufficientFunds'
  await expect(stripe.paymentIntents.confirm(id, { payment_method: method })).rejects.toMatchObject({
    status: 402,
    vendorCode: 'card_declined',
    body: { error: { type: 'card_error', decline_code: 'insufficient_funds', payment_intent: { id } } },
  })
  const failed = await stripe.paymentIntents.get(id)
  expect(failed).toMatchObject({ status: 'requires_payment_method', last_payment_error: { code: 'card_declined' } })
  const paid = await stripe.paymentIntents.confirm(id, card)
  expect(paid).toMatchObject({ status: 'succeeded', last_payment_error: null, amount_received: 500 })
  await expect(stripe.paymentIntents.confirm((await pay(stripe)).id)).rejects.toThrow('missing a payment method')
})

it.each([-5, 0, 1.5])('takes %d for no amount, to pay, to capture or to refund', async (amount) => {
  const stripe = start()
  const held = { currency: 'usd', payment_method: 'pm_card_visa', confirm: true, capture_method: 'manual' } as const
  const { id } = await stripe.paymentIntents.create({ ...held, amount: 500 })
  const refused = { status: 400, vendorCode: 'parameter_invalid_integer' }
  await expect(stripe.paymentIntents.create({ ...held, amount })).rejects.toMatchObject(refused)
  await expect(stripe.paymentIntents.capture(id, { amount_to_capture: amount })).rejects.toMatchObject(refused)
  await stripe.paymentIntents.capture(id)
  await expect(stripe.refunds.create({ payment_intent: id, amount })).rejects.toMatchObject(refused)
  expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(500)
})

it('refunds in parts, and no more than was paid', async () => {
  const stripe = start()
  const { id } = await pay(stripe, { ...card, confirm: true })
  const first = await stripe.refunds.create({
    payment_intent: id,
    amount: 200,
    reason: 'duplicate',
    expand: ['charge'],
  })
  expect(first).toMatchObject({ amount: 200, status: 'succeeded', charge: { amount_refunded: 200, refunded: false } })
  await expect(stripe.refunds.create({ payment_intent: id, amount: 301 })).rejects.toMatchObject({
    vendorCode: 'amount_too_large',
  })
  expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(300)
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({
    vendorCode: 'charge_already_refunded',
  })
  await expect(stripe.refunds.create({ charge: 'ch_no' })).rejects.toMatchObject({ vendorCode: 'resource_missing' })
  await expect(stripe.refunds.create({})).rejects.toMatchObject({ vendorCode: 'parameter_missing' })
  expect((await stripe.balance.get()).pending).toEqual([{ amount: 0, currency: 'usd' }])
})

it('says which parameter is wrong', async () => {
  const stripe = start()
  const wrong = async (more: object, code: string, param: string): Promise<void> =>
    expect(stripe.request('POST /v1/payment_intents', { ...five, ...more })).rejects.toMatchObject({
      status: 400,
      vendorCode: code,
      body: { error: { type: 'invalid_request_error', param } },
    })
  await wrong({ amount: undefined }, 'parameter_missing', 'amount')
  await wrong({ amount: '5.0' }, 'parameter_invalid_integer', 'amount')
  await wrong({ amount: 0 }, 'parameter_invalid_integer', 'amount')
  await wrong({ currency: '' }, 'parameter_missing', 'currency')
  await wrong({ customer: 'cus_no' }, 'resource_missing', 'customer')
})
