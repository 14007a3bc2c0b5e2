import type { Chunk, Covered, Facts, Key, Now, Reading, Verified } from './reading.ts'

/** How a signature is made. `token` is a bare secret that is sent along: it proves the sender and covers nothing. */
export type Algorithm =
  | 'hmac-sha1'
  | 'hmac-sha256'
  | 'hmac-sha512'
  | 'sha1'
  | 'sha256'
  | 'token'
  | 'ed25519'
  | 'ecdsa-p256-sha256'
  | 'rsa-sha1'
  | 'rsa-sha256'

/** Where a text stands in a request. Of several headers, the first that is there counts. */
export type Source =
  | { readonly header: string | readonly string[] }
  /** A field of the JSON body, by its dotted path. */
  | { readonly field: string }
  | { readonly query: string }
  /** An entry of the signature header's own list, by how it begins: `t=`. */
  | { readonly entry: string }

/** A piece of what is signed. A string stands for itself. */
export type Part =
  | string
  | FactPart
  | DerivedPart
  | { readonly header: string }
  /** A field of the JSON body; one that may be absent is empty then. */
  | { readonly field: string; readonly optional?: true }
  /** What the receiver knows and the request does not say, passed in `values`. */
  | { readonly value: string }

/** A piece that is at hand: the raw body, or the text of the timestamp or the id. */
export interface FactPart {
  readonly covers: readonly Covered[]
  readonly fact: 'body' | 'timestamp' | 'id'
}

/** A piece that is computed from the request. */
export interface DerivedPart {
  readonly covers: readonly Covered[]
  read(reading: Reading, facts: Facts): Chunk
}

/** Where the signatures are and how several of them share a place. */
export interface SignatureSource {
  /** Each of the headers may hold one. */
  readonly header?: string | readonly string[]
  /** A header name that is followed by 1, 2, 3 …: one header for each active key. */
  readonly numbered?: string
  readonly field?: string
  /** Parts a header that lists several entries. */
  readonly separator?: ' ' | ',' | ';'
  /** What stands before the signature. In a list, entries that begin otherwise are other things. */
  readonly prefix?: string
}

/** When a request was signed. */
export interface TimestampSource {
  /** The first that is there counts. */
  readonly at: Source | readonly Source[]
  readonly unit: 'seconds' | 'milliseconds' | 'iso'
  /** How far it may be from now, in both directions, the bound included. Seconds. */
  readonly toleranceSeconds: number
  /** The body is signed as a whole and may lack it. @default false */
  readonly optional?: true
}

/** What must stand in a request, so that a signature of another kind is not taken for this one. */
export interface Requirement {
  readonly at: Source
  readonly is: readonly string[]
  /** It may be absent, but not different. @default false */
  readonly optional?: true
}

/** Where the vendor publishes its keys. The address is checked before anything is fetched. */
export type KeyLocation =
  | { readonly at: Source; readonly allow: RegExp }
  | { readonly jwks: string }
  /** Followed by the key's id. */
  | { readonly pem: string }

/** What is signed, in its order. */
export interface SignedParts extends ReadonlyArray<Part> {
  /** The same list, where `signedBy` has noted it. */
  readonly parts?: readonly Part[]
  /** What the signature vouches for, where `signedBy` has noted it. */
  readonly covers?: readonly Covered[]
}

/** A vendor's signature, described. The same record is read by `verify` and by `sign`. */
export interface MessageScheme {
  readonly kind: 'message'
  readonly vendor: string
  readonly algorithm: Algorithm | { readonly at: Source; readonly of: Readonly<Record<string, Algorithm>> }
  readonly signature: SignatureSource
  readonly encoding: 'hex' | 'base64' | 'text'
  readonly signed: SignedParts
  /** How a secret that is text becomes a key. @default 'text' */
  readonly secret?: 'text' | 'hex' | 'base64' | 'base64-or-text'
  /** What may stand before a secret, such as `whsec_`; with `base64-or-text`, only what follows it is base64. */
  readonly secretPrefix?: string
  readonly timestamp?: TimestampSource
  readonly id?: Source
  /** The header that names the key. */
  readonly keyId?: string
  readonly require?: readonly Requirement[]
  /** Each element of this list in the body is signed by itself, and all must be: `notificationItems.*.item`. */
  readonly items?: string
  /** Where the query names the SHA-256 of the body in hex, the body must match, and no form is signed. */
  readonly bodyDigest?: { readonly query: string }
  /** Gives the spellings of the URL that the vendor may have signed. @default the URL as it was given */
  readonly spellings?: (reading: Reading) => readonly string[]
  readonly keys?: KeyLocation
  /** Headers that `sign` adds where they are missing. */
  readonly defaults?: Readonly<Record<string, string>>
}

/** A claim of a token that repeats something of the request. */
export interface ClaimRule {
  readonly claim: string
  /** What the SHA-256 is taken of. */
  readonly sha256: readonly Part[]
  readonly encoding: 'hex' | 'base64'
  /** It may be absent where the body is empty. @default false */
  readonly unlessEmpty?: true
}

/** A vendor that sends a JSON Web Token along. */
export interface JwtScheme {
  readonly kind: 'jwt'
  /** Reads and makes tokens; a bundle without such a vendor does not hold it. */
  readonly engine: TokenEngine
  readonly vendor: string
  readonly algorithms: readonly JwtAlgorithm[]
  readonly token: { readonly header: string; readonly prefix?: string }
  readonly claims: readonly ClaimRule[]
  readonly issuer?: readonly string[]
  /** The name of the value in `values` that `aud` must hold. */
  readonly audience?: string
  /** The name of the value in `values` that a verified `email` must be, where it is given. */
  readonly email?: string
  /** What a token must hold, besides `issuer` and `claims`. */
  readonly requires: readonly ('exp' | 'iat' | 'jti')[]
  /** How far clocks may differ for `exp` and `nbf`. Seconds. @default 0 */
  readonly leewaySeconds?: number
  /** How far `iat` may be from now, in both directions. Seconds. */
  readonly toleranceSeconds?: number
  readonly keys?: KeyLocation
}

/** @see https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
export type JwtAlgorithm = 'HS256' | 'HS384' | 'HS512' | 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512'

/** What a scheme needs to be read, besides the keys and the request. */
export interface Settings {
  readonly toleranceSeconds?: number | undefined
  /** @default the present */
  readonly now?: Now | undefined
  readonly values?: Readonly<Record<string, string>> | undefined
}

/** Reads a {@link JwtScheme} in both directions. */
export interface TokenEngine {
  verify(scheme: JwtScheme, keys: readonly Key[], reading: Reading, settings: Settings): Verified
  make(scheme: JwtScheme, key: Key, reading: Reading, settings: Settings & { readonly id: string }): string
  /** Tells whether a key may be used with an algorithm. */
  fits(key: Key['key'], algorithm: JwtAlgorithm): boolean
  /** The id of the key that a token names. */
  kid(scheme: JwtScheme, reading: Reading): string | undefined
}

/** How a vendor proves that a webhook is its own. */
export type SignatureScheme = MessageScheme | JwtScheme
