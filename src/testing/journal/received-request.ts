import type { FaultKind } from '../faults/fault.ts'

/** A request as the vendor got it. */
export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  /** The path alone, without origin and query. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly bytes: Uint8Array
  /** The body as JSON; `undefined` where it is none. */
  readonly json: unknown
  /** The body as a form. */
  readonly form: URLSearchParams
  /** By the fake clock. Milliseconds since the Unix epoch. */
  readonly at: number
  /** What it came to: a status, `refused` at a limit, or the kind of the fault that struck it. Absent while nothing is decided. */
  readonly outcome?: number | 'refused' | FaultKind | undefined
}

/** Notes a request. What is read out of it is read when it is asked for. */
export function receivedRequest(
  arrival: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
  },
  at: number,
): ReceivedRequest & { outcome?: ReceivedRequest['outcome'] } {
  const { method, url, headers, body: bytes } = arrival
  return {
    method,
    url,
    headers,
    bytes,
    at,
    outcome: undefined,
    get path() {
      return new URL(url).pathname
    },
    get query() {
      return new URL(url).searchParams
    },
    get body() {
      return Buffer.from(bytes).toString()
    },
    get json() {
      return parsed(this.body)
    },
    get form() {
      return new URLSearchParams(this.body)
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
