import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'

/** How a client proves itself at the token endpoint. `raw-basic` is Basic without the encoding that RFC 6749 asks for. */
export type ClientAuthentication =
  'basic' | 'raw-basic' | 'body' | 'none' | 'private-key-jwt' | 'client-secret-jwt' | 'mtls'

/** The codes that {@link OAuthVendor.errorCodes} maps a vendor's own to. */
export type OAuthCode =
  | 'invalid_grant'
  | 'invalid_client'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'temporarily_unavailable'
  | 'slow_down'
  | 'authorization_pending'
  | 'access_denied'
  | 'expired_token'

/** Where the fields of a token answer stand: dotted paths into the body, such as `authed_user.access_token`. */
export interface TokenPaths {
  readonly accessToken?: string
  readonly refreshToken?: string
  readonly expiresIn?: string
  readonly refreshExpiresIn?: string
  readonly scope?: string
  readonly tokenType?: string
}

/** What a lifetime in a token answer means. */
export interface ExpiryFacts {
  /** `seconds` and `milliseconds` from now, or a moment as seconds since the epoch or as an ISO 8601 date. @default 'seconds' */
  readonly unit?: 'seconds' | 'milliseconds' | 'epoch-seconds' | 'iso-8601'
  /** What zero or less means. @default 'unknown' */
  readonly zero?: 'never' | 'unknown'
  /** How long a token lives where the answer does not say. Seconds. @default until it is refused */
  readonly assumeSeconds?: number
}

/** How a vendor treats the refresh token that was just used. */
export type Rotation = 'none' | 'strict' | 'grace' | 'until-first-use'

/**
 * Asks for tokens in a vendor's own way, where no description fits: gets the request that would be sent, with the client's proof
 * on it, and resolves with the answer that holds the tokens. `send` retries as any token request is retried.
 */
export type TokenHook = (
  request: TokenHookRequest,
  send: (request: Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>) => Promise<HttpResponse>,
) => Promise<HttpResponse>

/** What a {@link TokenHook} is told. */
export interface TokenHookRequest extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  /** The parameters as RFC 6749 names them: `code`, `refresh_token` and the like. */
  readonly parameters: Readonly<Record<string, string>>
}

/** A vendor's ways with OAuth 2, as data. What is left out is as RFC 6749 says. */
export interface OAuthVendor {
  /** What `iss` and id_tokens must name. @default the origin of `tokenUrl` */
  readonly issuer?: string
  /**
   * Reads the addresses from the issuer's discovery document, OpenID Connect's or (`oauth2`) RFC 8414's; those given here go
   * before them. @default false
   */
  readonly discover?: boolean | 'oauth2'
  readonly authorizeUrl?: string
  /** May hold names of the profile's `tenant`, as `baseUrl` may. */
  readonly tokenUrl?: string
  /** @default `tokenUrl` */
  readonly refreshUrl?: string
  readonly revokeUrl?: string
  readonly introspectUrl?: string
  readonly deviceUrl?: string
  /** Where it is given, every login begins there. */
  readonly parUrl?: string
  readonly jwksUrl?: string
  /** @default 'private-key-jwt' where there is a private key, 'basic' where there is a secret, else 'none' */
  readonly clientAuthentication?: ClientAuthentication
  /** Whom a client's signed assertion is for. @default the issuer */
  readonly assertionAudience?: string
  /** Whether every callback names the issuer in `iss`; one that is named is checked in any case. @default as discovered, else false */
  readonly namesIssuer?: boolean
  /** @default 'form' */
  readonly body?: 'form' | 'json' | 'query'
  /** @default 'POST' */
  readonly method?: 'POST' | 'GET'
  /** Other names of parameters, such as `{ client_id: 'client_key' }`; they hold for the authorize URL as well. */
  readonly rename?: Readonly<Record<string, string>>
  /** Names that are others at the authorize URL alone. */
  readonly authorizeRename?: Readonly<Record<string, string>>
  readonly authorizeParameters?: Readonly<Record<string, string>>
  /** Sent with every token request. */
  readonly tokenParameters?: Readonly<Record<string, string>>
  /** Sent with refreshes beside those. */
  readonly refreshParameters?: Readonly<Record<string, string>>
  /** Sent to the token endpoint. */
  readonly headers?: Readonly<Record<string, string>>
  /** Asked for where the caller names none. */
  readonly scopes?: readonly string[]
  /** @default ' ' */
  readonly scopeSeparator?: string
  /** @default true */
  readonly pkce?: boolean
  /** What the callback calls `code`. */
  readonly codeParameter?: string
  /** What else a callback has to say, such as whose account it is for; may hold names of the profile's `tenant`. */
  readonly callbackParameters?: Readonly<Record<string, string>>
  /**
   * The parameter that signs a callback: HMAC-SHA256 in hexadecimal digits, of all others, sorted and written as a form, by the
   * client's secret. @default callbacks are not signed
   */
  readonly callbackHmac?: string
  /** Sent instead of the registered redirect address at the token endpoint. */
  readonly redirectUri?: string
  /** Where the fields stand, by the name of the token. @default `{ main: {} }`, which is RFC 6749's */
  readonly tokens?: Readonly<Record<string, TokenPaths>>
  readonly expiry?: ExpiryFacts
  /** Where an error stands: a dotted path. @default 'error' */
  readonly errorPath?: string
  /** Tells whether a body is an error whatever its status. @default it has an error code and no access token */
  readonly isError?: (body: unknown) => boolean
  /** The vendor's own codes, and what they mean. */
  readonly errorCodes?: Readonly<Record<string, OAuthCode>>
  /** @default 'strict', the one that must not be gambled with */
  readonly rotation?: Rotation
  /** How long a used refresh token may be used again, where `rotation` is `grace`. Milliseconds. */
  readonly graceMs?: number
  /** How long refresh tokens live where the answer does not say. Milliseconds. */
  readonly refreshLifetimeMs?: number
  /** Where a token answer tells the address of this connection's API, such as `instance_url`; checked against the profile's `hosts`. */
  readonly baseUrlPath?: string
  /** Words in a JSON answer of the API, whatever its status, that say that the token is no longer good; beside a 401. */
  readonly refusedWhen?: { readonly path: string; readonly values: readonly string[] }
  /** The header that takes the access token, and what stands before it. @default `Authorization: Bearer …` */
  readonly tokenHeader?: { readonly name: string; readonly prefix?: string }
  /** Takes the place of the request that changes a code for tokens. */
  readonly exchange?: TokenHook
  /** Takes the place of the request that refreshes. */
  readonly refresh?: TokenHook
}
