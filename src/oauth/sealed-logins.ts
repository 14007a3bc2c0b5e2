import { ConfigurationError, checkOptions, isRecord, parseJson, type TokenStore } from 'hawser'
import { loadJose } from './libraries.ts'
import { newState } from './login-states.ts'
import { parseLogin, type LoginStates, type PendingLogin } from './pending-login.ts'
import { sameText } from './same-text.ts'
import { spentInMemory, spentInStore } from './spent-logins.ts'

/** A key that logins are sealed with. */
export interface LoginKey {
  /** Tells keys apart; not secret. */
  readonly id: string
  /** 32 random bytes, as they are or in base64. */
  readonly key: Uint8Array | string
}

/** Options of {@link sealedLogins}. */
export interface SealedLoginsOptions {
  /** The first seals; all open, so that a key can be changed while logins are under way. */
  readonly keys: readonly LoginKey[]
  /** `state`: in the `state` parameter itself; `cookie`: beside it, for vendors that take a short state only. @default 'state' */
  readonly carriedBy?: 'state' | 'cookie'
  /** Remembers which have come back. One that all processes share makes each good for one use everywhere. @default in memory */
  readonly used?: TokenStore
}

/** Keeps logins nowhere: the user's browser carries each one, encrypted and authenticated. */
export function sealedLogins(options: SealedLoginsOptions): LoginStates {
  checkOptions('sealedLogins', options, ['keys', 'carriedBy', 'used'])
  const { carriedBy = 'state', used } = options
  const spent = used ? spentInStore(used) : spentInMemory()
  const keys = new Map(options.keys.map(({ id, key }) => [id, bytesOf(key)]))
  const [primary] = options.keys
  if (!primary || keys.size < options.keys.length) {
    throw new ConfigurationError('`sealedLogins` needs at least one key, and each key an `id` of its own.')
  }

  /** @see https://www.rfc-editor.org/rfc/rfc7518#section-4.5 */
  async function seal(login: PendingLogin, state: string): Promise<string> {
    const { CompactEncrypt } = await loadJose()
    const key = keys.get(primary?.id ?? '') ?? new Uint8Array()
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ state, login })))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: primary?.id ?? '' })
      .encrypt(key)
  }

  async function open(sealed: string): Promise<{ readonly state: string; readonly login: PendingLogin } | undefined> {
    const { compactDecrypt } = await loadJose()
    const opened = await compactDecrypt(
      sealed,
      ({ kid }) => keys.get(kid ?? '') ?? Promise.reject(new Error('unknown key')),
      { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
    ).catch(() => undefined)
    const value = parseJson(new TextDecoder().decode(opened?.plaintext))
    const login = isRecord(value) ? parseLogin(JSON.stringify(value['login'])) : undefined
    return isRecord(value) && login && typeof value['state'] === 'string' ? { state: value['state'], login } : undefined
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

function bytesOf(key: Uint8Array | string): Uint8Array {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  if (bytes.length !== 32)
    throw new ConfigurationError('A key of `sealedLogins` has 32 bytes, as they are or in base64.')
  return bytes
}
