import { builtinModules } from 'node:module'
import { ConfigurationError } from 'hawser'

/** What a new connector is called, place by place. */
export interface ConnectorNames {
  /** The package's, such as `@me/hawser-tide-tables`. */
  readonly package: string
  /** The folder's: the package's without its scope. */
  readonly folder: string
  /** The vendor's, as in its profile: `tide-tables`. */
  readonly vendor: string
  /** What names of values begin with: `tideTables`. */
  readonly value: string
  /** The connector's class: `TideTables`. */
  readonly class: string
}

// @see https://docs.npmjs.com/cli/configuring-npm/package-json#name
const longest = 214
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?([a-z0-9~-][a-z0-9._~-]*)$/
const forbidden: ReadonlySet<string> = new Set([...builtinModules, 'node_modules', 'favicon.ico', 'hawser'])

/**
 * Derives all names of a connector from its package's.
 *
 * @throws {ConfigurationError} where npm would not take the name, or no class can be named after it
 */
export function connectorNames(name: string): ConnectorNames {
  const [, folder] = packageName.exec(name) ?? []
  if (folder === undefined || name.length > longest) {
    throw new ConfigurationError(
      `\`${name}\` is no name for a package. It is in lower case, as in \`hawser-tides\` or \`@me/hawser-tides\`, and no path.`,
    )
  }
  if (forbidden.has(name) || forbidden.has(folder)) {
    throw new ConfigurationError(`\`${name}\` is taken. Choose another name, such as \`hawser-tides\`.`)
  }
  const words = folder.replace(/^hawser-/, '').split(/[._~-]+/)
  const vendor = words.filter((word) => word !== '').join('-')
  if (!/^[a-z]/.test(vendor)) {
    throw new ConfigurationError(`No class can be named after \`${name}\`: the vendor's name begins with a letter.`)
  }
  const value = vendor.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  return { package: name, folder, vendor, value, class: value.charAt(0).toUpperCase() + value.slice(1) }
}
