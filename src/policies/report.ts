import { described, type Policy } from '../http/policy.ts'
import { isHawserError } from '../errors.ts'

/** Emits one `attempt` event for each send on the wire. Where nobody listens it is not there at all. */
export function report(): Policy {
  return described({ name: 'report' }, (next, runtime) => {
    const { emit } = runtime
    if (!emit) return next
    return async function report(request) {
      const { operation } = request
      const since = runtime.now()
      const tell = (result: { status: number } | { error: string }): void => {
        const at = runtime.now()
        emit({ type: 'attempt', operation, at, durationMs: at - since, ...result })
      }
      try {
        const response = await next(request)
        tell({ status: response.status })
        return response
      } catch (error) {
        tell({ error: errorCode(error) })
        throw error
      }
    }
  })
}

/** Names an error for an event: its code, or its class where it is not one of hawser's. */
export function errorCode(error: unknown): string {
  if (isHawserError(error)) return error.code
  return error instanceof Error ? error.name : 'unknown'
}
