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
  // A promise of the platform's: one of a class of our own, or a record with a `then`, takes three turns of the queue to await.
  const data = running.then(dataOf)
  return Object.assign(data, {
    withResponse: () => {
      // Whoever takes the failure from here has not left it unhandled.
      data.catch(() => {})
      return running
    },
  })
}

function dataOf<T>({ data }: WithResponse<T>): T {
  return data
}
