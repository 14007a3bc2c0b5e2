import { NetworkError, type NetworkPhase } from '../errors.ts'
import type { HttpRequest } from './request.ts'

/** System codes that mean: no connection, so nothing was sent. */
const connectCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EPROTO',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** undici's codes for what the system or Node's parser has a name for; the phase says which timeout it was. */
const systemNames: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: 'ECONNRESET',
  UND_ERR_CONNECT_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_BODY_TIMEOUT: 'ETIMEDOUT',
  UND_ERR_HEADERS_OVERFLOW: 'HPE_HEADER_OVERFLOW',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'HPE_UNEXPECTED_CONTENT_LENGTH',
}

/** The peer's certificate was refused: no connection, and none at the next try either. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const certificatePattern =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH|INVALID_CA)/

/** Tells whether a reason is about the certificate, which no retry mends. */
export function isCertificateReason(reason: string): boolean {
  return certificatePattern.test(reason)
}

/**
 * Makes a {@link NetworkError} from whatever a transport threw. The original is dropped on purpose: an error of axios or
 * of Node holds the request with its credential.
 */
export function networkFailure(error: unknown, request: HttpRequest, answered: boolean): NetworkError {
  const { reason, connecting } = systemReason(error)
  const phase: NetworkPhase = answered ? 'body' : connecting ? 'connect' : 'headers'
  const where = {
    connect: 'no connection could be made',
    headers: 'the connection ended before an answer',
    body: 'the answer broke off',
  }[phase]
  return new NetworkError(`${request.operation}: ${where} (${reason}).`, { phase, reason })
}

// Codes of axios' own that hide the system's code, which is then in the cause.
const wrapperCodes: ReadonlySet<string> = new Set(['ERR_NETWORK', 'ERR_BAD_RESPONSE', 'ERR_BAD_REQUEST'])

// Told by their message only: a TLS handshake that is cut, and a proxy that refuses to make a tunnel.
const connectMessage = /^(?:Client network socket disconnected before secure|Proxy response \(\d+\) !== 200)/

function systemReason(error: unknown): { reason: string; connecting: boolean } {
  let reason = 'UNKNOWN'
  let connecting = false
  // `localhost` with two addresses fails with an AggregateError; fetch keeps the system's error as the cause's cause.
  for (let depth = 0, at: unknown = error; depth < 6 && at instanceof Error; depth++) {
    const code: unknown = Reflect.get(at, 'code')
    const syscall: unknown = Reflect.get(at, 'syscall')
    if (typeof code === 'string' && (reason === 'UNKNOWN' || wrapperCodes.has(reason))) reason = code
    // undici looks its parser's code up in the wrong direction, and has none.
    else if (reason === 'UNKNOWN' && at.name === 'HTTPParserError') reason = 'HPE_INVALID'
    connecting ||= syscall === 'connect' || syscall === 'getaddrinfo' || connectCodes.has(reason)
    connecting ||= isCertificateReason(reason) || connectMessage.test(at.message)
    const { errors } = at as { errors?: unknown }
    at = at.cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return { reason: systemNames[reason] ?? reason, connecting }
}
