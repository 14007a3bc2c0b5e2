import { fieldAt, mainToken, type OAuthVendor, type TokenBundle, type TokenPaths, type Tokens } from 'hawser'
import { withoutPaths, type AnswerBody } from './answer-body.ts'
import { expiresAt, type AnswerTime } from './expiry.ts'

/**
 * Finds the tokens in an answer, by the vendor's description. A name whose token is not there is left out: an install may
 * give a user's token and no bot's. Empty where there is none at all.
 */
export function readTokens(body: AnswerBody, vendor: OAuthVendor, time: AnswerTime): TokenBundle {
  const places = Object.entries(vendor.tokens ?? { [mainToken]: {} }).map(
    ([name, paths]) => [name, place(paths)] as const,
  )
  const extra = withoutPaths(
    body,
    places.flatMap(([, paths]) => Object.values(paths)),
  )
  const baseUrl = vendor.baseUrlPath === undefined ? undefined : text(fieldAt(body, vendor.baseUrlPath))
  const shared = { ...(baseUrl !== undefined && { baseUrl }), ...(Object.keys(extra).length > 0 && { extra }) }
  return Object.fromEntries(
    places.flatMap(([name, paths]) => {
      const tokens = readOne(body, paths, vendor, time)
      return tokens ? [[name, { ...tokens, ...shared }]] : []
    }),
  )
}

/**
 * Finds the tokens in the answer to a refresh. A vendor that gives several at a login, each in its own place, may give the one that
 * was refreshed in RFC 6749's: it is taken for no other.
 */
export function readRefreshed(body: AnswerBody, vendor: OAuthVendor, time: AnswerTime, name: string): TokenBundle {
  const found = readTokens(body, vendor, time)
  if (Object.hasOwn(found, name)) return found
  const { [name]: tokens } = readTokens(body, { ...vendor, tokens: { [name]: {} } }, time)
  return tokens ? { [name]: tokens } : {}
}

type Place = Required<TokenPaths> & { readonly idToken: string }

/** Fields stand beside the access token unless it is said otherwise. */
function place(paths: TokenPaths): Place {
  const { accessToken = 'access_token' } = paths
  const beside = accessToken.slice(0, accessToken.lastIndexOf('.') + 1)
  return {
    refreshToken: `${beside}refresh_token`,
    expiresIn: `${beside}expires_in`,
    refreshExpiresIn: `${beside}refresh_token_expires_in`,
    scope: `${beside}scope`,
    tokenType: `${beside}token_type`,
    idToken: `${beside}id_token`,
    ...paths,
    accessToken,
  }
}

function readOne(body: AnswerBody, paths: Place, vendor: OAuthVendor, time: AnswerTime): Tokens | undefined {
  const accessToken = text(fieldAt(body, paths.accessToken))
  // What stands in a header and is none of these would be sent as another token, or not at all.
  // @see https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12
  if (accessToken === undefined || !/^[\x20-\x7e]+$/.test(accessToken)) return undefined
  const refreshToken = text(fieldAt(body, paths.refreshToken))
  const { expiry = {}, refreshLifetimeMs } = vendor
  const { assumeSeconds: _, ...refreshExpiry } = expiry
  const told = {
    refreshToken,
    expiresAt: expiresAt(fieldAt(body, paths.expiresIn), expiry, time),
    refreshExpiresAt:
      expiresAt(fieldAt(body, paths.refreshExpiresIn), refreshExpiry, time) ??
      (refreshToken === undefined || refreshLifetimeMs === undefined ? undefined : time.at + refreshLifetimeMs),
    scopes: scopesOf(fieldAt(body, paths.scope), vendor.scopeSeparator),
    // A bot's or a user's token is a bearer token all the same; only a proof of possession is sent otherwise.
    tokenType: text(fieldAt(body, paths.tokenType))?.toLowerCase() === 'dpop' ? 'DPoP' : undefined,
    idToken: text(fieldAt(body, paths.idToken)),
  }
  const known = Object.entries(told).filter(([, value]) => value !== undefined)
  return { accessToken, obtainedAt: time.at, ...Object.fromEntries(known) }
}

/** Reads a list, or text with the vendor's separator, a comma or spaces in it. Not told where it is neither. */
function scopesOf(value: unknown, separator = ' '): readonly string[] | undefined {
  const parts = Array.isArray(value) ? value : typeof value === 'string' ? value.split(separator) : []
  const scopes = parts.flatMap((part: unknown) => (typeof part === 'string' ? part.split(/[\s,]+/) : []))
  const named = scopes.filter((scope) => scope !== '')
  return named.length === 0 ? undefined : named
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
