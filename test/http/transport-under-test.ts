import type { TlsOptions } from 'node:tls'
import type { HttpRequest, Transport } from 'hawser'
import { request } from '../support/stub.ts'

/** What the suite asks of a transport, which each transport has its own options for. */
interface TransportSettings {
  readonly maxResponseBytes?: number
  readonly maxConnections?: number
  /** The URL of a proxy, or `false` for none, whatever the environment says. */
  readonly proxy?: string | false
  readonly tls?: Pick<TlsOptions, 'ca' | 'cert' | 'key'>
}

/** Makes the transport under test. */
export type MakeTransport = (settings?: TransportSettings) => Transport

/** Makes a GET of a URL. */
export const ask = (url: string, over: Partial<HttpRequest> = {}): HttpRequest => request({ url, ...over })
