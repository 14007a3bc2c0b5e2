import { TokenStoreError, isHawserError } from 'hawser'

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

/** Makes the error for a record that is not as it was written. */
export function damaged(place: string, connection: string | undefined): TokenStoreError {
  const mend = 'Bring it back from a backup; without one, remove it, and its tokens have to be got anew.'
  return new TokenStoreError(`What is kept in ${place} is damaged. ${mend}`, { reason: 'damaged', connection })
}

/** Gives the system's or the server's code of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  // Not `instanceof Error`: in plain Jest the system's errors are of another realm.
  const code: unknown = Reflect.get(Object(error), 'code')
  return typeof code === 'string' && /^\w{1,40}$/.test(code) ? code : 'unknown'
}
