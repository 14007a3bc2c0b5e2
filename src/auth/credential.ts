import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Runtime } from '../runtime.ts'

/** Proves who asks. Static keys, OAuth connections and request signatures all fit behind it. Its functions are called as its methods. */
export interface Credential {
  /** What `describe()` shows, such as `bearer`. */
  readonly kind: string
  /**
   * Returns the request with the credential on it, and what of it is secret in `secrets`, so that no error repeats it. Called for
   * every attempt, last before the wire.
   */
  apply(request: HttpRequest, runtime: Runtime): HttpRequest | Promise<HttpRequest>
  /** Tells whether an answer refuses the credential. @default status 401 */
  refused?(response: HttpResponse): boolean
  /**
   * Tells whether there is a newer credential than the one on `refused`, which the vendor did not take; gets one
   * where it can. Absent on credentials that never change.
   */
  renew?(refused: HttpRequest, runtime: Runtime): Promise<boolean>
  /**
   * Sees every answer before it is judged; `request` left at `sentAt`, the answer came at `receivedAt`. For those that need the
   * vendor's clock or its nonces.
   */
  observe?(response: HttpResponse, request: HttpRequest, sentAt: number, receivedAt: number): void
}
