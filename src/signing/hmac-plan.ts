import { createHash, createHmac } from 'node:crypto'
import { InvalidRequestError, placed, type HttpRequest, type Place } from 'hawser'
import { hashable } from './body.ts'
import type { SignedPart, SigningFacts } from './parts.ts'
import type { Expiring } from './rotating.ts'
import type { SignerOptions, SigningContext } from './signer.ts'

/** The secret of `hmacSigner`. */
export interface HmacKeys extends Expiring {
  /** Text, or bytes: `Buffer.from(secret, 'base64')` where the vendor encodes it. At least 32 random bytes. */
  readonly secret: string | Uint8Array
  /** What the vendor knows the secret by. */
  readonly keyId?: string | undefined
}

/** What is computed from bytes, and how it is written. */
export interface Digest {
  /** @default 'sha256' */
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** @default 'hex' */
  readonly encoding?: 'hex' | 'base64' | 'base64url'
}

/** What `hmacSigner` takes besides the secret. */
export interface HmacSettings extends Digest, Pick<SignerOptions, 'refused'> {
  /** What is signed, in order; what is not named is not protected. Text stands for itself. */
  readonly signed: readonly SignedPart[]
  /** Stands between the parts, such as a line break. @default '' */
  readonly separator?: string
  /** Where the signature goes. */
  readonly signature: Place
  /** Writes what goes there, such as `HMAC key:signature`. @default the signature itself */
  readonly format?: (signature: string, facts: SigningFacts) => string
  /** When it is signed, and where that goes. */
  readonly timestamp?: {
    /** `http` as in the header `Date`. */
    readonly unit: TimeUnit | ((nowMs: number) => string)
    readonly at?: Place
  }
  /** A random value, and where it goes. */
  readonly nonce?: {
    /** @default the identifier itself */
    readonly text?: (uuid: string) => string
    readonly at?: Place
  }
  /** The body's digest, and where it goes. */
  readonly bodyDigest?: Digest & { readonly at?: Place }
  /** Where the key's id goes. */
  readonly keyIdAt?: Place
  /** What `describe()` shows. @default 'hmac' */
  readonly kind?: string
}

/** The settings with their places checked. */
export interface Plan extends HmacSettings {
  readonly places: { readonly [value in 'keyId' | 'timestamp' | 'nonce' | 'bodyDigest']: Place | undefined }
}

/** Puts everything in place and signs it as it will be sent. */
export function signByPlan(
  request: HttpRequest,
  { secret, keyId }: HmacKeys,
  plan: Plan,
  context: SigningContext,
): HttpRequest {
  const { signed, separator = '', digest = 'sha256', encoding = 'hex', format, places } = plan
  const unit = plan.timestamp?.unit
  const timestamp = unit && (typeof unit === 'function' ? unit : timeUnits[unit])(context.nowMs)
  const nonce = plan.nonce && (plan.nonce.text ?? String)(context.uuid())
  let filled = request
  const put = (at: Place | undefined, value: string | undefined): void => {
    if (at && value !== undefined) filled = placed(filled, at, value)
  }
  put(places.keyId, keyId)
  put(places.timestamp, timestamp)
  put(places.nonce, nonce)
  const bodyDigest = plan.bodyDigest && digestOf(filled, plan.bodyDigest, places.bodyDigest)
  put(places.bodyDigest, bodyDigest)

  const url = new URL(filled.url)
  const { signature: place } = plan
  if ('query' in place && url.searchParams.has(place.query)) {
    throw new InvalidRequestError(`${request.operation}: the signature goes into \`${place.query}\`; leave it out.`)
  }
  const facts: SigningFacts = { request: filled, url, keyId, timestamp, nonce, bodyDigest }
  const hmac = createHmac(digest, secret)
  for (const [index, part] of signed.entries()) {
    if (index > 0) hmac.update(separator)
    hmac.update(typeof part === 'string' ? part : part(facts))
  }
  const signature = hmac.digest(encoding)
  const text = format ? format(signature, facts) : signature
  const secrets = [signature, text, ...(typeof secret === 'string' ? [secret] : [])]
  return { ...placed(filled, place, text), secrets }
}

/** The digest of the body as it is, or the one that the caller knows already, of a stream for one. */
function digestOf(
  request: HttpRequest,
  { digest = 'sha256', encoding = 'hex' }: Digest,
  at: Place | undefined,
): string {
  const { header = '', prefix = '' } = at && 'header' in at ? at : {}
  const given = request.headers[header]
  if (given !== undefined) return given.slice(prefix.length)
  const bytes = hashable(request, header === '' ? '' : `, or set the digest as the header \`${header}\``)
  return createHash(digest).update(bytes).digest(encoding)
}

/** How a time is written. */
export type TimeUnit = 'seconds' | 'milliseconds' | 'iso' | 'http'

/** Writes a time. */
export const timeUnits: Readonly<Record<TimeUnit, (nowMs: number) => string>> = {
  seconds: (nowMs) => String(Math.floor(nowMs / 1000)),
  milliseconds: String,
  iso: (nowMs) => new Date(nowMs).toISOString(),
  http: (nowMs) => new Date(nowMs).toUTCString(),
}
