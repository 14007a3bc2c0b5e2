import { InvalidRequestError } from 'hawser'

/**
 * Checks that a key arrives at a server as it is.
 *
 * @throws {InvalidRequestError} where UTF-8 cannot carry it, or it holds the character U+0000
 */
export function checkKey(key: string): void {
  if (/[\0\p{Surrogate}]/u.test(key)) {
    throw new InvalidRequestError('The key of a token store is text without U+0000 and without half characters.')
  }
}
