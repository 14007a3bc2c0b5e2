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

function systemReason(error: unknown): { reason: string; connecting: boolean } {
  let reason = 'UNKNOWN'
  let connecting = false
  // `localhost` with two addresses fails with an AggregateError; fetch keeps the system's error as the cause's cause.
  for (let depth = 0, at: unknown = error; depth < 6 && at instanceof Error; depth++) {
    const code: unknown = Reflect.get(at, 'code')
    const syscall: unknown = Reflect.get(at, 'syscall')
    if (typeof code === 'string' && (reason === 'UNKNOWN' || wrapperCodes.has(reason))) reason = code
    connecting ||= syscall === 'connect' || syscall === 'getaddrinfo' || connectCodes.has(reason)
    connecting ||=
      isCertificateReason(reason) || at.message.startsWith('Client network socket disconnected before secure')
    const { errors } = at as { errors?: unknown }
    at = at.cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return { reason, connecting }
}
