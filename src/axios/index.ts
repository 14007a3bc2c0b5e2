import { Readable } from 'node:stream'
import axios, {
  AxiosError,
  AxiosHeaders,
  CanceledError,
  type AxiosInstance,
  type AxiosResponse,
  type CreateAxiosDefaults,
  type InternalAxiosRequestConfig,
} from 'axios'
import {
  InvalidRequestError,
  isHawserError,
  type Connector,
  type HttpClient,
  type HttpResponse,
  type RequestOptions,
} from 'hawser'

/**
 * Makes an axios instance that sends through a client's whole stack, so that code written or generated for axios gains its
 * credential, retries, breaker and limits. Answers and errors are axios' own; what hawser threw is the error's `cause`.
 *
 * axios' `timeout` becomes the deadline of the call. `proxy`, agents, `maxRedirects` and `auth` belong to the client and are
 * not read here.
 */
export function axiosOver(client: HttpClient | Connector, defaults: CreateAxiosDefaults = {}): AxiosInstance {
  const http = 'http' in client ? client.http : client
  const instance = axios.create({ baseURL: http.baseUrl, ...defaults, adapter: (config) => sendOver(http, config) })
  // axios' own `Accept` would stand in front of the one that the vendor's profile asks for.
  delete instance.defaults.headers.common['Accept']
  return instance
}

async function sendOver(http: HttpClient, config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
  let answer: AxiosResponse
  try {
    const method = (config.method ?? 'get').toUpperCase()
    const stream = config.responseType === 'stream'
    const response = await http.send(http.build(method, axios.getUri(config), optionsOf(config), { stream }))
    answer = answerOf(response, config)
  } catch (error) {
    throw axiosErrorOf(error, config)
  }
  const { validateStatus } = config
  if (!validateStatus || validateStatus(answer.status)) return answer
  const code = answer.status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE
  throw new AxiosError(`Request failed with status code ${answer.status}`, code, config, undefined, answer)
}

function optionsOf(config: InternalAxiosRequestConfig): RequestOptions {
  const { data, timeout, signal } = config
  const form = data instanceof FormData
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(config.headers.toJSON())) {
    const written = name.toLowerCase()
    // The boundary of a form is known when it is encoded, the length when it is sent.
    if (value == null || written === 'content-length' || (form && written === 'content-type')) continue
    headers[written] = String(value)
  }
  return {
    headers,
    ...(form ? { multipart: data } : { body: bodyOf(data) }),
    ...(timeout && { deadlineMs: timeout }),
    ...(signal instanceof AbortSignal && { signal }),
  }
}

function bodyOf(data: unknown): RequestOptions['body'] {
  if (data === undefined || data === null) return undefined
  if (typeof data === 'string' || data instanceof Uint8Array || data instanceof Readable) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw new InvalidRequestError('`data` is none of: JSON, text, bytes, URLSearchParams, FormData, a Node stream.')
}

function answerOf({ status, headers, body }: HttpResponse, config: InternalAxiosRequestConfig): AxiosResponse {
  const { responseType } = config
  const bytes = body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : undefined
  const data =
    responseType === 'stream'
      ? bytes
        ? Readable.from([bytes])
        : body
      : responseType === 'arraybuffer'
        ? bytes
        : bytes?.toString()
  return { data, status, statusText: '', headers: new AxiosHeaders({ ...headers }), config }
}

function axiosErrorOf(error: unknown, config: InternalAxiosRequestConfig): Error {
  if (!isHawserError(error)) return error instanceof Error ? error : new Error('The call failed.', { cause: error })
  if (error.code === 'ABORTED') return Object.assign(new CanceledError(error.message, config), { cause: error })
  const code =
    error.code === 'TIMEOUT' ? AxiosError.ETIMEDOUT : error.code === 'NETWORK' ? AxiosError.ERR_NETWORK : error.code
  return Object.assign(new AxiosError(error.message, code, config), { cause: error })
}
