import type { StoredValue, Swapped, TokenStore } from 'hawser'
import type { Keyring } from './keyring.ts'
import { seal, unseal } from './seal.ts'

/**
 * Seals what a store keeps, so that it never sees a token in clear. Each value is a JWE (`dir`, A256GCM) that opens for its
 * own connection only: moved to another, it does not open. That an older value of the same connection was put back in its
 * place is not seen.
 *
 * Its reads throw a {@link TokenStoreError} for what does not open, and never say that there are no tokens.
 *
 * @throws {ConfigurationError} at the first use, where jose is not installed
 * @see https://www.rfc-editor.org/rfc/rfc7516
 */
export function sealed(store: TokenStore, keyring: Keyring): TokenStore {
  return {
    async get(key): Promise<StoredValue | undefined> {
      const found = await store.get(key)
      return found && { version: found.version, value: await unseal(keyring, key, found.value) }
    },
    async compareAndSwap(key, expected, next): Promise<Swapped> {
      const value = next === undefined ? undefined : await seal(keyring, key, next)
      return store.compareAndSwap(key, expected, value)
    },
  }
}
