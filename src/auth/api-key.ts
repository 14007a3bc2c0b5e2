import { checkOptions } from '../check.ts'
import { checkPlace, placed } from '../http/place.ts'
import type { Credential } from './credential.ts'
import { checkSecret, secretCredential, type Secret } from './secret.ts'

/** Where an API key goes: into a header, into the query, or into the body. */
export interface ApiKeyOptions {
  readonly key: Secret
  readonly header?: string
  /** Put in front of the key in the header: a scheme of the vendor's own, such as `Token ` or `Klaviyo-API-Key `. @default '' */
  readonly prefix?: string
  /** The name of a query parameter. Prefer a header: queries end up in the logs of proxies. */
  readonly query?: string
  /** The name of a field that is added to the body of each request, a form or a JSON object. */
  readonly body?: string
  /** What `describe()` shows. @default 'apiKey' */
  readonly kind?: string
}

/**
 * Sends an API key in a header, in the query or in a field of the body.
 *
 * @throws {ConfigurationError} where it is not told exactly one place, or the key is empty or holds white space
 * @throws {InvalidRequestError} where the header's name or prefix cannot stand in a header; for a request, where its body has no
 * room for the key
 */
export function apiKey(options: ApiKeyOptions): Credential {
  checkOptions('apiKey', options, ['key', 'header', 'prefix', 'query', 'body', 'kind'])
  const { key, kind = 'apiKey', ...place } = options
  const at = checkPlace('`apiKey`', place)
  return secretCredential(kind, key, (given) => {
    const secrets = [checkSecret(kind, given)]
    return (request) => ({ ...placed(request, at, given), secrets })
  })
}

/**
 * Sends `Authorization: Bearer …`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 * @throws {ConfigurationError} where the token is empty or holds white space, such as the line break of a file
 */
export function bearer(token: Secret): Credential {
  return apiKey({ header: 'authorization', prefix: 'Bearer ', key: token, kind: 'bearer' })
}
