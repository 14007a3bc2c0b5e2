import type { CardOutcome } from './payment-state.ts'

/** Why a bank declined. */
export interface Decline {
  readonly code: string
  readonly decline_code?: string
  readonly message: string
}

// @see https://docs.stripe.com/testing#declined-payments
const declines: Readonly<Record<string, Decline>> = {
  pm_card_visa_chargeDeclined: {
    code: 'card_declined',
    decline_code: 'generic_decline',
    message: 'Your card was declined.',
  },
  pm_card_visa_chargeDeclinedInsufficientFunds: {
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
  pm_card_chargeDeclinedExpiredCard: { code: 'expired_card', message: 'Your card has expired.' },
  pm_card_chargeDeclinedProcessingError: {
    code: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
  },
}

// @see https://docs.stripe.com/testing#regulatory-cards
const asking: readonly string[] = ['pm_card_authenticationRequired', 'pm_card_threeDSecure2Required']

/** Gives why a payment method of Stripe's for tests is declined; all others are good. */
export function declineOf(paymentMethod: string): Decline | undefined {
  return Object.hasOwn(declines, paymentMethod) ? declines[paymentMethod] : undefined
}

export function outcomeOf(paymentMethod: string): CardOutcome {
  if (declineOf(paymentMethod)) return 'is declined'
  return asking.includes(paymentMethod) ? 'asks for its owner' : 'succeeds'
}
