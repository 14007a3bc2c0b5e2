import { isRecord, parseJson, type Runtime } from 'hawser'

/** A login that was begun and has not come back: what its callback is checked against. A plain JSON value. */
export interface PendingLogin {
  /** The server and the client that it was begun with: a callback that comes back to another is refused. */
  readonly server: string
  readonly connection: string
  readonly redirectUri: string
  readonly scopes: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** The secret whose digest went along, where the vendor takes PKCE. */
  readonly verifier?: string | undefined
  readonly nonce?: string | undefined
  /** The fingerprint of the user's session. */
  readonly binding?: string | undefined
  readonly returnTo?: string | undefined
}

/** What begins a login. */
export interface KeptLogin {
  /** The `state` parameter. */
  readonly state: string
  /** What has to come back with it by another way, such as a cookie. Absent where nothing has. */
  readonly sealed?: string | undefined
}

/** Keeps logins from their beginning to their callback. */
export interface LoginStates {
  keep(login: PendingLogin, runtime: Runtime): Promise<KeptLogin>
  /** Gives a login back, once; `undefined` where there is none, or there was one. */
  take(state: string, sealed: string | undefined, runtime: Runtime): Promise<PendingLogin | undefined>
}

/** Reads what was kept of a login; `undefined` for anything else. */
export function parseLogin(text: string): PendingLogin | undefined {
  const value = parseJson(text)
  return isLogin(value) ? value : undefined
}

function isLogin(value: unknown): value is PendingLogin {
  if (!isRecord(value) || typeof value['expiresAt'] !== 'number' || !Array.isArray(value['scopes'])) return false
  const texts = ['server', 'connection', 'redirectUri'].every((name) => typeof value[name] === 'string')
  const maybe = ['verifier', 'nonce', 'binding', 'returnTo'].every((name) =>
    /^(?:string|undefined)$/.test(typeof value[name]),
  )
  return texts && maybe && value['scopes'].every((scope) => typeof scope === 'string')
}
