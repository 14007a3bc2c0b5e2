import type { FailureReply } from '../simulators/reply.ts'
import { invalid } from './errors.ts'
import { text, whole } from './fields.ts'

/** Reads an amount, a whole number of 1 at least; `undefined` where none is sent. */
export function amountOf(param: string, value: unknown): number | undefined | FailureReply {
  if (text(value) === null) return undefined
  const amount = whole(value)
  if (amount !== undefined && amount >= 1) return amount
  const why =
    amount === undefined ? `Invalid integer: ${String(value)}` : 'This value must be greater than or equal to 1.'
  return invalid(param, why, 'parameter_invalid_integer')
}
