import { ConfigurationError } from 'hawser'
import type * as Jose from 'jose'
import type * as OpenidClient from 'openid-client'

/**
 * Loads openid-client when it is first needed: it is an optional peer, and ESM-only.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export function loadOpenidClient(): Promise<typeof OpenidClient> {
  return loaded('openid-client', () => import('openid-client'))
}

/**
 * Loads jose when it is first needed: it is an optional peer, and ESM-only.
 *
 * @throws {ConfigurationError} where it is not installed
 */
export function loadJose(): Promise<typeof Jose> {
  return loaded('jose', () => import('jose'))
}

/**
 * Gives what lets openid-client ask over http. The check of addresses is ours, and the stricter one: http is for this machine
 * alone.
 */
export function askOverHttp(library: typeof OpenidClient): typeof OpenidClient.allowInsecureRequests {
  return library.allowInsecureRequests
}

/** Exported for its test: what is installed cannot be absent. */
export async function loaded<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const code = error instanceof Error ? String(Reflect.get(error, 'code')) : ''
    if (code.endsWith('MODULE_NOT_FOUND')) {
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
