import type { Credential, HttpRequest } from 'hawser'

/** Has a credential sign a request, as `authenticate` does. */
export async function signed(credential: Credential, request: HttpRequest): Promise<HttpRequest> {
  return credential.apply(request)
}

/** The error that a function or a promise fails with. */
export async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work()
  } catch (error) {
    return error
  }
  throw new Error('It did not fail.')
}
