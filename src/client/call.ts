import type { HttpResponse } from '../http/response.ts'

/** The decoded answer beside the answer itself. */
export interface WithResponse<T> {
  readonly data: T
  readonly response: HttpResponse
}

/** A call under way: a promise of the decoded answer, which also gives the status and the headers. */
export interface Call<T> extends Promise<T> {
  withResponse(): Promise<WithResponse<T>>
}

/** Makes a call of what is under way. */
export function callOf<T>(running: Promise<WithResponse<T>>): Call<T> {
  // Derived when asked for: were it derived here, a failure that the caller takes from `withResponse()` would also be an
  // unhandled rejection of the promise that nobody looked at.
  const data = (): Promise<T> => running.then((result) => result.data)
  return {
    then: (onData, onError) => data().then(onData, onError),
    catch: (onError) => data().catch(onError),
    finally: (onEnd) => data().finally(onEnd),
    withResponse: () => running,
    [Symbol.toStringTag]: 'Call',
  }
}
