import type { ConnectionOptions } from 'node:tls'
import { Agent, EnvHttpProxyAgent, ProxyAgent, type Dispatcher } from 'undici'
import { ConfigurationError } from 'hawser'

/** Whom to trust, and who asks, as Node's `tls.connect` takes it. @see https://nodejs.org/api/tls.html#tlsconnectoptions-callback */
export type TlsOptions = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'servername' | 'rejectUnauthorized' | 'minVersion' | 'ciphers'
>

/** Connections and their time limits. */
export interface ConnectionSettings {
  readonly maxConnections: number
  readonly connectTimeoutMs: number
  readonly headersTimeoutMs: number
  readonly bodyTimeoutMs: number
  readonly keepAliveMs: number
  readonly http2: boolean
  readonly proxy: string | false | undefined
  readonly tls: TlsOptions
}

/**
 * Makes undici's dispatcher: a pool for each origin, straight or through a proxy.
 *
 * @throws {ConfigurationError} where the proxy is no http or https URL; it is not repeated, since it may hold a password
 */
export function dispatcherFor(settings: ConnectionSettings, environment: NodeJS.ProcessEnv): Dispatcher {
  const { maxConnections, connectTimeoutMs, headersTimeoutMs, bodyTimeoutMs, keepAliveMs, http2, proxy, tls } = settings
  const connect = { ...tls, timeout: connectTimeoutMs }
  const options = {
    connections: maxConnections,
    headersTimeout: limitOf(headersTimeoutMs),
    bodyTimeout: limitOf(bodyTimeoutMs),
    keepAliveTimeout: keepAliveMs,
    allowH2: http2,
    connect,
  }
  if (proxy === false) return new Agent(options)
  // The client's certificate is for the vendor, not for the proxy; a tunnel for plain http is what many proxies refuse.
  const through = { ...options, requestTls: connect, proxyTls: { timeout: connectTimeoutMs }, proxyTunnel: false }
  if (proxy !== undefined) return new ProxyAgent({ ...through, uri: checkProxy(proxy) })
  // EnvHttpProxyAgent parses a URL and reads the environment in each call, 1 µs that nobody needs without a proxy.
  return namesProxy(environment) ? new EnvHttpProxyAgent(through) : new Agent(options)
}

/** undici takes whole milliseconds, and would take its own default for `Infinity`. */
function limitOf(ms: number): number {
  return ms === Infinity ? 0 : Math.ceil(ms)
}

function namesProxy(environment: NodeJS.ProcessEnv): boolean {
  return ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => environment[name])
}

/** Checks the address of a proxy. */
export function checkProxy(proxy: string): string {
  if (URL.canParse(proxy) && /^https?:$/.test(new URL(proxy).protocol)) return proxy
  throw new ConfigurationError('`undiciTransport.proxy` is the http or https URL of a proxy, or `false`.')
}
