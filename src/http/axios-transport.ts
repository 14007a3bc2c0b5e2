import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'
import type { Readable } from 'node:stream'
import type { AxiosInstance, AxiosProxyConfig, AxiosRequestConfig, AxiosResponse } from 'axios'
import { aborted, type EndSignal } from '../abort.ts'
import { checkNumber, checkOptions } from '../check.ts'
import { HawserError } from '../errors.ts'
import { withHeader } from './headers.ts'
import { networkFailure } from './network-failure.ts'
import { endOf, signalOf, type HeaderMap, type HttpRequest } from './request.ts'
import { collect, translated } from './response-body.ts'
import type { HttpResponse } from './response.ts'
import type { Transport } from './transport.ts'
import { openUpload } from './upload.ts'

// What axios sets on the socket of each request. Another value in the agent is set back after each answer: two system calls
// for every request, 10 of 315 µs.
const axiosKeepAliveMs = 60_000

/** Options of {@link axiosTransport}. */
export interface AxiosTransportOptions {
  /** An instance of the caller's, with its interceptors. @default one of the transport's own */
  readonly instance?: AxiosInstance
  /** Connection pool and TLS: `maxSockets`, `ca`, `cert`, `key` … @default keep-alive */
  readonly agent?: AgentOptions
  /** An HTTP proxy, or `false` for none. @default what the environment says (`HTTPS_PROXY`, `NO_PROXY`) when the first request is sent */
  readonly proxy?: AxiosProxyConfig | false
  /** The most bytes of a buffered answer, counted after decompression. @default 50 MiB */
  readonly maxResponseBytes?: number
}

/**
 * Sends over axios' http adapter. axios is loaded by the first request, so a client with another transport never loads it.
 *
 * Every status is an answer, no redirect is followed, and no AxiosError gets out: it would hold the credential.
 */
export function axiosTransport(options: AxiosTransportOptions = {}): Transport {
  checkOptions('axiosTransport', options, ['instance', 'agent', 'proxy', 'maxResponseBytes'])
  const { maxResponseBytes = 50 * 1024 * 1024, agent, proxy } = options
  checkNumber('axiosTransport.maxResponseBytes', maxResponseBytes, 1)
  const agentOptions = { keepAlive: true, keepAliveMsecs: axiosKeepAliveMs, ...agent }
  const httpAgent = new HttpAgent(agentOptions)
  const httpsAgent = new HttpsAgent(agentOptions)
  let sending: Promise<SendByAxios> | undefined

  const fixed: AxiosRequestConfig = {
    httpAgent,
    httpsAgent,
    responseType: 'stream',
    // Credentials must not travel along; `redirect` follows within the vendor's own origins.
    maxRedirects: 0,
    maxBodyLength: Infinity,
    validateStatus: () => true,
    transformRequest: [],
    transformResponse: [],
    ...(proxy !== undefined && { proxy }),
  }

  async function axiosSend(request: HttpRequest): Promise<HttpResponse> {
    sending ??= options.instance ? Promise.resolve(through(options.instance, fixed)) : adapterAlone(fixed)
    const sendByAxios = await sending
    const { method, url } = request
    const signal = endOf(request)
    if (signal?.aborted) throw aborted(signalOf(request))
    let answered = false
    const upload = openUpload(request)
    const headers = framed(request, upload.data)
    const failure = (error: unknown): Error => {
      if (error instanceof HawserError) return error
      if (upload.failed) return upload.failed
      return signal?.aborted ? aborted(signalOf(request)) : networkFailure(error, request, answered)
    }
    try {
      const response = await sendByAxios({ method, url, headers, data: upload.data, signal })
      answered = true
      const { status, data } = response
      const most = request.maxResponseBytes ?? maxResponseBytes
      const body = request.stream ? translated(data, failure) : await collect(data, most, request)
      return { status, headers: plainHeaders(response.headers), body }
    } catch (error) {
      throw failure(error)
    } finally {
      upload.close()
    }
  }

  return Object.assign(axiosSend, {
    settings: { name: 'axiosTransport', maxResponseBytes },
    close: () => {
      for (const each of [httpAgent, httpsAgent]) closeIdle(each)
    },
  })
}

/** The methods of which a body is expected. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.3 */
const framedByNode: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/**
 * Says that a stream's length is not known: for the methods that mostly have no body, Node would write its bytes without any frame,
 * and the server would read them as the next request.
 */
function framed({ method, headers }: HttpRequest, data: Buffer | Readable | undefined): HeaderMap {
  const streams = data !== undefined && !(data instanceof Buffer)
  const frames = framedByNode.has(method) || headers['content-length'] !== undefined
  return streams && !frames ? withHeader(headers, 'transfer-encoding', 'chunked') : headers
}

/** Closes the connections that wait for work, and has those in use closed when theirs is done. */
function closeIdle(agent: HttpAgent): void {
  Reflect.set(agent, 'keepAlive', false)
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
}

interface AxiosCall {
  readonly method: string
  readonly url: string
  readonly headers: HeaderMap
  readonly data: Buffer | Readable | undefined
  readonly signal: EndSignal | undefined
}

type SendByAxios = (call: AxiosCall) => Promise<AxiosResponse<Readable>>

/** Sends through an instance of the caller's. */
function through(instance: AxiosInstance, fixed: AxiosRequestConfig): SendByAxios {
  return ({ signal, headers, ...call }) =>
    instance.request<Readable>({
      ...fixed,
      // It may have axios-retry on it; a call has one retry owner.
      ...{ 'axios-retry': { retries: 0 } },
      ...call,
      // Without a type, axios would call the body a form, after it was signed.
      headers: { 'content-type': false, ...headers },
      ...(signal && { signal }),
    })
}

/**
 * Sends by axios' http adapter and nothing around it: an instance merges its settings into every request, transforms and
 * labels bodies, none of which is wanted here. Saves about 100 of 500 µs a call.
 */
async function adapterAlone(fixed: AxiosRequestConfig): Promise<SendByAxios> {
  const { default: axios } = await import('axios')
  const adapter = axios.getAdapter('http')
  // Without a proxy in the environment axios need not look for one in each call: that takes 5 µs.
  const named = Object.keys(process.env).some((name) => /(?<!no)_proxy$/i.test(name))
  const settings: AxiosRequestConfig = { ...(!named && { proxy: false }), ...fixed }
  return ({ method, url, headers, data, signal }) => {
    // No spread with more behind it, see `withHeader`: axios would meet a new hidden class in each call.
    const call = { method, url, headers: new axios.AxiosHeaders(headers), data }
    return adapter(Object.assign({}, settings, signal ? Object.assign(call, { signal }) : call))
  }
}

function plainHeaders(headers: object): HeaderMap {
  const plain: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return plain
}
