import { ConfigurationError, InvalidRequestError, type HttpRequest } from 'hawser'
import { hashable } from './body.ts'

/** What a part is read from: the request as it will be sent, but for the signature. */
export interface SigningFacts {
  readonly request: HttpRequest
  readonly url: URL
  /** As it is written; absent where the option is. */
  readonly timestamp?: string | undefined
  readonly nonce?: string | undefined
  readonly keyId?: string | undefined
  readonly bodyDigest?: string | undefined
}

/** A piece of what is signed: text that stands for itself, or a function that reads it from the request. */
export type SignedPart = string | ((facts: SigningFacts) => string | Uint8Array)

/** The method, in upper case. */
export function method({ request }: SigningFacts): string {
  return request.method
}

/** The host, with its port where it is not the scheme's own. */
export function host({ url }: SigningFacts): string {
  return url.host
}

/** The path as it is sent, escaped. */
export function path({ url }: SigningFacts): string {
  return url.pathname
}

/** The query as it is sent, without `?`; empty where there is none. */
export function query({ url }: SigningFacts): string {
  return url.search.slice(1)
}

/** Path and query as they are sent. */
export function target({ url }: SigningFacts): string {
  return url.pathname + url.search
}

/** The whole address as it is sent. */
export function address({ url }: SigningFacts): string {
  return url.href
}

/** The body's bytes; empty where there is none. */
export function body({ request }: SigningFacts): string | Uint8Array {
  return hashable(request, ', or leave `parts.body` out of `signed`')
}

/** The body's digest, as the option `bodyDigest` writes it. */
export function bodyDigest({ bodyDigest: value }: SigningFacts): string {
  return value ?? missing('bodyDigest')
}

/** The time, as the option `timestamp` writes it. */
export function timestamp({ timestamp: value }: SigningFacts): string {
  return value ?? missing('timestamp')
}

/** The random value of the option `nonce`. */
export function nonce({ nonce: value }: SigningFacts): string {
  return value ?? missing('nonce')
}

/** The key's id. */
export function keyId({ keyId: value }: SigningFacts): string {
  return value ?? missing('keyId')
}

/** The value of a header. */
export function header(name: string): (facts: SigningFacts) => string {
  const key = name.toLowerCase()
  return ({ request: { headers, operation } }) => {
    const value = headers[key]
    if (value !== undefined) return value
    throw new InvalidRequestError(
      `${operation}: the signature covers the header \`${name}\`, which the request has not.`,
    )
  }
}

function missing(option: string): never {
  throw new ConfigurationError(`\`signed\` holds \`parts.${option}\`; the option \`${option}\` says what it is.`)
}
