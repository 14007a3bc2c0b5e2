/** A vendor to test against: answers standard requests with standard responses. Knows no mock library. */
export interface Simulator {
  /** Where it pretends to be, such as `https://api.github.com`. */
  readonly origin: string
  /** Answers; `undefined` where it has nothing at that address. */
  respond(request: Request): Response | undefined | Promise<Response | undefined>
}
