import { ConfigurationError } from 'hawser'

/**
 * Loads openid-client when it is first needed: it is an optional peer, and ESM-only.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export function loadOpenidClient(): Promise<typeof import('openid-client')> {
  return loaded('openid-client', () => import('openid-client'))
}

/**
 * Loads jose when it is first needed: it is an optional peer, and ESM-only.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export function loadJose(): Promise<typeof import('jose')> {
  return loaded('jose', () => import('jose'))
}

/** Exported for its test: what is installed cannot be absent. */
export async function loaded<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error ? String(Reflect.get(error, 'code')) : ''
    if (/MODULE_NOT_FOUND$/.test(code)) {
      throw new ConfigurationError(`hawser/oauth needs \`${name}\` 6: npm install ${name}@6.`)
    }
    // Plain Jest has no way to load an ES module unless Node lends it one.
    if (/VM_DYNAMIC_IMPORT/.test(code)) {
      throw new ConfigurationError(
        `\`${name}\` is an ES module. Run Jest with NODE_OPTIONS=--experimental-vm-modules to load it.`,
      )
    }
    throw error
  }
}
