import {
  ConfigurationError,
  checkOptions,
  createClockOffset,
  learnClock,
  type Credential,
  type HttpRequest,
  type HttpResponse,
} from 'hawser'

/** What a signature takes from outside the request. */
export interface SigningContext {
  /** The time by the vendor's clock, as far as its answers have told it. Milliseconds since the Unix epoch. */
  readonly nowMs: number
  /** Gives a random identifier, a new one each time. */
  readonly uuid: () => string
}

/** Options of {@link signer}. */
export interface SignerOptions {
  /** What `describe()` shows. */
  readonly kind: string
  /** Gives the signed request, with what of it no error may repeat in `secrets`. Called for every attempt, last before the wire. */
  readonly sign: (request: HttpRequest, context: SigningContext) => HttpRequest | Promise<HttpRequest>
  /** Tells whether an answer refuses the signature. @default status 401 */
  readonly refused?: ((response: HttpResponse) => boolean) | undefined
  /** Tells whether there is a newer key than the one on `refused`. Asked where no clock explains the refusal. @default never */
  readonly renew?: ((refused: HttpRequest) => Promise<boolean>) | undefined
}

// `Date` names seconds, and no vendor's tolerance is smaller.
const noticeableMs = 1000

/**
 * Makes a credential of a function that signs, for what `hmacSigner` cannot describe.
 *
 * The time that it signs follows the vendor's clock; a signature that was refused is made once more where that answer told that
 * the clocks differ.
 *
 * @throws {ConfigurationError} where an option is unknown or `sign` is no function
 */
export function signer(options: SignerOptions): Credential {
  checkOptions('signer', options, ['kind', 'sign', 'refused', 'renew'])
  const { kind, sign, refused, renew } = options
  if (typeof sign !== 'function' || typeof kind !== 'string') {
    throw new ConfigurationError('`signer` takes a `kind`, and `sign`, a function.')
  }
  const offset = createClockOffset()
  const reckonedWith = new WeakMap<HttpRequest, number>()

  return {
    kind,
    apply(request, runtime) {
      const { ms } = offset
      function noted(signed: HttpRequest): HttpRequest {
        reckonedWith.set(signed, ms)
        return signed
      }
      const signed = sign(request, { nowMs: runtime.now() + ms, uuid: () => runtime.uuid() })
      return signed instanceof Promise ? signed.then(noted) : noted(signed)
    },
    ...(refused && { refused }),
    async renew(request) {
      const movedMs = offset.ms - (reckonedWith.get(request) ?? offset.ms)
      return Math.abs(movedMs) >= noticeableMs || ((await renew?.(request)) ?? false)
    },
    observe: (response, request, sentAt, receivedAt) => learnClock(offset, response, request, sentAt, receivedAt),
  }
}
