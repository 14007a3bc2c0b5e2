import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent, type AgentOptions } from 'node:https'
import { Readable } from 'node:stream'
import type { AxiosInstance, AxiosProxyConfig, AxiosRequestConfig } from 'axios'
import { HawserError, ResponseTooLargeError } from '../errors.ts'
import { aborted } from '../abort.ts'
import { networkFailure } from './network-failure.ts'
import type { HeaderMap, HttpRequest, RequestBody } from './request.ts'
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
    adapter: 'http',
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
      : import('axios').then(({ default: axios }) => axios.create())
    const axios = await instance
    const { method, url, headers, body, signal } = request
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

/** Reads a body to its end, decompressed by axios, and stops at `limit`, so that a small bomb cannot fill the memory. */
function collect(stream: Readable, limit: number, request: HttpRequest): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size > limit) {
        const message = `${request.operation}: the answer is larger than ${limit} bytes. Ask for a stream, or raise \`maxResponseBytes\`.`
        stream.destroy(new ResponseTooLargeError(message))
      }
    })
    stream.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    stream.once('error', reject)
    // After 'end' or 'error' this changes nothing; alone it means that the connection went away.
    stream.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
  })
}

/** Passes a stream on; what breaks it reaches the reader as an error of hawser's. */
function translated(stream: Readable, failure: (error: unknown) => Error): Readable {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      yield* stream
    } catch (error) {
      throw failure(error)
    }
  }
  const passedOn = Readable.from(read(), { objectMode: false })
  // A reader that leaves before the first byte never starts the generator; its socket is given up here.
  passedOn.once('close', () => stream.destroy())
  return passedOn
}
