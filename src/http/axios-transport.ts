import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'
import { Readable } from 'node:stream'
import type { AxiosInstance, AxiosProxyConfig, AxiosRequestConfig } from 'axios'
import { HawserError } from '../errors.ts'
import { aborted } from '../abort.ts'
import { networkFailure } from './network-failure.ts'
import { signalOf, type HeaderMap, type HttpRequest, type RequestBody } from './request.ts'
import { collect, translated } from './response-body.ts'
import type { HttpResponse } from './response.ts'
import type { Transport } from './transport.ts'

/** Options of {@link axiosTransport}. */
export interface AxiosTransportOptions {
  /** An instance of the caller's, with its interceptors. @default one of the transport's own */
  readonly instance?: AxiosInstance
  /** Connection pool and TLS: `maxSockets`, `ca`, `cert`, `key` … @default keep-alive */
  readonly agent?: AgentOptions
  /** An HTTP proxy, or `false` for none. @default what the environment says (`HTTPS_PROXY`, `NO_PROXY`) */
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
  const { maxResponseBytes = 50 * 1024 * 1024, agent, proxy } = options
  const httpAgent = new HttpAgent({ keepAlive: true, ...agent })
  const httpsAgent = new HttpsAgent({ keepAlive: true, ...agent })
  let instance: Promise<AxiosInstance> | undefined

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
    instance ??= options.instance
      ? Promise.resolve(options.instance)
      : import('axios').then(({ default: axios }) => axios.create({ adapter: 'http' }))
    const axios = await instance
    const { method, url, headers, body } = request
    const signal = signalOf(request)
    if (signal?.aborted) throw aborted(signal)
    let answered = false
    const failure = (error: unknown): Error => {
      if (error instanceof HawserError) return error
      return signal?.aborted ? aborted(signal) : networkFailure(error, request, answered)
    }
    try {
      const response = await axios.request<Readable>({
        ...fixed,
        // A caller's instance may have axios-retry on it; a call has one retry owner.
        ...{ 'axios-retry': { retries: 0 } },
        method,
        url,
        headers,
        data: payload(body),
        ...(signal && { signal }),
      })
      answered = true
      const answer = { status: response.status, headers: plainHeaders(response.headers) }
      if (request.stream) return { ...answer, body: translated(response.data, failure) }
      return { ...answer, body: await collect(response.data, request.maxResponseBytes ?? maxResponseBytes, request) }
    } catch (error) {
      throw failure(error)
    }
  }

  return Object.assign(axiosSend, {
    settings: { name: 'axiosTransport', maxResponseBytes },
    close: () => {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  })
}

function payload(body: RequestBody | undefined): Buffer | Readable | undefined {
  if (body === undefined || body instanceof Readable) return body
  if (typeof body === 'function') return body()
  if (typeof body === 'string') return Buffer.from(body)
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

function plainHeaders(headers: object): HeaderMap {
  const plain: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    plain[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return plain
}
