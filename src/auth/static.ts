import { ConfigurationError } from '../errors.ts'
import type { HttpRequest } from '../http/request.ts'
import type { Credential } from './credential.ts'

/** A secret, or a function that fetches the present one from where it is kept. */
export type Secret = string | (() => string | Promise<string>)

/**
 * Sends `Authorization: Bearer …`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 * @throws {ConfigurationError} where the token is empty or holds white space, such as the line break of a file
 */
export function bearer(token: Secret): Credential {
  return apiKey({ header: 'authorization', prefix: 'Bearer ', key: token, kind: 'bearer' })
}

/**
 * Sends `Authorization: Basic …`, user and password as UTF-8.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7617
 * @throws {ConfigurationError} where the user holds a colon, which would end it early
 */
export function basic(user: string, password: string): Credential {
  if (typeof user !== 'string' || typeof password !== 'string' || user.includes(':')) {
    throw new ConfigurationError('`basic` takes a user without a colon, and a password, as text.')
  }
  const value = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return { kind: 'basic', apply: (request) => withHeader(request, 'authorization', value) }
}

/** Where an API key goes: into a header, or into the query. */
export interface ApiKeyOptions {
  readonly key: Secret
  readonly header?: string
  /** Put in front of the key in the header, such as `Token `. @default '' */
  readonly prefix?: string
  /** The name of a query parameter. Prefer a header: queries end up in the logs of proxies. */
  readonly query?: string
  /** What `describe()` shows. @default 'apiKey' */
  readonly kind?: string
}

/**
 * Sends an API key in a header or in the query.
 *
 * @throws {ConfigurationError} where it is not told exactly one place, or the key is empty or holds white space
 */
export function apiKey(options: ApiKeyOptions): Credential {
  const { key, header, prefix = '', query, kind = 'apiKey' } = options
  if ((header === undefined) === (query === undefined)) {
    throw new ConfigurationError('`apiKey` takes either `header` or `query`.')
  }
  const name = header?.toLowerCase()
  const put = (request: HttpRequest, secret: string): HttpRequest =>
    name === undefined ? withQuery(request, query ?? '', secret) : withHeader(request, name, prefix + secret)

  if (typeof key === 'function') {
    return {
      kind,
      apply: async (request) => put(request, checkSecret(kind, await key())),
      // Whoever changed the secret meanwhile, the one that was refused is not the present one.
      renew: async (refused) => {
        const { url, headers } = put(refused, checkSecret(kind, await key()))
        return url !== refused.url || (name !== undefined && headers[name] !== refused.headers[name])
      },
    }
  }
  const secret = checkSecret(kind, key)
  return { kind, apply: (request) => put(request, secret) }
}

/** Sends no credential, for what a vendor gives to everyone. */
export function anonymous(): Credential {
  return { kind: 'anonymous', apply: (request) => request }
}

function checkSecret(kind: string, secret: string): string {
  if (typeof secret !== 'string' || !/^[\x21-\x7e]+$/.test(secret)) {
    const message = `The secret of \`${kind}\` is empty, not text, or holds white space. Check the variable or file it comes from.`
    throw new ConfigurationError(message)
  }
  return secret
}

function withHeader(request: HttpRequest, name: string, value: string): HttpRequest {
  return { ...request, headers: { ...request.headers, [name]: value } }
}

function withQuery(request: HttpRequest, name: string, value: string): HttpRequest {
  const url = new URL(request.url)
  url.searchParams.set(name, value)
  return { ...request, url: url.href }
}
