import { ConfigurationError, checkOptions, systemRuntime, type Credential, type HttpRequest } from 'hawser'

/** What a signature takes from outside the request. */
export interface SigningContext {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number
  /** Gives a random identifier, a new one each time. */
  readonly uuid: () => string
}

/** What every signer takes. */
export interface Clocked {
  /** Tells the time that is signed. Milliseconds since the Unix epoch. @default the clock of the process */
  readonly clock?: (() => number) | undefined
}

/** Options of {@link signer}. */
export interface SignerOptions extends Clocked {
  /** What `describe()` shows. */
  readonly kind: string
  /** Gives the signed request, with what of it no error may repeat in `secrets`. Called for every attempt, last before the wire. */
  readonly sign: (request: HttpRequest, context: SigningContext) => HttpRequest | Promise<HttpRequest>
  /** Tells whether there is a newer key than the one on `refused`, which was answered with 401. @default never */
  readonly renew?: ((refused: HttpRequest) => Promise<boolean>) | undefined
}

/**
 * Makes a credential of a function that signs, for what `hmacSigner` cannot describe.
 *
 * @throws {ConfigurationError} where an option is unknown or `sign` is no function
 */
export function signer(options: SignerOptions): Credential {
  checkOptions('signer', options, ['kind', 'sign', 'renew', 'clock'])
  // The one place where signing meets the process: its clock and its chance.
  const runtime = systemRuntime()
  const { kind, sign, renew, clock = () => runtime.now() } = options
  if (typeof sign !== 'function' || typeof clock !== 'function' || typeof kind !== 'string') {
    throw new ConfigurationError('`signer` takes a `kind`, and `sign`, a function; `clock` is a function too.')
  }
  const uuid = (): string => runtime.uuid()
  return { kind, apply: (request) => sign(request, { nowMs: clock(), uuid }), ...(renew && { renew }) }
}
