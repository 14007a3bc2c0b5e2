import type { KeyObject } from 'node:crypto'

/** Headers as a plain object in any case, as `Headers`, or as Node's raw list of names and values in turn. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly string[]
  | { get(name: string): string | null }

/** A webhook as it came in. */
export interface WebhookRequest {
  readonly method?: string | undefined
  /** The public URL that the vendor called, with its query. */
  readonly url?: string | undefined
  readonly headers: WebhookHeaders
  /** The bytes as they were received. */
  readonly body: Uint8Array | string
}

/** A request in the form that the engine reads. */
export interface Reading {
  readonly method: string
  readonly url: string | undefined
  readonly headers: WebhookHeaders
  readonly body: Uint8Array
  /** The JSON value that fields are looked up in: the body, or one element of a list in it. */
  root(): unknown
}

/** What was found in a request and what the receiver knows. */
export interface Facts {
  readonly id?: string | undefined
  readonly timestamp?: string | undefined
  /** Stands in for the URL, where several spellings are tried. */
  readonly url?: string | undefined
  /** The body is vouched for by its digest in the query. */
  readonly digested?: boolean
  readonly values?: Readonly<Record<string, string>> | undefined
}

/** A stretch of signed content; `undefined` is the secret's place. */
export type Chunk = string | Uint8Array | undefined

/** What a valid signature vouches for. `body-checksum` is a CRC: it finds accidents, not forgeries; `path` is the URL without its query. */
export type Covered =
  'body' | 'body-checksum' | 'fields' | 'form' | 'timestamp' | 'id' | 'method' | 'url' | 'path' | 'headers'

/** What time it is: milliseconds since the Unix epoch, a date, or a function that tells. */
export type Now = number | Date | (() => number)

/** A secret made ready: bytes are a shared secret, a key object may be that or one of a pair. */
export interface Key {
  readonly key: Uint8Array | KeyObject
  readonly id: string | undefined
}

/** A webhook is the vendor's own. */
export interface Verified {
  readonly ok: true
  /** The delivery's id. It is vouched for only if `covers` or a covered body holds it. */
  readonly id: string | undefined
  /** When it was signed. Milliseconds since the Unix epoch. */
  readonly timestamp: number | undefined
  /** Which of `secrets` matched. */
  readonly keyIndex: number
  /** What the signature vouches for; all else may have been changed on the way. */
  readonly covers: readonly Covered[]
}
