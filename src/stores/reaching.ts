import { InvalidRequestError, TokenStoreError, isHawserError } from 'hawser'
import { codeOf } from './durable.ts'

/** Does what needs the disk or a server. Of its errors the code alone is kept: a client's error may hold what it was sent. */
export async function reaching<T>(place: string, connection: string | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isHawserError(error)) throw error
    const message = `The token store could not use ${place}: ${codeOf(error)}.`
    throw new TokenStoreError(message, { reason: 'unavailable', connection })
  }
}

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

/** Makes the error for a record that is not as it was written. */
export function damaged(place: string, connection: string | undefined): TokenStoreError {
  const mend = 'Bring it back from a backup; without one, remove it, and its tokens have to be got anew.'
  return new TokenStoreError(`What is kept in ${place} is damaged. ${mend}`, { reason: 'damaged', connection })
}
