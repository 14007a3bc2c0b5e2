import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError, isRecord, type VendorProfile } from 'hawser'

/**
 * Loads the profile of a vendor from a module: from an export that is one, or from a connector's `static profile`.
 *
 * @throws {ConfigurationError} where the module cannot be loaded, or holds none with `oauth`
 */
export async function loadProfile(name: string): Promise<VendorProfile> {
  // What begins like a path is one; all else is a package, such as `hawser/github`.
  const at = /^[./\\]|^[a-z]:\\/i.test(name) ? pathToFileURL(resolve(name)).href : name
  const module: object = await import(at).catch((error: unknown) => {
    // What the loader refuses has a code: a directory, a file of another kind, what is not there or needs what is not.
    if (!(error instanceof Error) || !/^(?:ERR_|MODULE_)/.test(String(Reflect.get(error, 'code')))) throw error
    throw new ConfigurationError(
      `\`${name}\` cannot be loaded. Name a file (\`./vendor.js\`) or a package.\n${error.message}`,
    )
  })
  const found = Object.values(module)
    .flatMap((value: unknown) => [value, typeof value === 'function' ? Reflect.get(value, 'profile') : undefined])
    .find(isProfile)
  if (!found) throw new ConfigurationError(`\`${name}\` exports no profile with \`oauth\`, and no connector with one.`)
  return found
}

function isProfile(value: unknown): value is VendorProfile {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['baseUrl'] === 'string' &&
    isRecord(value['oauth'])
  )
}
