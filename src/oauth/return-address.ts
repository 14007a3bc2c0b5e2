import { InvalidRequestError } from 'hawser'

// A host of nobody's: a path stays on it, everything else leaves it.
const here = 'http://return.invalid'

/**
 * Checks where a user is sent after a login: a path of this site, or an address at one of the origins that are allowed. A
 * stranger who chose it could otherwise send users, and what stands in their address bar, to himself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-4.11
 * @throws {InvalidRequestError} for any other address
 */
export function checkReturnTo(returnTo: string, origins: readonly string[]): string {
  const url = URL.canParse(returnTo, here) ? new URL(returnTo, here) : undefined
  if (url && (returnTo.startsWith('/') ? url.origin === here : origins.includes(url.origin) && url.username === ''))
    return returnTo
  throw new InvalidRequestError('`returnTo` is neither a path of this site nor at one of the allowed `returnOrigins`.')
}
