/**
 * Something that goes wrong on the vendor's side or on the way. A plain value: it can be listed, drawn and printed.
 *
 * Those that end before an answer strike before the vendor has done anything; with `processed` it does the work first, and
 * only the answer is lost.
 */
export type Fault =
  | StatusFault
  /** The answer takes so long. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The headers come at once, the body takes so long, piece by piece. */
  | { readonly kind: 'slow-body'; readonly ms: number }
  /** Nothing more comes, and the connection stays open. @default at the headers */
  | (Processed & { readonly kind: 'stall'; readonly at?: 'headers' | 'body' })
  /** The connection is reset (RST). @default at the headers */
  | (Processed & { readonly kind: 'reset'; readonly at?: 'headers' | 'body' })
  /** The connection is closed (FIN) before an answer. */
  | (Processed & { readonly kind: 'fin' })
  /** The connection is closed (FIN) in the middle of the body. @default 'content-length' */
  | { readonly kind: 'truncated'; readonly framing?: 'content-length' | 'chunked' }
  /** What comes is not HTTP. */
  | (Processed & { readonly kind: 'garbage' })
  /** A complete answer whose JSON is none. */
  | { readonly kind: 'malformed-json' }
  /** A complete answer under another `Content-Type`. @default 'text/html' */
  | { readonly kind: 'wrong-type'; readonly type?: string }
  /** The vendor's clock is so far ahead, or behind if negative. */
  | { readonly kind: 'skewed-date'; readonly ms: number }

/** An answer that is a failure, in the vendor's place. */
export interface StatusFault {
  readonly kind: 'status'
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Sends `Retry-After`. Whole seconds. */
  readonly retryAfterSeconds?: number
  /** How it is written. @default 'seconds' */
  readonly retryAfterAs?: 'seconds' | 'date'
}

interface Processed {
  /** The vendor does the work, and only its answer is lost. @default false */
  readonly processed?: boolean
}

/** The name of a kind of fault. */
export type FaultKind = Fault['kind']
