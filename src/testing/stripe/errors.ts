import { refuse, type FailureReply, type SimulatedFailure } from '../simulators/reply.ts'

/** Writes an error as Stripe does. @see https://docs.stripe.com/api/errors */
export function stripeError({ status, message, code, details }: SimulatedFailure): unknown {
  const known = typeof details === 'object' ? details : {}
  return {
    error: {
      type: typeOf(status),
      ...(code !== undefined && { code, doc_url: `https://docs.stripe.com/error-codes#${code.replaceAll('_', '-')}` }),
      message,
      ...known,
    },
  }
}

function typeOf(status: number): string {
  if (status >= 500) return 'api_error'
  if (status === 409) return 'idempotency_error'
  return status === 402 ? 'card_error' : 'invalid_request_error'
}

/** A parameter that is needed is not there. */
export function missing(param: string): FailureReply {
  return refuse(400, `Missing required param: ${param}.`, 'parameter_missing', { param })
}

/** A parameter that is there is not what it has to be. */
export function invalid(param: string, message: string, code: string): FailureReply {
  return refuse(400, message, code, { param })
}

/** What the path names does not exist: status 404. What a parameter names does not: status 400. */
export function noSuch(what: string, id: unknown, param?: string): FailureReply {
  const message = `No such ${what}: '${String(id)}'`
  return refuse(param === undefined ? 404 : 400, message, 'resource_missing', { param: param ?? 'id' })
}
