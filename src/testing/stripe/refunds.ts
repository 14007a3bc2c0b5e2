import type { Charge, Refund } from 'hawser/stripe'
import { refuse } from '../simulators/reply.ts'
import { amountOf } from './amount.ts'
import { missing, noSuch } from './errors.ts'
import { text } from './fields.ts'
import { below, common, happened, newId, type Asked, type Handler } from './ground.ts'
import { idIn } from './records.ts'

/** The routes of refunds and of the balance. @see https://docs.stripe.com/api/refunds */
export const refundRoutes: Readonly<Record<string, Handler>> = {
  'POST /v1/refunds': (asked) => {
    const { input, collections } = asked
    const payment = text(input['payment_intent'])
    const named = text(input['charge']) ?? chargeOf(asked, payment)
    if (payment === null && named === null) return missing('charge')
    const charge = collections.charges.get(named ?? '', below(asked))
    if (!charge) {
      return payment === null ? noSuch('charge', named, 'charge') : noSuch('payment_intent', payment, 'payment_intent')
    }
    const left = charge.amount_captured - charge.amount_refunded
    if (left <= 0) return refuse(400, `Charge ${charge.id} has already been refunded.`, 'charge_already_refunded')
    const amount = amountOf('amount', input['amount']) ?? left
    if (typeof amount === 'object') return amount
    if (amount > left) {
      const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`
      return refuse(400, message, 'amount_too_large', { param: 'amount' })
    }
    const refund = newRefund(asked, charge, amount)
    const amount_refunded = charge.amount_refunded + amount
    const after = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount_captured }
    collections.charges.replace(charge.id, after, below(asked))
    collections.refunds.insert(refund, below(asked))
    happened(asked, 'refund.created', refund)
    happened(asked, 'charge.refunded', after)
    return { json: refund }
  },
  'GET /v1/balance': (asked) => {
    const charges = asked.collections.charges.all(below(asked))
    const currencies = [...new Set(charges.map(({ currency }) => currency))]
    const pending = currencies.map((currency) => ({
      amount: charges
        .filter((charge) => charge.currency === currency)
        .reduce((sum, { amount_captured, amount_refunded }) => sum + amount_captured - amount_refunded, 0),
      currency,
    }))
    const { livemode } = common(asked)
    return { json: { object: 'balance', available: [{ amount: 0, currency: 'usd' }], pending, livemode } }
  },
}

function chargeOf(asked: Asked, payment: string | null): string | null {
  const found = payment === null ? undefined : asked.collections.paymentIntents.get(payment, below(asked))
  return idIn(found?.latest_charge ?? null)
}

function newRefund(asked: Asked, charge: Charge, amount: number): Refund {
  const { created, metadata } = common(asked)
  return {
    id: newId('re', asked),
    object: 'refund',
    amount,
    currency: charge.currency,
    status: 'succeeded',
    reason: text(asked.input['reason']),
    charge: charge.id,
    payment_intent: charge.payment_intent,
    metadata,
    created,
  }
}
