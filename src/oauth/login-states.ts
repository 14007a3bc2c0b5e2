import type { Runtime, TokenStore } from 'hawser'
import { loadOpenidClient } from './libraries.ts'
import { parseLogin, type LoginStates, type PendingLogin } from './pending-login.ts'
import { fingerprint } from './same-text.ts'

/** Options of {@link memoryLogins}. */
export interface MemoryLoginsOptions {
  /** How many may be under way; the oldest gives way. @default 10_000 */
  readonly most?: number
}

/** Keeps logins in memory: for a program of one process, which gets the callback itself. */
export function memoryLogins({ most = 10_000 }: MemoryLoginsOptions = {}): LoginStates {
  const logins = new Map<string, PendingLogin>()

  function sweep(runtime: Runtime): void {
    for (const [key, { expiresAt }] of logins) {
      // In the order of their beginning: the first that is good ends the search.
      if (expiresAt > runtime.now() && logins.size < most) return
      logins.delete(key)
    }
  }

  return {
    async keep(login, runtime) {
      sweep(runtime)
      const state = await newState()
      logins.set(fingerprint(state), login)
      return { state }
    },
    async take(state) {
      const key = fingerprint(state)
      const login = logins.get(key)
      logins.delete(key)
      return login
    },
  }
}

/**
 * Keeps logins in a store that all processes share. Under `login:` and a digest of the state; one that never comes back stays
 * until the store is swept.
 */
export function storedLogins(store: TokenStore): LoginStates {
  return {
    async keep(login) {
      const state = await newState()
      await store.compareAndSwap(keyOf(state), undefined, JSON.stringify(login))
      return { state }
    },
    async take(state) {
      const kept = await store.get(keyOf(state))
      if (!kept) return undefined
      // Whoever deletes it has it: of two callbacks with one state, one.
      const { ok } = await store.compareAndSwap(keyOf(state), kept.version, undefined)
      return ok ? parseLogin(kept.value) : undefined
    },
  }
}

function keyOf(state: string): string {
  return `login:${fingerprint(state)}`
}

/** Makes a state of 256 random bits. */
export async function newState(): Promise<string> {
  const { randomState } = await loadOpenidClient()
  return randomState()
}
