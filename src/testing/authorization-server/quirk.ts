import type { ClientAuthentication } from './clients.ts'
import type { OAuthErrorCode } from './refusal.ts'
import type { Rotation } from './rotation.ts'

/**
 * An answer as the vendor spells it. A text that is one `{name}` becomes that value, and its member is left out where there is
 * none; inside a longer text it is filled in.
 */
export type Template = string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template }

/** Where the server has its endpoints. */
export interface Paths {
  readonly authorize: string
  readonly token: string
  /** Where it takes refresh tokens, if not where it takes the rest. */
  readonly refresh: string
  readonly revoke: string
  readonly introspect: string
  readonly deviceAuthorization: string
  /** Where the user enters the code of a device; the request alone is the user's answer. */
  readonly device: string
  readonly par: string
  readonly jwks: string
  readonly resource: string
}

/** How a vendor differs from the RFCs: data, so that a test can read what its client has to cope with. */
export interface Quirk {
  /** Where it is known from. */
  readonly see: string
  readonly origin?: string
  readonly paths?: Partial<Paths>
  /** @default 'required' */
  readonly pkce?: PkceUse
  readonly rotation?: Rotation
  readonly accessTokenMs?: number
  readonly refreshTokenMs?: number
  readonly refreshEndsAccessTokens?: boolean
  /** What a client must ask for to get a refresh token. @default nothing */
  readonly offline?: { readonly scope: string } | { readonly parameter: string; readonly value: string }
  readonly authorize?: {
    /** The vendor's names of parameters, by the standard's. */
    readonly names?: Readonly<Record<string, string>>
    /** What stands between scopes. @default ' ' */
    readonly scopeSeparator?: string
    /** The vendor's names of what it sends back, by the standard's. */
    readonly answers?: Readonly<Record<string, string>>
    /** Whether `iss` is sent back. @default true */
    readonly iss?: boolean
    /** Sent back beside the rest. */
    readonly says?: Readonly<Record<string, string>>
    /** The parameter that signs what is sent back, with the client's secret. */
    readonly hmac?: string
  }
  readonly token?: {
    readonly names?: Readonly<Record<string, string>>
    /** Where parameters are. @default 'form' */
    readonly body?: BodyForm
    /** @default 'POST' */
    readonly method?: 'GET' | 'POST'
    /** The ways that a client may prove itself. */
    readonly authentication?: readonly ClientAuthentication[]
  }
  readonly answer?: {
    readonly body?: Template
    /** Of a refresh, where it differs. */
    readonly refreshed?: Template
    readonly status?: number
    /** The content type; `null` for none. */
    readonly type?: string | null
    /** `form-unless-json`: a form, unless the request's `Accept` names JSON. @default 'json' */
    readonly format?: 'json' | 'form-unless-json'
    /** @default 'Bearer' */
    readonly tokenType?: string
    /** The token type of a second grant, whose tokens a template names as `{user.access_token}` and `{user.refresh_token}`. */
    readonly companion?: string
    /** Who signs id tokens, if not the issuer. */
    readonly idTokenIssuer?: string
  }
  readonly refusal?: {
    readonly body?: Template
    /** @default 401 for `invalid_client`, else 400 */
    readonly status?: number
    readonly type?: string | null
    readonly format?: 'json' | 'form-unless-json'
    /** The vendor's codes, by the standard's. */
    readonly codes?: VendorCodes
    /** Those that are others for a refresh. */
    readonly refreshCodes?: VendorCodes
    /** Sent as `WWW-Authenticate`, as a template. */
    readonly challenge?: string
  }
  /** What a revocation is answered with. @default 200 */
  readonly revocationStatus?: number
}

/** Whether a client must, may, or must not send a `code_challenge`. */
export type PkceUse = 'required' | 'optional' | 'refused'

/** Where a token request has its parameters. */
export type BodyForm = 'form' | 'json' | 'query' | 'xml'

/** A vendor's error codes, by the standard's. */
export type VendorCodes = Readonly<Partial<Record<OAuthErrorCode, string | number>>>
