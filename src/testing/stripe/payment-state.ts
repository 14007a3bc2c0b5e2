const statuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
  'succeeded',
  'canceled',
] as const

/** How a payment stands. @see https://docs.stripe.com/payments/paymentintents/lifecycle */
export type PaymentStatus = (typeof statuses)[number]

export function isPaymentStatus(status: string): status is PaymentStatus {
  return statuses.some((known) => known === status)
}

/** What a card does when it is charged. */
export type CardOutcome = 'succeeds' | 'is declined' | 'asks for its owner'

/** What is done to a payment. */
export type PaymentStep =
  | { readonly do: 'confirm'; readonly card: CardOutcome; readonly capture: 'at once' | 'later' }
  | { readonly do: 'capture' }
  | { readonly do: 'cancel' }

/** Gives how a payment stands after a step, or nothing where it cannot be taken. */
export function afterStep(status: PaymentStatus, step: PaymentStep): PaymentStatus | undefined {
  switch (step.do) {
    case 'confirm':
      if (status === 'requires_capture' || status === 'succeeded' || status === 'canceled') return undefined
      if (step.card === 'is declined') return 'requires_payment_method'
      // Whoever is asked in `requires_action` answers elsewhere; the next confirmation takes it that they did.
      if (step.card === 'asks for its owner' && status !== 'requires_action') return 'requires_action'
      return step.capture === 'later' ? 'requires_capture' : 'succeeded'
    case 'capture':
      return status === 'requires_capture' ? 'succeeded' : undefined
    case 'cancel':
      return status === 'succeeded' || status === 'canceled' ? undefined : 'canceled'
  }
}
