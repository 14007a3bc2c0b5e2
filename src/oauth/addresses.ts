import { ConfigurationError, fillTenant, originOf, type OAuthVendor, type Tenant, type TenantPatterns } from 'hawser'

/** Where an authorization server is. */
export interface Addresses {
  /** What `iss` and id_tokens must name. */
  readonly issuer: string
  readonly authorize?: string | undefined
  readonly token?: string | undefined
  readonly refresh?: string | undefined
  readonly revoke?: string | undefined
  readonly introspect?: string | undefined
  readonly device?: string | undefined
  readonly par?: string | undefined
  readonly jwks?: string | undefined
  /** Whether every callback names the issuer. @see https://www.rfc-editor.org/rfc/rfc9207#section-3 */
  readonly alwaysNamesIssuer: boolean
  /** Whether a login may begin with a pushed request only. @see https://www.rfc-editor.org/rfc/rfc9126#section-5 */
  readonly parRequired: boolean
}

/**
 * Gives the addresses of a vendor's description, with the tenant's names filled in.
 *
 * @throws {ConfigurationError} where an address is not https, or a tenant's name is missing or not what it may be
 */
export function describedAddresses(vendor: OAuthVendor, tenant: Tenant, patterns: TenantPatterns): Addresses {
  const fill = (option: string, template: string | undefined): string | undefined =>
    template === undefined ? undefined : secureUrl(`oauth.${option}`, fillTenant(template, patterns, tenant))
  const token = fill('tokenUrl', vendor.tokenUrl)
  const issuer = vendor.issuer === undefined ? token && originOf(token) : fillTenant(vendor.issuer, patterns, tenant)
  if (issuer === undefined)
    throw new ConfigurationError('`oauth` needs a `tokenUrl`, or an `issuer` with `discover: true`.')
  return {
    issuer,
    authorize: fill('authorizeUrl', vendor.authorizeUrl),
    token,
    refresh: fill('refreshUrl', vendor.refreshUrl) ?? token,
    revoke: fill('revokeUrl', vendor.revokeUrl),
    introspect: fill('introspectUrl', vendor.introspectUrl),
    device: fill('deviceUrl', vendor.deviceUrl),
    par: fill('parUrl', vendor.parUrl),
    jwks: fill('jwksUrl', vendor.jwksUrl),
    alwaysNamesIssuer: vendor.namesIssuer ?? false,
    parRequired: vendor.parUrl !== undefined,
  }
}

/**
 * Checks an address that secrets are sent to: https, or this very machine. Neither a query's secret nor a user's name belongs
 * into it.
 *
 * @throws {ConfigurationError} which does not repeat the address
 */
export function secureUrl(option: string, text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
  const secure = url && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))
  if (!secure || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new ConfigurationError(`\`${option}\` is not an https URL.`)
  }
  return text
}

/** Tells whether an address cannot leave this machine. @see https://www.rfc-editor.org/rfc/rfc8252#section-8.3 */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}
