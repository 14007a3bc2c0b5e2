import type { Readable } from 'node:stream'
import { isRecord } from '../check.ts'
import { InvalidRequestError, PaginationError } from '../errors.ts'
import { checkHeaders } from '../http/headers.ts'
import { isOwn } from '../http/origins.ts'
import type { Fields } from '../http/query.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { merged } from '../json-value.ts'
import {
  buildRequest,
  operationOf,
  splitQuery,
  type RequestDefaults,
  type RequestExtras,
  type Target,
} from './build-request.ts'
import { callOf, type Call } from './call.ts'
import * as decode from './decode.ts'
import { execute, type Execution } from './execute.ts'
import type { TypedRoutes } from './openapi.ts'
import { pagesOf, type Pages } from './paginate.ts'
import type { Pagination } from './pagination.ts'
import type { CallOptions, RequestOptions } from './request-options.ts'
import { resolveRoute, type RouteParameters } from './route.ts'
import type { StandardSchema } from './standard-schema.ts'

/** What a client is made of. A `Connector` puts it together from a vendor's profile. */
export interface HttpClientConfig extends RequestDefaults, Execution {}

/** Options of a listing, which is read by GET, or by POST where it has a `json`. */
export interface PaginateOptions<T> extends RequestOptions {
  /** How the vendor pages. */
  readonly page: Pagination
  /** Goes on where an earlier listing gave this as `page.next`. */
  readonly from?: string | undefined
  /** Checks each item. */
  readonly schema?: StandardSchema<T> | undefined
  /** How many pages in a row may be empty. @default 20 */
  readonly maxEmptyPages?: number | undefined
  /**
   * Asks for the next page while the caller works on this one: one page ahead, never more, and given up when the caller
   * stops. It may be a page that nobody reads. Not done by `toArray`. @default false
   */
  readonly prefetch?: boolean | undefined
}

const none: RequestOptions = {}

/**
 * Calls an API through a policy stack: builds the request, decodes the answer, throws typed errors.
 *
 * Every failure is a rejection with a `HawserError`, bad input included; nothing is thrown synchronously.
 */
export class HttpClient {
  readonly #config: HttpClientConfig

  /** @throws {InvalidRequestError} where a header of the configuration cannot be sent, or its name is not in lower case */
  constructor(config: HttpClientConfig) {
    checkHeaders(config.headers)
    this.#config = config
  }

  get<T = unknown>(target: Target, options?: CallOptions<T>): Call<T> {
    return this.#json('GET', target, options)
  }

  post<T = unknown>(target: Target, options?: CallOptions<T>): Call<T> {
    return this.#json('POST', target, options)
  }

  put<T = unknown>(target: Target, options?: CallOptions<T>): Call<T> {
    return this.#json('PUT', target, options)
  }

  patch<T = unknown>(target: Target, options?: CallOptions<T>): Call<T> {
    return this.#json('PATCH', target, options)
  }

  delete<T = unknown>(target: Target, options?: CallOptions<T>): Call<T> {
    return this.#json('DELETE', target, options)
  }

  /**
   * Calls any endpoint by its route: `request('GET /repos/{owner}/{repo}/issues', { owner, repo, state: 'open' })`.
   *
   * Parameters that the route does not name go into the query, or into the body where the method has one: JSON, or a form where the profile says so.
   */
  request<T = unknown>(route: string, parameters: RouteParameters = {}, options: CallOptions<T> = {}): Call<T> {
    const run = async (): ReturnType<Call<T>['withResponse']> => {
      const { schema, ...given } = options
      const { method, path, operation, options: routed } = resolveRoute(route, parameters, given, this.#config.forms)
      return this.#json<T>(method, path, { ...routed, schema }, { operation }).withResponse()
    }
    return callOf(run())
  }

  /**
   * Gives the same client with the types of an OpenAPI description: those that `openapi-typescript` writes as `paths`.
   *
   * @see https://openapi-ts.dev
   */
  withPaths<Paths extends object>(): TypedRoutes<Paths> {
    return {
      request: <T>(route: string, options?: CallOptions<T> & { readonly path?: RouteParameters }): Call<T> => {
        const { path, ...given }: typeof options = options ?? {}
        return this.request<T>(route, path, given)
      },
    }
  }

  /** Gets text. @param method for the rare endpoint that answers another method so @default 'GET' */
  text(target: Target, options?: RequestOptions, method = 'GET'): Call<string> {
    return this.#call(method, target, options, () => decode.text)
  }

  /** Gets bytes. @param method for the rare endpoint that answers another method so @default 'GET' */
  bytes(target: Target, options?: RequestOptions, method = 'GET'): Call<Uint8Array> {
    return this.#call(method, target, options, () => decode.bytes)
  }

  /**
   * Gets a stream as soon as the headers are there. Read it or `destroy()` it: until then it holds a connection and a place
   * in the bulkhead. What breaks it later reaches its reader and is not retried.
   */
  stream(target: Target, options?: RequestOptions, method = 'GET'): Call<Readable> {
    return this.#call(method, target, options, () => decode.stream, { stream: true })
  }

  /** Reads a listing, page by page, while it is iterated over. */
  paginate<T = unknown>(target: Target, options: PaginateOptions<T>): Pages<T> {
    // Prepared when the first page is asked for, so that bad input is a rejection here too.
    return pagesOf<T>(() => {
      if (!isRecord(options)) throw new InvalidRequestError('`paginate` takes its options as a plain object.')
      const { page: pagination, from, schema, maxEmptyPages = 20, prefetch = false, ...given } = options
      const method = given.json === undefined ? 'GET' : 'POST'
      const operation = operationOf(method, target)
      const [address, written] = splitQuery(target)
      const asked = { ...written, ...given.query }
      // A body has the place for what the pages ask; the address stays as it is.
      const query: Fields = method === 'GET' ? asked : {}
      const firstUrl = this.build(method, address, {
        query: { ...(method === 'GET' && pagination?.first), ...asked },
      }).url
      return {
        operation,
        pagination,
        query,
        from,
        maxEmptyPages,
        prefetch,
        firstUrl,
        decodeItems: (items) => Promise.all(items.map((item) => decode.conform(schema, item, operation))),
        fetchPage: (at, unwanted) => {
          const request = unwanted ? { ...given, signal: eitherOf(given.signal, unwanted) } : given
          if ('query' in at) {
            const where = method === 'GET' ? { query: at.query } : inBody(given.json, pagination.into, at.query, asked)
            return this.#json(method, address, { ...request, ...where }, { operation }).withResponse()
          }
          // Another origin would get the credential.
          if (!isOwn(this.#config, at.url)) {
            throw new PaginationError(`${operation}: stopped, the next page is on another origin.`)
          }
          const { idempotent = method === 'POST' || undefined } = request
          return this.#json(method, at.url, { ...request, idempotent, query: undefined }, { operation }).withResponse()
        },
      }
    })
  }

  /** Builds a request as the other methods do, and sends nothing. @throws {InvalidRequestError} */
  build(method: string, target: Target, options: RequestOptions = none, extras?: RequestExtras): HttpRequest {
    return buildRequest(method, target, options, this.#config, this.#config.runtime, extras)
  }

  /** Sends a request that is built already through the whole stack; any status is an answer. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const { response } = await execute(request, () => undefined, this.#config, 'any')
    return response
  }

  /** Where this client's paths begin. */
  get baseUrl(): string {
    return this.#config.baseUrl
  }

  #json<T>(method: string, target: Target, options?: CallOptions<T>, extras?: RequestExtras): Call<T> {
    return this.#call(method, target, options, decode.json<T>, extras)
  }

  #call<T>(
    method: string,
    target: Target,
    options: CallOptions<T> | undefined,
    decoding: (schema: StandardSchema<T> | undefined) => decode.Decode<T>,
    extras?: RequestExtras,
  ): Call<T> {
    try {
      if (options === undefined) {
        return callOf(execute(this.build(method, target, none, extras), decoding(undefined), this.#config))
      }
      if (!isRecord(options)) throw new InvalidRequestError('A call takes its options as a plain object.')
      const { schema, ...request }: CallOptions<T> = options
      const built = this.build(method, target, request, extras)
      return callOf(execute(built, decoding(decode.checkSchema(schema)), this.#config))
    } catch (error) {
      // Thrown in an async function, it would cost every call three turns of the queue.
      return callOf(Promise.reject(error))
    }
  }
}

function eitherOf(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one ? AbortSignal.any([one, other]) : other
}

/** A listing's read by POST: changes nothing, so it may be sent again. */
function inBody(json: unknown, into: string | undefined, page: Fields, query: Fields): RequestOptions {
  return { query, json: merged(json, into ?? '', page), idempotent: true }
}
