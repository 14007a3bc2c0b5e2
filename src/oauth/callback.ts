import { InvalidRequestError, OAuthError } from 'hawser'
import { meaningOf } from './refusal.ts'

/** A callback as it came: an address, whole or from its path on, or the fields of a form. */
export type CallbackInput = string | URL | URLSearchParams

/** What a callback says. Nothing in it is believed yet. */
export interface Callback {
  readonly state: string
  readonly code?: string | undefined
  readonly issuer?: string | undefined
  /** The server's word for why there is no code, such as `access_denied`. */
  readonly error?: string | undefined
}

/**
 * Reads a callback.
 *
 * @throws {InvalidRequestError} where a parameter is missing, or there twice
 */
export function readCallback(parameters: URLSearchParams, codeParameter = 'code'): Callback {
  const state = only(parameters, 'state')
  if (state === undefined) throw new InvalidRequestError('The callback has no `state`: it did not begin here.')
  const error = only(parameters, 'error')
  const code = only(parameters, codeParameter)
  if (error === undefined && code === undefined)
    throw new InvalidRequestError(`The callback has no \`${codeParameter}\`.`)
  return { state, code, issuer: only(parameters, 'iss'), error }
}

/**
 * Finds the parameters of a callback.
 *
 * @throws {InvalidRequestError} where it is no address
 */
export function parametersOf(input: CallbackInput): URLSearchParams {
  if (input instanceof URLSearchParams) return input
  // What a server is told of a request's address often begins with the path.
  const text = String(input)
  if (!URL.canParse(text, 'http://callback.invalid')) throw new InvalidRequestError('The callback is not an address.')
  return new URL(text, 'http://callback.invalid').searchParams
}

/** Of two values, one may be a stranger's. @see https://www.rfc-editor.org/rfc/rfc6749#section-3.1 */
function only(parameters: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = parameters.getAll(name)
  if (others.length > 0) throw new InvalidRequestError(`The callback has several \`${name}\`.`)
  return value === '' ? undefined : value
}

/** Makes the error for a callback that brings none. What the server says in `error_description` is a stranger's text and left out. */
export function callbackRefused(error: string, vendor: string, connection: string): OAuthError {
  const code = /^[\w.:-]{1,64}$/.test(error) ? error : undefined
  const message = `The login was not granted${code === undefined ? '' : ` (${code})`}.`
  return new OAuthError(message, { failure: meaningOf(error), vendor, connection, oauthCode: code })
}
