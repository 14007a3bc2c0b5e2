import { PassThrough, Readable, Stream } from 'node:stream'
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
 * axios' `timeout` becomes the deadline of the call, `maxContentLength` its `maxResponseBytes`. `proxy`, agents, `maxRedirects`,
 * `maxBodyLength` and `auth` belong to the client and are not read here; nobody is told of progress.
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
  const controller = new AbortController()
  const forget = onStop(config, () => controller.abort())
  try {
    const method = (config.method ?? 'get').toUpperCase()
    const stream = config.responseType === 'stream'
    const response = await http.send(
      http.build(method, axios.getUri(config), optionsOf(config, controller.signal), { stream }),
    )
    answer = answerOf(response, config)
    // A stream can be stopped for as long as it is read.
    if (answer.data instanceof Readable) answer.data.once('close', forget)
    else forget()
  } catch (error) {
    forget()
    throw axiosErrorOf(error, config)
  }
  const { validateStatus } = config
  if (!validateStatus || validateStatus(answer.status)) return answer
  const refused = answer.status >= 400 && answer.status < 500
  const code = refused ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE
  throw new AxiosError(`Request failed with status code ${answer.status}`, code, config, undefined, answer)
}

/** Calls `stop` when the caller's signal aborts or its token is cancelled, until the returned function is called. */
function onStop({ signal, cancelToken }: InternalAxiosRequestConfig, stop: () => void): () => void {
  signal?.addEventListener?.('abort', stop)
  // What listens to its promise could never be forgotten.
  cancelToken?.subscribe(stop)
  if (signal?.aborted) stop()
  return () => {
    signal?.removeEventListener?.('abort', stop)
    cancelToken?.unsubscribe(stop)
  }
}

function optionsOf(config: InternalAxiosRequestConfig, signal: AbortSignal): RequestOptions {
  const { timeout, maxContentLength = -1 } = config
  const data: unknown = config.data
  const form = data instanceof FormData
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(config.headers.toJSON(true))) {
    const written = name.toLowerCase()
    // The boundary of a form is known when it is encoded, the length when it is sent.
    if (value == null || written === 'content-length' || (form && written === 'content-type')) continue
    headers[written] = value
  }
  if (isFormDataPackage(data)) Object.assign(headers, data.getHeaders())
  return {
    headers,
    ...(form ? { multipart: data } : { body: bodyOf(data) }),
    // axios takes text for it too, and reads it so.
    ...(timeout && { deadlineMs: Number.parseInt(String(timeout), 10) }),
    ...(maxContentLength > 0 && { maxResponseBytes: maxContentLength }),
    signal,
  }
}

function bodyOf(data: unknown): RequestOptions['body'] {
  if (data === undefined || data === null) return undefined
  if (typeof data === 'string' || data instanceof Uint8Array || data instanceof Readable) return data
  if (isFormDataPackage(data)) return data.pipe(new PassThrough())
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw new InvalidRequestError('`data` is none of: JSON, text, bytes, URLSearchParams, FormData, a Node stream.')
}

/** Tells the FormData of the `form-data` package, which axios makes for `postForm`. */
function isFormDataPackage(data: unknown): data is Stream & { getHeaders(): Record<string, string> } {
  return data instanceof Stream && 'getHeaders' in data && typeof data.getHeaders === 'function'
}

function answerOf(
  { status, headers, body, redact = String }: HttpResponse,
  config: InternalAxiosRequestConfig,
): AxiosResponse {
  const { responseType } = config
  const bytes = body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : undefined
  const data =
    responseType === 'stream'
      ? bytes
        ? Readable.from([bytes])
        : body
      : responseType === 'arraybuffer'
        ? bytes
        : bytes && redact(textOf(bytes, config.responseEncoding))
  return { data, status, statusText: '', headers: headersOf(headers), config }
}

/** Decodes as axios does: without a byte order mark, which no JSON may begin with. */
function textOf(bytes: Buffer, encoding = 'utf8'): string {
  return bytes.toString(Buffer.isEncoding(encoding) ? encoding : 'utf8').replace(/^\uFEFF/, '')
}

/** Takes cookies apart, of which axios gives a list. The comma in a date of theirs stands before no `name=`. */
function headersOf(headers: HttpResponse['headers']): AxiosHeaders {
  const cookies = headers['set-cookie']?.split(/, (?=[^\s=;,]+=)/)
  return new AxiosHeaders({ ...headers, ...(cookies && { 'set-cookie': cookies }) })
}

function axiosErrorOf(error: unknown, config: InternalAxiosRequestConfig): Error {
  if (!isHawserError(error)) return error instanceof Error ? error : new Error('The call failed.', { cause: error })
  const { timeout, timeoutErrorMessage, transitional, cancelToken } = config
  if (error.code === 'ABORTED') {
    return Object.assign(new CanceledError(cancelToken?.reason?.message ?? 'canceled', config), { cause: error })
  }
  let { message } = error
  let code: string = codes[error.code] ?? error.code
  if (error.code === 'TIMEOUT') {
    if (transitional?.clarifyTimeoutError) code = AxiosError.ETIMEDOUT
    if (timeout) message = timeoutErrorMessage || `timeout of ${timeout}ms exceeded`
  }
  return Object.assign(new AxiosError(message, code, config), { cause: error })
}

/** axios' names for what hawser has codes of its own for. */
const codes: Readonly<Record<string, string>> = {
  TIMEOUT: AxiosError.ECONNABORTED,
  NETWORK: AxiosError.ERR_NETWORK,
  RESPONSE_TOO_LARGE: AxiosError.ERR_BAD_RESPONSE,
}
