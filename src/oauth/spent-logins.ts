import type { TokenStore } from 'hawser'
import type { PendingLogin } from './pending-login.ts'
import { fingerprint } from './same-text.ts'

/** Remembers which logins have come back. */
export interface SpentLogins {
  /** Tells whether this is the first time that a login comes back. */
  spend(state: string, login: PendingLogin, now: number): Promise<boolean>
}

/** Remembers in memory, until a login is too old to come back in any case. */
export function spentInMemory(): SpentLogins {
  const until = new Map<string, number>()
  return {
    async spend(state, { expiresAt }, now) {
      for (const [key, end] of until) if (end <= now) until.delete(key)
      const key = fingerprint(state)
      if (until.has(key)) return false
      until.set(key, expiresAt)
      return true
    },
  }
}

/** Remembers in a store, under `login:` and a digest of the state; the value is when it may be swept. */
export function spentInStore(store: TokenStore): SpentLogins {
  return {
    async spend(state, { expiresAt }) {
      const { ok } = await store.compareAndSwap(`login:${fingerprint(state)}`, undefined, String(expiresAt))
      return ok
    },
  }
}
