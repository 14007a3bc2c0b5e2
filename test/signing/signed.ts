import type { Credential, HttpRequest } from 'hawser'
import { fakeClock } from 'hawser/testing'

const { runtime } = fakeClock()

/** Has a credential sign a request at a moment, as `authenticate` does. */
export async function signed(
  credential: Credential,
  request: HttpRequest,
  nowMs: number = runtime.now(),
): Promise<HttpRequest> {
  return credential.apply(request, { ...runtime, now: () => nowMs })
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
