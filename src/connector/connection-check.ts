import type { HttpClient } from '../client/client.ts'
import type { PlainOptions } from '../client/request-options.ts'
import { ConfigurationError, isHawserError, type AnyHawserError } from '../errors.ts'
import { fieldAt } from '../json-value.ts'

/** A read that every good credential may make, which tests a connection. */
export interface Probe {
  /** Such as `GET /user`. */
  readonly route: string
  /** Where the answer names whom the credential stands for, such as `account.id`. @default nowhere */
  readonly identity?: string
}

/**
 * What is wrong with a connection.
 *
 * - `credential`: the vendor does not take it.
 * - `permission`: the vendor knows it and does not allow it this read.
 * - `throttled`: it is refused for its quota, so that nothing was learned of it.
 * - `unreachable`: there was no answer.
 * - `vendor`: there was one, and none of a working API: an outage, or another server at that address.
 */
export type ConnectionFailure = 'credential' | 'permission' | 'throttled' | 'unreachable' | 'vendor'

/** How a connection stands. */
export type ConnectionCheck =
  | { readonly ok: true; readonly identity?: string | undefined }
  | { readonly ok: false; readonly because: ConnectionFailure; readonly error: AnyHawserError }

/**
 * Makes the read of a profile's probe, and tells what its failure means.
 *
 * @throws {ConfigurationError} where there is no probe, or an option is wrong
 * @throws {AbortedError} where the caller's signal ended it
 */
export async function checkConnection(
  http: HttpClient,
  probe: Probe | undefined,
  options: PlainOptions = {},
): Promise<ConnectionCheck> {
  if (!probe) throw new ConfigurationError('The profile of this connector names no `probe` to test a connection with.')
  try {
    const answer = await http.request(probe.route, {}, options)
    const identity = probe.identity === undefined ? undefined : fieldAt(answer, probe.identity)
    const named = typeof identity === 'string' || typeof identity === 'number'
    return { ok: true, ...(named && { identity: String(identity) }) }
  } catch (error) {
    const because = isHawserError(error) ? failureOf(error) : undefined
    if (!isHawserError(error) || because === undefined) throw error
    return { ok: false, because, error }
  }
}

/** What a failure says of the connection; `undefined` for the program's own mistakes and wishes. */
function failureOf(error: AnyHawserError): ConnectionFailure | undefined {
  switch (error.code) {
    case 'HTTP_STATUS':
      return error.status === 401 ? 'credential' : error.status === 403 ? 'permission' : 'vendor'
    case 'REAUTHORIZATION_REQUIRED':
      return 'credential'
    case 'OAUTH':
      return error.failure === 'configuration' ? 'credential' : 'unreachable'
    case 'RATE_LIMITED':
    case 'QUOTA_EXHAUSTED':
    case 'BULKHEAD_FULL':
      return 'throttled'
    case 'NETWORK':
    case 'TIMEOUT':
    case 'CIRCUIT_OPEN':
      return 'unreachable'
    case 'DECODE':
    case 'REDIRECT_REFUSED':
    case 'RESPONSE_TOO_LARGE':
      return 'vendor'
    default:
      return undefined
  }
}
