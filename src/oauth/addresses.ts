import { ConfigurationError, type OAuthVendor } from 'hawser'

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

/** Names that stand in addresses as `{shop}`, and what they are for one customer. */
export type Tenant = Readonly<Record<string, string>>

/** What each name of a tenant may be. */
export type TenantPatterns = Readonly<Record<string, RegExp>>

/**
 * Gives the addresses of a vendor's description, with the tenant's names filled in.
 *
 * @throws {ConfigurationError} where an address is not https, or a tenant's name is missing or not what it may be
 */
export function describedAddresses(vendor: OAuthVendor, tenant: Tenant, patterns: TenantPatterns): Addresses {
  const fill = (option: string, template: string | undefined): string | undefined =>
    template === undefined ? undefined : secureUrl(`oauth.${option}`, fillIn(template, tenant, patterns))
  const token = fill('tokenUrl', vendor.tokenUrl)
  const issuer = vendor.issuer === undefined ? originOf(token) : fillIn(vendor.issuer, tenant, patterns)
  if (issuer === undefined) throw new ConfigurationError('`oauth` needs a `tokenUrl`, or an `issuer` with `discover: true`.')
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
 * Puts a tenant's names into a template.
 *
 * A name goes into the host that gets the client's secret, so it must be wholly what the vendor says it can be.
 */
function fillIn(template: string, tenant: Tenant, patterns: TenantPatterns): string {
  // Microsoft's discovery names its issuer so, and each id_token fills it in.
  return template.replaceAll(/\{(?!tenantid\})([^{}]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(tenant, name) ? tenant[name] : undefined
    const pattern = Object.hasOwn(patterns, name) ? patterns[name] : undefined
    if (value === undefined) throw new ConfigurationError(`\`tenant.${name}\` is missing: an address has it in it.`)
    if (pattern === undefined) throw new ConfigurationError(`The profile's \`tenant\` says nothing of \`${name}\`.`)
    if (new RegExp(pattern.source, pattern.flags.replaceAll(/[gym]/g, '')).exec(value)?.[0] !== value) {
      throw new ConfigurationError(`\`tenant.${name}\` is not what the vendor says it can be.`)
    }
    return value
  })
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

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin
}
