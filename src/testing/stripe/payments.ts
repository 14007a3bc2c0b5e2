import type { Charge, PaymentIntent } from 'hawser/stripe'
import { refuse, type Reply } from '../simulators/reply.ts'
import { amountOf } from './amount.ts'
import { declineOf, outcomeOf, type Decline } from './cards.ts'
import { invalid, missing, noSuch } from './errors.ts'
import { flag, text } from './fields.ts'
import { below, common, happened, newId, type Asked, type Handler } from './ground.ts'
import { listed } from './lists.ts'
import { afterStep, isPaymentStatus, type PaymentStatus, type PaymentStep } from './payment-state.ts'
import { idIn } from './records.ts'

/** A payment with what Stripe knows of it beyond the connector's types. */
interface Payment extends PaymentIntent {
  readonly capture_method: string
}

/** The routes of payments. @see https://docs.stripe.com/api/payment_intents */
export const paymentRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/payment_intents': (asked) => {
    const { input, collections } = asked
    const amount = amountOf('amount', input['amount'])
    if (amount === undefined) return missing('amount')
    if (text(input['currency']) === null) return missing('currency')
    if (typeof amount === 'object') return amount
    const customer = text(input['customer'])
    if (customer !== null && !collections.customers.get(customer, below(asked)))
      return noSuch('customer', customer, 'customer')
    const payment = newPayment(asked, amount, customer)
    collections.paymentIntents.insert(payment, below(asked))
    happened(asked, 'payment_intent.created', payment)
    return flag(input['confirm']) ? confirm(asked, payment) : { json: payment }
  },
  'GET /v1/payment_intents': (asked) =>
    listed(asked, asked.collections.paymentIntents, { customer: ({ customer }) => customer }),
  'GET /v1/payment_intents/{id}': (asked) => withPayment(asked, (payment) => ({ json: payment })),
  'POST /v1/payment_intents/{id}/confirm': (asked) => withPayment(asked, (payment) => confirm(asked, payment)),
  'POST /v1/payment_intents/{id}/capture': (asked) =>
    withPayment(asked, (payment) => {
      const amount = amountOf('amount_to_capture', asked.input['amount_to_capture']) ?? payment.amount_capturable
      if (typeof amount === 'object') return amount
      return stepped(payment, { do: 'capture' }, (status) => {
        if (amount > payment.amount_capturable) {
          const message = 'The amount to capture is greater than the amount that can be captured.'
          return invalid('amount_to_capture', message, 'amount_too_large')
        }
        captured(asked, idIn(payment.latest_charge) ?? '', amount)
        return changed(asked, { ...payment, status, amount_received: amount, amount_capturable: 0 })
      })
    }),
  'POST /v1/payment_intents/{id}/cancel': (asked) =>
    withPayment(asked, (payment) =>
      stepped(payment, { do: 'cancel' }, (status) =>
        changed(asked, { ...payment, status, amount_capturable: 0, next_action: null }),
      ),
    ),
}

function newPayment(asked: Asked, amount: number, customer: string | null): Payment {
  const { input } = asked
  const id = newId('pi', asked)
  const paymentMethod = text(input['payment_method'])
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_received: 0,
    currency: String(input['currency']).toLowerCase(),
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    client_secret: `${id}_secret_simulated`,
    customer,
    latest_charge: null,
    payment_method: paymentMethod,
    last_payment_error: null,
    next_action: null,
    description: text(input['description']),
    capture_method: text(input['capture_method']) ?? 'automatic_async',
    ...common(asked),
  }
}

function confirm(asked: Asked, payment: Payment): Reply {
  const method = text(asked.input['payment_method']) ?? idIn(payment.payment_method)
  if (method === null) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method."
    return refuse(400, message, 'payment_intent_unexpected_state', { payment_intent: payment })
  }
  const capture = payment.capture_method === 'manual' ? 'later' : 'at once'
  return stepped(payment, { do: 'confirm', card: outcomeOf(method), capture }, (status) => {
    const decline = declineOf(method)
    if (decline) return declined(asked, payment, decline)
    if (status === 'requires_action') {
      return changed(asked, { ...payment, status, payment_method: method, next_action: { type: 'use_stripe_sdk' } })
    }
    const charge = newCharge(asked, payment, undefined)
    const { amount } = payment
    const money = status === 'succeeded' ? { amount_received: amount } : { amount_capturable: amount }
    const done = { payment_method: method, latest_charge: charge.id, next_action: null, last_payment_error: null }
    return changed(asked, { ...payment, ...money, ...done, status })
  })
}

/** A payment that is declined is kept with why, and its answer is an error that holds it. */
function declined(asked: Asked, payment: Payment, decline: Decline): Reply {
  const charge = newCharge(asked, payment, decline)
  const { message, code, ...why } = decline
  const failed = {
    ...payment,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    last_payment_error: decline,
  }
  changed(asked, failed)
  return refuse(402, message, code, { ...why, charge: charge.id, payment_intent: failed })
}

function newCharge(asked: Asked, payment: Payment, decline: Decline | undefined): Charge {
  const { id, amount, currency, customer, capture_method } = payment
  const charge: Charge = {
    id: newId('ch', asked),
    object: 'charge',
    amount,
    amount_captured: decline || capture_method === 'manual' ? 0 : amount,
    amount_refunded: 0,
    currency,
    status: decline ? 'failed' : 'succeeded',
    paid: !decline,
    refunded: false,
    disputed: false,
    customer,
    payment_intent: id,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    receipt_url: null,
    ...common(asked),
    metadata: payment.metadata,
  }
  asked.collections.charges.insert(charge, below(asked))
  happened(asked, decline ? 'charge.failed' : 'charge.succeeded', charge)
  return charge
}

function captured(asked: Asked, id: string, amount: number): void {
  const charge = asked.collections.charges.get(id, below(asked))
  if (!charge) return
  const after = { ...charge, amount_captured: amount }
  asked.collections.charges.replace(id, after, below(asked))
  happened(asked, 'charge.captured', after)
}

function stepped(payment: Payment, step: PaymentStep, take: (status: PaymentStatus) => Reply): Reply {
  const status = isPaymentStatus(payment.status) ? afterStep(payment.status, step) : undefined
  if (status !== undefined) return take(status)
  const message = `You cannot ${step.do} this PaymentIntent because it has a status of ${payment.status}.`
  return refuse(400, message, 'payment_intent_unexpected_state', { payment_intent: payment })
}

function changed(asked: Asked, payment: Payment): Reply {
  asked.collections.paymentIntents.replace(payment.id, payment, below(asked))
  happened(asked, `payment_intent.${eventOf(payment)}`, payment)
  return { json: payment }
}

function eventOf({ status }: Payment): string {
  if (status === 'requires_payment_method') return 'payment_failed'
  return status === 'requires_capture' ? 'amount_capturable_updated' : status
}

function withPayment(asked: Asked, then: (payment: Payment) => Reply): Reply {
  const { id = '' } = asked.params
  const payment = asked.collections.paymentIntents.get(id, below(asked))
  return payment ? then({ capture_method: 'automatic_async', ...payment }) : noSuch('payment_intent', id)
}
