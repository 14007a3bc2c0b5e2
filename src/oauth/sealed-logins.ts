import { checkOptions, isRecord, parseJson, type TokenStore } from 'hawser'
import type { Keyring } from 'hawser/stores'
import { loadJose } from './libraries.ts'
import { newState } from './login-states.ts'
import { parseLogin, type LoginStates, type PendingLogin } from './pending-login.ts'
import { sameText } from './same-text.ts'
import { spentInMemory, spentInStore } from './spent-logins.ts'

/** Options of {@link sealedLogins}. */
export interface SealedLoginsOptions {
  /** `keyring({…})` of `hawser/stores`. Its primary key seals; all open, so that a key can be changed while logins are under way. */
  readonly keyring: Keyring
  /** `state`: in the `state` parameter itself; `cookie`: beside it, for vendors that take a short state only. @default 'state' */
  readonly carriedBy?: 'state' | 'cookie'
  /** Remembers which have come back. One that all processes share makes each good for one use everywhere. @default in memory */
  readonly used?: TokenStore
}

// @see https://www.rfc-editor.org/rfc/rfc7518#section-4.5
const algorithms = { alg: 'dir', enc: 'A256GCM' } as const

/** Keeps logins nowhere: the user's browser carries each one, encrypted and authenticated. */
export function sealedLogins(options: SealedLoginsOptions): LoginStates {
  checkOptions('sealedLogins', options, ['keyring', 'carriedBy', 'used'])
  const { keyring, carriedBy = 'state', used } = options
  const spent = used ? spentInStore(used) : spentInMemory()

  /** Gives the key of a name, and fails for a name that nobody gave. */
  async function keyOf(kid = ''): Promise<NonNullable<Awaited<ReturnType<Keyring['key']>>>> {
    const key = await keyring.key(kid)
    if (!key) throw new Error('There is no key of that name.')
    return key
  }

  async function seal(login: PendingLogin, state: string): Promise<string> {
    const { CompactEncrypt } = await loadJose()
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ state, login })))
      .setProtectedHeader({ ...algorithms, kid: keyring.primary })
      .encrypt(await keyOf(keyring.primary))
  }

  async function open(sealed: string): Promise<{ readonly state: string; readonly login: PendingLogin } | undefined> {
    const { compactDecrypt } = await loadJose()
    const only = { keyManagementAlgorithms: [algorithms.alg], contentEncryptionAlgorithms: [algorithms.enc] }
    const opened = await compactDecrypt(sealed, ({ kid }: { kid?: string }) => keyOf(kid), only).catch(() => undefined)
    const value = parseJson(new TextDecoder().decode(opened?.plaintext))
    if (!isRecord(value) || typeof value['state'] !== 'string') return undefined
    const login = parseLogin(JSON.stringify(value['login']))
    return login && { state: value['state'], login }
  }

  return {
    async keep(login) {
      const state = await newState()
      const sealed = await seal(login, state)
      return carriedBy === 'state' ? { state: sealed } : { state, sealed }
    },
    async take(state, beside, runtime) {
      const opened = await open(carriedBy === 'state' ? state : (beside ?? ''))
      if (!opened || (carriedBy === 'cookie' && !sameText(opened.state, state))) return undefined
      return (await spent.spend(opened.state, opened.login, runtime.now())) ? opened.login : undefined
    },
  }
}
