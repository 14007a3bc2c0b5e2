import type { HttpRequest } from '../http/request.ts'

/** Proves who asks. Static keys, OAuth connections and request signatures all fit behind it. */
export interface Credential {
  /** What `describe()` shows, such as `bearer`. */
  readonly kind: string
  /**
   * Returns the request with the credential on it, and what of it is secret in `secrets`, so that no error repeats it. Called for
   * every attempt, last before the wire.
   */
  apply(request: HttpRequest): HttpRequest | Promise<HttpRequest>
  /**
   * Tells whether there is a newer credential than the one on `refused`, which the vendor answered with 401; gets one
   * where it can. Absent on credentials that never change.
   */
  renew?(refused: HttpRequest): Promise<boolean>
}
