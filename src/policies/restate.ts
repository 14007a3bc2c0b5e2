import { described, type Policy } from '../http/policy.ts'
import type { ReadStatus } from '../http/status-when.ts'

/** Gives an answer the status that its body says, so that all above it see a failure where there is one. */
export function restate(read: ReadStatus): Policy {
  return described({ name: 'restate' }, (next) => {
    return async function restate(request) {
      const response = await next(request)
      const status = read(response)
      return status === undefined ? response : { ...response, status }
    }
  })
}
