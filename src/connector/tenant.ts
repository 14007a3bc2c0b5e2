import { ConfigurationError } from '../errors.ts'
import { checkPatterns } from '../http/origins.ts'

/** What stands in an address for each customer, such as `{ shop: 'acme' }` in `https://{shop}.example.com`. */
export type Tenant = Readonly<Record<string, string>>

/** What each name of an address may be; a pattern goes from `^` to `$`. */
export type TenantPatterns = Readonly<Record<string, RegExp>>

/** Where a vendor's API is, as its profile says it. */
interface Addressed {
  readonly baseUrl: string
  readonly version?: { readonly value: string }
  readonly tenant?: TenantPatterns
}

/**
 * Gives the address of a vendor's API, with the version and the tenant's names in their places.
 *
 * @throws {ConfigurationError} as {@link fillTenant}
 */
export function baseUrlOf({ baseUrl, version, tenant: patterns }: Addressed, tenant?: Tenant): string {
  return fillTenant(version ? baseUrl.replace('{version}', version.value) : baseUrl, patterns, tenant)
}

/**
 * Fills the names of an address, and refuses whatever could lead it to another host.
 *
 * @throws {ConfigurationError} where a name is missing, unknown, or not what its pattern allows
 */
export function fillTenant(template: string, patterns: TenantPatterns = {}, tenant: Tenant = {}): string {
  checkPatterns('tenant', Object.values(patterns))
  const unknown = Object.keys(tenant).find((name) => !Object.hasOwn(patterns, name))
  if (unknown !== undefined) {
    const known = Object.keys(patterns).join(', ') || 'none'
    throw new ConfigurationError(`\`tenant\` has no name \`${unknown}\` here. Names: ${known}.`)
  }
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const pattern = Object.hasOwn(patterns, name) ? patterns[name] : undefined
    const value = Object.hasOwn(tenant, name) ? tenant[name] : undefined
    if (!pattern) throw new ConfigurationError(`The profile's \`tenant\` has no pattern for \`${name}\`.`)
    if (typeof value !== 'string') throw new ConfigurationError(`\`tenant\` needs \`${name}\`.`)
    // The value is not repeated: it may come from a stranger's request.
    if (!pattern.test(value)) throw new ConfigurationError(`\`tenant.${name}\` does not match ${String(pattern)}.`)
    return value
  })
}
